// users.js - all accounts, here and elsewhere: found, made, changed, deleted.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { PAGE_SIZE } from '../../models/admin/paged-list.js';
import { loadServers, servers } from '../../models/admin/servers.js';
import { addressBeside, nameOfUser, users } from '../../models/admin/users.js';
import { Avatar } from '../shared/avatar.js';
import { Button, IconButton } from '../shared/button.js';
import { Pager } from '../shared/pager.js';
import { SearchField } from '../shared/search-field.js';
import { Table } from '../shared/table.js';
import { Empty, LoadState, Title, useDialogs, useLive } from './parts.js';
import { USER_DIALOGS } from './user-dialogs.js';

const WHERE = { all: {}, local: { local: 1 }, remote: { local: 0 } };

function whereOf(filters) {
  if (filters.server) return filters.server;
  return { 1: 'local', 0: 'remote' }[filters.local] ?? 'all';
}

function Where() {
  const choose = (event) => users.filter(WHERE[event.currentTarget.value] ?? { server: event.currentTarget.value });
  return html`<select class="input" aria-label=${t('admin.users.where')} value=${whereOf(users.filters.value)}
      onChange=${choose}>
    ${Object.keys(WHERE).map((key) => html`<option value=${key}>${t(`admin.users.where.${key}`)}</option>`)}
    ${(servers.value ?? []).map(({ id, name }) => html`<option value=${id}>${name}</option>`)}
  </select>`;
}

function Name({ user }) {
  return html`<span class="named"><${Avatar} id=${user.id} name=${nameOfUser(user)}
      isOnline=${user.is_online} />
    <span><bdi class="main">${nameOfUser(user)}</bdi>
      ${addressBeside(user) && html`<bdi class="quiet">${addressBeside(user)}</bdi>`}</span></span>`;
}

function Actions({ user, show }) {
  if (!user.is_local) return html`<span
    class="quiet">${t('admin.users.elsewhere', { server: user.server_name ?? '' })}</span>`;
  const name = user.username;
  const button = (kind, icon) => html`<${IconButton} icon=${icon} label=${t(`admin.user.${kind}`, { name })}
    onClick=${() => show(kind, { user })} />`;
  return html`<span class="row-actions">${button('edit', 'edit')}${button('password', 'lock')}${button('token',
      'key')}${button('delete', 'trash')}</span>`;
}

const columns = (show) => [
  { title: t('admin.user.name'), isHeader: true, cell: (user) => html`<${Name} user=${user} />` },
  { title: t('admin.user.state'),
    cell: (user) => html`<span class=${user.is_online ? 'state on' : 'state'}>${t(user.is_online ? 'admin.user.online'
      : 'admin.user.offline')}</span>` },
  { title: t('admin.user.sign-in'),
    cell: (user) => (user.is_local ? t(user.has_password ? 'admin.user.has-password' : 'admin.user.no-password')
      : '–') },
  { title: t('admin.actions'), isBare: true, class: 'end',
    cell: (user) => html`<${Actions} user=${user} show=${show} />` },
];

function Nobody() {
  const isSearch = users.query.value || Object.keys(users.filters.value).length;
  return html`<${Empty} title=${t(isSearch ? 'admin.users.not-found' : 'admin.users.none')}>
    ${t(isSearch ? 'admin.not-found.hint' : 'admin.users.none-hint')}<//>`;
}

function load() {
  users.load();
  loadServers();
}

export function Users() {
  const { show, dialog } = useDialogs(USER_DIALOGS);
  useLive(['users', 'presence', 'servers'], load);
  const rows = users.rows.value;
  return html`<${Title} text=${t('admin.section.users')}>
      <${Button} kind="primary" icon="add" onClick=${() => show('create')}>${t('admin.users.create')}<//><//>
    <div class="tools">
      <${SearchField} label=${t('admin.users.search')} value=${users.query.value}
        onSearch=${(text) => users.search(text)} />
      <${Where} />
    </div>
    <${LoadState} isLoaded=${rows} error=${users.error.value} retry=${load} />
    ${rows?.length === 0 && html`<${Nobody} />`}
    ${rows?.length > 0 && html`<${Table} label=${t('admin.section.users')} columns=${columns(show)} rows=${rows} />`}
    ${rows && html`<${Pager} label=${t('admin.users.pages')} offset=${users.offset.value} size=${PAGE_SIZE}
      total=${users.total.value}
      onGo=${(offset) => users.goTo(offset)} />`}
    ${dialog}`;
}
