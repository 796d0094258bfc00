// channel.js - one channel: who is in it, added by name and taken out.

import { html, useMemo, useRef, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { ChannelDetail } from '../../models/admin/channels.js';
import { checkAddress } from '../../models/admin/checks.js';
import { addressOf } from '../../models/admin/route.js';
import { loadServers, serverNames } from '../../models/admin/servers.js';
import { addressBeside, addressOfUser, nameOfUser } from '../../models/admin/users.js';
import { Avatar } from '../shared/avatar.js';
import { Button, IconButton } from '../shared/button.js';
import { ConfirmDialog } from '../shared/confirm-dialog.js';
import { Field, FormError } from '../shared/form.js';
import { Pager } from '../shared/pager.js';
import { SearchField } from '../shared/search-field.js';
import { Table } from '../shared/table.js';
import { say } from '../shared/toasts.js';
import { Empty, explained, LoadState, Title, useAdminForm, useDialogs, useLive } from './parts.js';
import { Retention } from './retention.js';

const PAGE = 50;

function AddMember({ detail }) {
  const element = useRef(null);
  const form = useAdminForm({
    fields: ['username'],
    validate: ({ username }) => ({ username: checkAddress(username) }),
    save: async ({ username }) => {
      await detail.add(username.trim());
      await detail.load();
      element.current?.reset();
      say(t('admin.member.added', { name: username.trim() }));
    },
  });
  return html`<form ref=${element} class="add-member" onSubmit=${form.submit} novalidate>
    <${Field} form=${form} name="username" label=${t('admin.member.add')} hint=${t('admin.member.add-hint')}
      autocomplete="off"
      autocapitalize="none" spellcheck="false" maxlength="257" />
    <${Button} type="submit" kind="primary" icon="add" isBusy=${form.isBusy.value}>${t('admin.member.add-do')}<//>
    <${FormError} form=${form} />
  </form>`;
}

function RemoveMember({ detail, member, onClose }) {
  const address = addressOfUser(member);
  const run = explained(async () => {
    await detail.remove(member.id);
    await detail.load();
  });
  return html`<${ConfirmDialog} title=${t('admin.member.remove', { name: address })}
      action=${t('admin.member.remove-do')} run=${run}
      onDone=${onClose} onClose=${onClose}>
    <p>${t('admin.member.remove-words', { name: address })}</p>
  <//>`;
}

const columns = (remove) => [
  { title: t('admin.user.name'), isHeader: true, cell: (member) => html`<span class="named">
    <${Avatar} id=${member.id} name=${nameOfUser(member)} />
    <span><bdi class="main">${nameOfUser(member)}</bdi>
      ${addressBeside(member) && html`<bdi class="quiet">${addressBeside(member)}</bdi>`}</span></span>` },
  { title: t('admin.actions'), isBare: true, class: 'end beside', cell: (member) => html`<span class="row-actions">
    <${IconButton} icon="close" label=${t('admin.member.remove', { name: addressOfUser(member) })}
      onClick=${() => remove(member)} /></span>` },
];

/** The members say the id of their server alone. */
function named(members) {
  return members.map((member) => ({ ...member,
      server_name: member.server_id ? serverNames.value.get(member.server_id) ?? '?' : null }));
}

function Members({ detail, members }) {
  const query = useSignal('');
  const offset = useSignal(0);
  const { show, dialog } = useDialogs({ remove: RemoveMember });
  const wanted = query.value.toLocaleLowerCase();
  const rows = named(members).filter((member) =>
      `${addressOfUser(member)} ${member.display_name ?? ''}`.toLocaleLowerCase().includes(wanted));
  const from = offset.value < rows.length ? offset.value : 0;
  const search = (text) => { query.value = text.trim(); offset.value = 0; };
  return html`<section class="panel"><h2>${t('admin.channel.members')}</h2>
    ${members.length > 0 && html`<div class="tools"><${SearchField} label=${t('admin.member.search')} value=""
      onSearch=${search} /></div>`}
    ${rows.length === 0 && html`<${Empty} title=${t(members.length ? 'admin.member.not-found' : 'admin.member.none')}
      />`}
    ${rows.length > 0 && html`<${Table} label=${t('admin.channel.members')} rows=${rows.slice(from, from + PAGE)}
      columns=${columns((member) => show('remove', { detail, member }))} />`}
    <${Pager} label=${t('admin.member.pages')} offset=${from} size=${PAGE} total=${rows.length}
      onGo=${(to) => { offset.value = to; }} />
    ${dialog}</section>`;
}

export function Channel({ id }) {
  const detail = useMemo(() => new ChannelDetail(id), [id]);
  const load = () => { detail.load(); loadServers(); };
  useLive(['channels', 'members', 'users'], load);
  const channel = detail.channel.value;
  const members = detail.members.value;
  const back = { href: addressOf('channels'), text: t('admin.section.channels') };
  if (channel === null) {
    return html`<${Title} text=${t('admin.section.channels')} back=${back} />
      <${Empty} title=${t('admin.answer.no-channel')} />`;
  }
  return html`<${Title} text=${html`<bdi>#${channel?.name ?? '…'}</bdi>`} back=${back}>
      ${channel && html`<span class="tag">${t(channel.is_private ? 'admin.channel.private'
        : 'admin.channel.public')}</span>`}<//>
    <${LoadState} isLoaded=${members} error=${detail.error.value} retry=${load} />
    ${members && channel && html`<section class="panel"><h2>${t('admin.member.title')}</h2>
      <${AddMember} detail=${detail} /></section>
      <${Members} detail=${detail} members=${members} />
      <${Retention} key=${channel.retention_days} detail=${detail} channel=${channel} />`}`;
}
