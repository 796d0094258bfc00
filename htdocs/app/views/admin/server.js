// server.js - one other server: how the link to it is, and what it refused to take.

import { html, useEffect, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { whileVisible } from '../../models/admin/live.js';
import { addressOf } from '../../models/admin/route.js';
import { dropRefused, loadServers, loadStatus, retryRefused, serverById, servers } from '../../models/admin/servers.js';
import { number } from '../../text/format.js';
import { Button, IconButton } from '../shared/button.js';
import { ConfirmDialog } from '../shared/confirm-dialog.js';
import { Icon } from '../shared/icon.js';
import { Table } from '../shared/table.js';
import { attempt, say } from '../shared/toasts.js';
import { HealthWords, since } from './health.js';
import { Empty, explained, LoadState, Title, useDialogs, useLive } from './parts.js';
import { Ways } from './ways.js';

const EVERY_MS = 4000;

function Figures({ status }) {
  const rows = [
    ['queue', number(status.queue_depth)],
    ['oldest', since(status.oldest_waiting_at)],
    ['contact', since(status.last_contact)],
    ['request', since(status.last_request)],
    ['next', since(status.next_attempt)],
    ['failures', number(status.failures)],
    ['abilities', t(`admin.abilities.${status.abilities}`)],
  ];
  return html`<dl class="about">${rows.map(([key, value]) =>
      html`<div key=${key}><dt>${t(`admin.server.${key}`)}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function DropRefused({ server, row, load, onClose }) {
  const run = explained(async () => {
    await dropRefused(server.id, row?.id);
    await load();
  });
  const key = row ? 'one' : 'all';
  return html`<${ConfirmDialog} title=${t(`admin.refused.drop-${key}`)} action=${t('admin.refused.drop')} run=${run}
      onDone=${onClose} onClose=${onClose}>
    <p>${t(`admin.refused.drop-${key}-words`, { name: server.name })}</p>
  <//>`;
}

const columns = (retry, drop) => [
  { title: t('admin.refused.kind'), isHeader: true, cell: (row) => t(`admin.refused.kind.${row.kind}`) },
  { title: t('admin.refused.at'), cell: (row) => since(row.created_at) },
  { title: t('admin.refused.answer'),
    cell: (row) => html`<span>${row.status} <bdi class="said">${row.answer}</bdi></span>` },
  { title: t('admin.actions'), isBare: true, class: 'end', cell: (row) => html`<span class="row-actions">
    <${IconButton} icon="refresh" label=${t('admin.refused.retry-one', { number: row.id })} onClick=${() => retry(row)}
      />
    <${IconButton} icon="trash" label=${t('admin.refused.drop-number', { number: row.id })} onClick=${() => drop(row)}
      /></span>` },
];

function Refused({ server, status, load }) {
  const { show, dialog } = useDialogs({ drop: DropRefused });
  const busy = useSignal(false);
  const retry = async (row) => {
    if (busy.value) return;
    busy.value = true;
    await attempt(async () => {
      await retryRefused(server.id, row?.id);
      say(t(row ? 'admin.refused.retried' : 'admin.refused.retried-all'));
      await load();
    });
    busy.value = false;
  };
  const drop = (row) => show('drop', { server, row, load });
  return html`<section class="panel"><h2>${t('admin.refused.title')}</h2>
    ${status.refused_count === 0 && html`<p class="quiet">${t('admin.refused.none')}</p>`}
    ${status.refused_count > 0 && html`
      <p>${t('admin.refused.words', { count: status.refused_count, number: number(status.refused_count),
        name: server.name })}</p>
      <div class="tools">
        <${Button} icon="refresh" isBusy=${busy.value} onClick=${() => retry()}>${t('admin.refused.retry-all')}<//>
        <${Button} icon="trash" onClick=${() => drop()}>${t('admin.refused.drop-all')}<//></div>
      <${Table} label=${t('admin.refused.title')} columns=${columns(retry, drop)} rows=${status.refused} />
      ${status.refused_count > status.refused.length
        && html`<p class="quiet">${t('admin.refused.more', { count: status.refused.length })}</p>`}`}
    ${dialog}</section>`;
}

/** The status, asked for again every few seconds while it is looked at. */
function useStatus(id) {
  const status = useSignal(null);
  const error = useSignal(null);
  const load = async () => {
    try {
      status.value = await loadStatus(id);
      error.value = null;
    } catch (problem) {
      error.value = problem;
    }
  };
  useLive(['servers'], () => { load(); loadServers(); });
  useEffect(() => whileVisible(load, EVERY_MS), []);
  return { status: status.value, error: error.value, load };
}

export function Server({ id }) {
  const { status, error, load } = useStatus(id);
  const server = serverById(id);
  const back = { href: addressOf('servers'), text: t('admin.section.servers') };
  if ((servers.value && !server) || error?.status === 404) {
    return html`<${Title} text=${t('admin.section.servers')} back=${back} />
      <${Empty} title=${t('admin.answer.no-server')} />`;
  }
  return html`<${Title} text=${html`<bdi>${server?.name ?? '…'}</bdi>`} back=${back}>
      <a class="button" href=${addressOf('servers', id, 'visibility')}><${Icon} name="eye"
        /><span>${t('admin.visibility.open')}</span></a><//>
    <p class="quiet"><bdi>${server?.base_url}</bdi></p>
    <${LoadState} isLoaded=${status && server} error=${error} retry=${load} />
    ${status && server && html`<${HealthWords} link=${status} name=${server.name} />
      <section class="panel"><h2>${t('admin.server.link')}</h2><${Figures} status=${status} />
        <${Ways} server=${server} /></section>
      <${Refused} server=${server} status=${status} load=${load} />`}`;
}
