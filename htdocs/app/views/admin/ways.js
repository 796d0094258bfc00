// ways.js - trying, when asked to, whether this server and another one reach each other.

import { html, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { tryServer } from '../../models/admin/servers.js';
import { number } from '../../text/format.js';
import { Button } from '../shared/button.js';
import { attempt } from '../shared/toasts.js';

const stateOf = ({ reached, refused }) =>
    (reached === null ? 'unknown' : reached ? 'reached' : refused ? 'refused' : 'unreached');

/** `kind`: 'out' or 'in'. What is said of a failure is the server's own words. */
function Way({ kind, way, name }) {
  const state = stateOf(way);
  return html`<p>${t(`admin.ways.${kind}.${state}`, { name, time: number(way.took_ms ?? 0) })}
    ${['unknown', 'unreached'].includes(state) && html` <bdi class="said">${way.error}</bdi>`}</p>`;
}

export function Ways({ server }) {
  const busy = useSignal(false);
  const found = useSignal(null);
  const run = async () => {
    busy.value = true;
    found.value = null;
    await attempt(async () => { found.value = await tryServer(server.id); });
    busy.value = false;
  };
  const ways = found.value;
  const isGood = ways?.out.reached && ways.in.reached;
  const isBad = ways?.out.reached === false || ways?.in.reached === false;
  return html`<div class="tools">
      <${Button} icon="refresh" isBusy=${busy.value} onClick=${run}>${t('admin.ways.test')}<//></div>
    <div role="status">${ways && html`<div class=${`note ${isGood ? 'good' : isBad ? 'warning' : ''}`}>
      <${Way} kind="out" way=${ways.out} name=${server.name} />
      <${Way} kind="in" way=${ways.in} name=${server.name} /></div>`}</div>`;
}
