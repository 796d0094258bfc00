// servers.js - the other servers that this one knows, and how the link to each is.

import { html, useEffect } from '../../html.js';
import { t } from '../../language/language.js';
import { loadOverview, overview, watchOverview } from '../../models/admin/overview.js';
import { addressOf } from '../../models/admin/route.js';
import { loadServers, servers, serversError } from '../../models/admin/servers.js';
import { number } from '../../text/format.js';
import { Button, IconButton } from '../shared/button.js';
import { Icon } from '../shared/icon.js';
import { Table } from '../shared/table.js';
import { HealthMark } from './health.js';
import { Empty, LoadState, Title, useDialogs, useLive } from './parts.js';
import { SERVER_DIALOGS } from './server-dialogs.js';

/** What the overview says of each, by id. */
const links = () => new Map((overview.value?.servers ?? []).map((link) => [link.id, link]));

function Waiting({ link }) {
  if (!link) return '–';
  const refused = link.refused > 0
      && html`<span class="health" data-health="failing">${t('admin.server.refused-count',
        { count: link.refused, number: number(link.refused) })}</span>`;
  return html`<span>${t('admin.server.waiting-count',
      { count: link.queue_depth, number: number(link.queue_depth) })} ${refused}</span>`;
}

function Actions({ server, show }) {
  const button = (kind, icon) => html`<${IconButton} icon=${icon}
      label=${t(`admin.server.${kind}`, { name: server.name })}
    onClick=${() => show(kind, { server })} />`;
  return html`<span class="row-actions">
    <a class="icon-button" href=${addressOf('servers', server.id, 'visibility')}
      title=${t('admin.server.visibility', { name: server.name })}
      aria-label=${t('admin.server.visibility', { name: server.name })}><${Icon} name="eye" /></a>
    ${button('edit', 'edit')}${button('delete', 'trash')}</span>`;
}

const columns = (show, byId) => [
  { title: t('admin.server.name'), isHeader: true, cell: ({ id, name, base_url: url }) => html`<span class="stacked">
    <a class="main" href=${addressOf('servers', id)}><bdi>${name}</bdi></a><bdi class="quiet">${url}</bdi></span>` },
  { title: t('admin.server.state'),
    cell: ({ id }) => (byId.has(id) ? html`<${HealthMark} link=${byId.get(id)} />` : '–') },
  { title: t('admin.server.messages'), cell: ({ id }) => html`<${Waiting} link=${byId.get(id)} />` },
  { title: t('admin.actions'), isBare: true, class: 'end',
    cell: (server) => html`<${Actions} server=${server} show=${show} />` },
];

function load() {
  loadServers();
  loadOverview();
}

export function Servers() {
  const { show, dialog } = useDialogs(SERVER_DIALOGS);
  useLive(['servers'], load);
  useEffect(watchOverview, []);
  const rows = servers.value;
  return html`<${Title} text=${t('admin.section.servers')}>
      <${Button} kind="primary" icon="add" onClick=${() => show('register')}>${t('admin.servers.register')}<//><//>
    <${LoadState} isLoaded=${rows} error=${serversError.value} retry=${load} />
    ${rows?.length === 0 && html`<${Empty} title=${t('admin.servers.none')}>${t('admin.servers.none-hint')}<//>`}
    ${rows?.length > 0 && html`<${Table} label=${t('admin.section.servers')} columns=${columns(show, links())}
      rows=${rows} />`}
    ${dialog}`;
}
