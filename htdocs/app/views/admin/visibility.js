// visibility.js - what another server may see of this one: two lists of boxes, of which one page is drawn at a time.

import { html, useEffect, useMemo, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { explain } from '../../models/admin/answers.js';
import { addressOf } from '../../models/admin/route.js';
import { loadServers, serverById, servers } from '../../models/admin/servers.js';
import { Visibility } from '../../models/admin/visibility.js';
import { number } from '../../text/format.js';
import { Button } from '../shared/button.js';
import { Pager } from '../shared/pager.js';
import { SearchField } from '../shared/search-field.js';
import { attempt, say } from '../shared/toasts.js';
import { Empty, LoadState, Title } from './parts.js';

const PAGE = 50;
const SHOWN = ['all', 'visible', 'hidden'];

function Box({ row, choices }) {
  const set = (event) => choices.set([row.id], !event.currentTarget.checked);
  return html`<li><label class="choice"><input type="checkbox" checked=${!choices.hidden.value.has(row.id)}
      onChange=${set} />
    <span><bdi>${row.label}</bdi>${row.detail && html` <bdi class="quiet">${row.detail}</bdi>`}</span></label></li>`;
}

function Tools({ kind, choices, restart }) {
  const ids = () => choices.matching.value.map(({ id }) => id);
  const search = (text) => { choices.search(text); restart(); };
  const show = (event) => { choices.show(event.currentTarget.value); restart(); };
  return html`<div class="tools">
      <${SearchField} label=${t(`admin.visibility.search-${kind}`)} value=${choices.query.value} onSearch=${search} />
      <select class="input" aria-label=${t('admin.visibility.shown')} value=${choices.shown.value} onChange=${show}>
        ${SHOWN.map((value) => html`<option value=${value}>${t(`admin.visibility.shown.${value}`)}</option>`)}</select>
    </div>
    <div class="tools">
      <${Button} class="small" onClick=${() => choices.set(ids(), false)}>${t('admin.visibility.show-all')}<//>
      <${Button} class="small" onClick=${() => choices.set(ids(), true)}>${t('admin.visibility.hide-all')}<//>
    </div>`;
}

function List({ kind, choices }) {
  const offset = useSignal(0);
  const rows = choices.matching.value;
  const from = offset.value < rows.length ? offset.value : 0;
  const title = t(`admin.visibility.${kind}`);
  return html`<section class="panel"><h2 id=${`visibility-${kind}`}>${title}</h2>
    <p class="quiet">${t('admin.visibility.count',
      { hidden: number(choices.count.value), total: number(choices.rows.value.length) })}</p>
    <${Tools} kind=${kind} choices=${choices} restart=${() => { offset.value = 0; }} />
    ${rows.length === 0 && html`<${Empty} title=${t('admin.visibility.none')} />`}
    ${rows.length > 0 && html`<ul class="choices" aria-labelledby=${`visibility-${kind}`}>
      ${rows.slice(from, from + PAGE).map((row) => html`<${Box} key=${row.id} row=${row} choices=${choices} />`)}</ul>`}
    <${Pager} label=${t(`admin.visibility.pages-${kind}`)} offset=${from} size=${PAGE} total=${rows.length}
      onGo=${(to) => { offset.value = to; }} />
  </section>`;
}

function SaveBar({ visibility }) {
  const busy = useSignal(false);
  const save = async () => {
    if (busy.value) return;
    busy.value = true;
    await attempt(async () => {
      try {
        await visibility.save();
        say(t('action.saved'));
      } catch (error) {
        throw explain(error);
      }
    });
    busy.value = false;
  };
  const hasChanges = visibility.hasChanges.value;
  return html`<div class="save-bar">
    <p role="status">${hasChanges ? t('admin.visibility.unsaved') : ''}</p>
    ${hasChanges && html`<${Button} onClick=${() => visibility.undo()}>${t('admin.visibility.undo')}<//>
      <${Button} kind="primary" isBusy=${busy.value} onClick=${save}>${t('action.save')}<//>`}
  </div>`;
}

export function ServerVisibility({ id }) {
  const visibility = useMemo(() => new Visibility(id), [id]);
  useEffect(() => { visibility.load(); loadServers(); }, [id]);
  const server = serverById(id);
  const isGone = (servers.value && !server) || visibility.error.value?.status === 404;
  const back = server ? { href: addressOf('servers', id), text: server.name }
      : { href: addressOf('servers'), text: t('admin.section.servers') };
  if (isGone) return html`<${Title} text=${t('admin.section.servers')} back=${back} />
    <${Empty} title=${t('admin.answer.no-server')} />`;
  return html`<${Title} text=${t('admin.visibility.title', { name: server?.name ?? '…' })} back=${back} />
    <p>${t('admin.visibility.words', { name: server?.name ?? '…' })}</p>
    <${LoadState} isLoaded=${visibility.isLoaded.value} error=${visibility.error.value} retry=${() => visibility.load()}
      />
    ${visibility.isLoaded.value && html`<div class="panels">
        <${List} kind="users" choices=${visibility.users} />
        <${List} kind="channels" choices=${visibility.channels} />
      </div><${SaveBar} visibility=${visibility} />`}`;
}
