// audit.js - the log of what administrators did: searched, and page by page.

import { html, useEffect, useMemo } from '../../html.js';
import { t } from '../../language/language.js';
import { AuditLog, detailsOf } from '../../models/admin/audit.js';
import { overview } from '../../models/admin/overview.js';
import { fullTime, number, shortTime } from '../../text/format.js';
import { Button } from '../shared/button.js';
import { SearchField } from '../shared/search-field.js';
import { Table } from '../shared/table.js';
import { Empty, LoadState, Title } from './parts.js';

const COLUMNS = () => [
  { title: t('admin.audit.at'), isHeader: true,
    cell: ({ at }) => html`<time datetime=${at} title=${fullTime(at)}>${shortTime(at)}</time>` },
  { title: t('admin.audit.actor'), cell: ({ actor, address }) => html`<span class="stacked">
    <bdi class="main">${actor}</bdi><bdi class="quiet">${address}</bdi></span>` },
  { title: t('admin.audit.action'), cell: ({ action }) => html`<code>${action}</code>` },
  { title: t('admin.audit.object'), cell: ({ object }) => html`<bdi>${object ?? '–'}</bdi>` },
  { title: t('admin.audit.details'), cell: (entry) => html`<bdi class="quiet">${detailsOf(entry)}</bdi>` },
];

function Pages({ log }) {
  if (!log.hasOlder.value && log.places.value.length === 0) return null;
  return html`<nav class="pager" aria-label=${t('admin.audit.pages')}>
    <${Button} disabled=${log.places.value.length === 0} onClick=${() => log.newer()}>${t('admin.audit.newer')}<//>
    <${Button} disabled=${!log.hasOlder.value} onClick=${() => log.older()}>${t('admin.audit.older')}<//></nav>`;
}

export function Audit() {
  const log = useMemo(() => new AuditLog(), []);
  useEffect(() => { log.load(); }, []);
  const rows = log.rows.value;
  const days = overview.value?.audit_days;
  return html`<${Title} text=${t('admin.section.audit')}>
      <${Button} icon="refresh" onClick=${() => log.load()}>${t('admin.audit.refresh')}<//><//>
    ${days > 0 && html`<p class="quiet">${t('admin.audit.kept', { count: days, number: number(days) })}</p>`}
    <div class="tools"><${SearchField} label=${t('admin.audit.search')} value=${log.query.value}
      onSearch=${(text) => log.search(text)} /></div>
    <${LoadState} isLoaded=${rows} error=${log.error.value} retry=${() => log.load()} />
    ${rows?.length === 0 && html`<${Empty} title=${t(log.query.value ? 'admin.audit.not-found' : 'admin.audit.none')} />`}
    ${rows?.length > 0 && html`<${Table} label=${t('admin.section.audit')} columns=${COLUMNS()} rows=${rows} />`}
    <${Pages} log=${log} />`;
}
