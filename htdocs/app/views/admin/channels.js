// channels.js - all channels: found, made, changed, deleted.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { channels } from '../../models/admin/channels.js';
import { PAGE_SIZE } from '../../models/admin/paged-list.js';
import { addressOf } from '../../models/admin/route.js';
import { admin } from '../../models/admin/session.js';
import { number } from '../../text/format.js';
import { Button, IconButton } from '../shared/button.js';
import { Icon } from '../shared/icon.js';
import { Pager } from '../shared/pager.js';
import { SearchField } from '../shared/search-field.js';
import { Table } from '../shared/table.js';
import { CHANNEL_DIALOGS } from './channel-dialogs.js';
import { Empty, LoadState, Title, useDialogs, useLive } from './parts.js';

const isOurs = (channel) => channel.origin_server === admin.value?.server_name;

function Actions({ channel, show }) {
  const { name } = channel;
  const button = (kind, icon) => html`<${IconButton} icon=${icon} label=${t(`admin.channel.${kind}`, { name })}
    onClick=${() => show(kind, { channel })} />`;
  const members = t('admin.channel.members-of', { name });
  return html`<span class="row-actions">
    <a class="icon-button" href=${addressOf('channels', channel.id)} title=${members} aria-label=${members}>
      <${Icon} name="people" /></a>
    ${isOurs(channel) && button('edit', 'edit')}${button('delete', 'trash')}</span>`;
}

const columns = (show) => [
  { title: t('admin.channel.name'), isHeader: true, cell: (channel) => html`<span class="named">
    <${Icon} name=${channel.is_private ? 'lock' : 'hash'} />
    <a class="main" href=${addressOf('channels', channel.id)}><bdi>${channel.name}</bdi></a></span>` },
  { title: t('admin.channel.kind'),
    cell: (channel) => t(channel.is_private ? 'admin.channel.private' : 'admin.channel.public') },
  { title: t('admin.channel.server'),
    cell: (channel) => (isOurs(channel) ? t('admin.channel.here') : html`<bdi>${channel.origin_server}</bdi>`) },
  { title: t('admin.channel.members'), class: 'number', cell: (channel) => number(channel.members) },
  { title: t('admin.actions'), isBare: true, class: 'end',
    cell: (channel) => html`<${Actions} channel=${channel} show=${show} />` },
];

function None() {
  const isSearch = channels.query.value !== '';
  return html`<${Empty} title=${t(isSearch ? 'admin.channels.not-found' : 'admin.channels.none')}>
    ${t(isSearch ? 'admin.not-found.hint' : 'admin.channels.none-hint')}<//>`;
}

export function Channels() {
  const { show, dialog } = useDialogs(CHANNEL_DIALOGS);
  const load = () => channels.load();
  useLive(['channels', 'members'], load);
  const rows = channels.rows.value;
  return html`<${Title} text=${t('admin.section.channels')}>
      <${Button} kind="primary" icon="add" onClick=${() => show('create')}>${t('admin.channels.create')}<//><//>
    <div class="tools"><${SearchField} label=${t('admin.channels.search')} value=${channels.query.value}
      onSearch=${(text) => channels.search(text)} /></div>
    <${LoadState} isLoaded=${rows} error=${channels.error.value} retry=${load} />
    ${rows?.length === 0 && html`<${None} />`}
    ${rows?.length > 0 && html`<${Table} label=${t('admin.section.channels')} columns=${columns(show)} rows=${rows} />`}
    ${rows && html`<${Pager} label=${t('admin.channels.pages')} offset=${channels.offset.value} size=${PAGE_SIZE}
      total=${channels.total.value}
      onGo=${(offset) => channels.goTo(offset)} />`}
    ${dialog}`;
}
