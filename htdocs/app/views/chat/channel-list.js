// channel-list.js - the channels one is in, and the ways to others.

import { html, useComputed, useId } from '../../html.js';
import { t } from '../../language/language.js';
import { callCount } from '../../models/calls.js';
import { leaveChannel } from '../../models/channels.js';
import { setMuted } from '../../models/conversations.js';
import { go, route } from '../../models/route.js';
import { found, ownChannels, search } from '../../models/sidebar.js';
import { Button, IconButton } from '../shared/button.js';
import { Icon } from '../shared/icon.js';
import { useSameRows } from '../shared/same-rows.js';
import { attempt } from '../shared/toasts.js';
import { ConversationRow } from './conversation-row.js';
import { showDialog } from './dialogs.js';
import { BrowseChannelsDialog, ConfirmDialog, CreateChannelDialog, MembersDialog } from './late.js';

async function leaveNow(channel) {
  await leaveChannel(channel.id);
  if (route.value.key === `channel:${channel.id}`) go('/chat/ui');
}

/** Leaves; asks first where one could not come back alone. */
export function leave(channel) {
  if (!channel.is_private) return attempt(() => leaveNow(channel));
  return showDialog(ConfirmDialog, {
    title: t('channel.leave-title', { name: channel.name }),
    text: t('channel.leave-text'),
    action: t('channel.leave'),
    run: () => leaveNow(channel),
  });
}

/** The row of a menu that mutes or unmutes a conversation. */
export function muteItem({ key, conversation }) {
  const isMuted = conversation.is_muted;
  return {
    text: t(isMuted ? 'conversation.unmute' : 'conversation.mute'), icon: isMuted ? 'bell' : 'bell-off',
    run: () => attempt(() => setMuted(key, !isMuted)),
  };
}

const menuOf = (entry) => [
  muteItem(entry),
  { text: t('channel.members'), icon: 'people', run: () => showDialog(MembersDialog, { channelId: entry.id }) },
  { text: t('channel.leave'), icon: 'sign-out', isDangerous: true, run: () => leave(entry.channel) },
];

function Call({ count }) {
  return html`<span class="row-call" title=${t('channel.call', { count })}><${Icon} name="phone" />
    <span aria-hidden="true">${count}</span><span class="hidden">${t('channel.call', { count })}</span></span>`;
}

function ChannelRow({ entry }) {
  const { is_private: isPrivate } = entry.channel;
  const calling = useComputed(() => callCount(entry.id)).value;
  const before = html`<span class="row-sign"><${Icon} name=${isPrivate ? 'lock' : 'hash'} />
    <span class="hidden">${t(isPrivate ? 'channel.private' : 'channel.public')}</span></span>`;
  return html`<${ConversationRow} entry=${entry} before=${before} after=${calling > 0 && html`<${Call}
    count=${calling} />`}
    menu=${menuOf(entry)} />`;
}

function Nothing() {
  if (search.value.trim()) return html`<p class="sidebar-nothing">${t('sidebar.nothing-found')}</p>`;
  return html`<div class="sidebar-nothing"><p>${t('channel.none')}</p>
    <${Button} icon="search" onClick=${() => showDialog(BrowseChannelsDialog)}>${t('channel.browse')}<//></div>`;
}

export function ChannelList() {
  const id = useId();
  const draw = (entry) => html`<${ChannelRow} key=${entry.key} entry=${entry} />`;
  const rows = useSameRows(found(ownChannels.value), draw);
  return html`<section aria-labelledby=${id}>
    <div class="section-head">
      <h2 id=${id}>${t('sidebar.channels')}</h2>
      <${IconButton} icon="compass" label=${t('channel.browse')} onClick=${() => showDialog(BrowseChannelsDialog)} />
      <${IconButton} icon="add" label=${t('channel.create')} onClick=${() => showDialog(CreateChannelDialog)} />
    </div>
    ${rows.length ? html`<ul class="rows">${rows}</ul>` : html`<${Nothing} />`}
  </section>`;
}
