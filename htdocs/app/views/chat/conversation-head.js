// conversation-head.js - what stands above a conversation: where one is, who is in it, and what can be done with the
// whole of it.

import { html, useEffect, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { channelById, loadMembers, membersChanged } from '../../models/channels.js';
import { conversationByKey, partsOf, setMuted } from '../../models/conversations.js';
import { personById } from '../../models/people.js';
import { go } from '../../models/route.js';
import { channelEntry, personEntry } from '../../models/sidebar.js';
import { number } from '../../text/format.js';
import { Avatar } from '../shared/avatar.js';
import { IconButton } from '../shared/button.js';
import { Icon } from '../shared/icon.js';
import { attempt } from '../shared/toasts.js';
import { showDialog } from './dialogs.js';
import { MembersDialog } from './late.js';

/** How many are in a channel; null while that is not known. */
function useMemberCount(channelId) {
  const count = useSignal(null);
  useEffect(() => membersChanged.subscribe(async (id) => {
    if (id !== channelId && id !== null) return;
    try {
      count.value = (await loadMembers(channelId)).length;
    } catch { /* the button says no number then; its dialog says what is wrong */ }
  }), [channelId]);
  return count.value;
}

function Members({ channelId }) {
  const count = useMemberCount(channelId);
  const label = count === null ? t('channel.members') : t('head.members', { count });
  const show = () => showDialog(MembersDialog, { channelId });
  return html`<button type="button" class="head-members" title=${label} onClick=${show}>
    <${Icon} name="people" /><span class="hidden">${label}</span>
    ${count !== null && html`<span aria-hidden="true">${number(count)}</span>`}
  </button>`;
}

function Mute({ timelineKey }) {
  const conversation = conversationByKey(timelineKey);
  if (!conversation) return null;
  const { is_muted: isMuted } = conversation;
  return html`<${IconButton} icon=${isMuted ? 'bell-off' : 'bell'} label=${t('conversation.mute')}
    aria-pressed=${isMuted ? 'true' : 'false'} onClick=${() => attempt(() => setMuted(timelineKey, !isMuted))} />`;
}

function ChannelMark({ channel }) {
  return html`<span class="head-mark"><${Icon} name=${channel.is_private ? 'lock' : 'hash'} /><span class="hidden">
    ${t(channel.is_private ? 'channel.private' : 'channel.public')}</span></span>`;
}

/** {name, detail, mark, members} of what a key names; the name is null if nobody knows it. */
function describe(key) {
  const { kind, id } = partsOf(key);
  if (kind === 'channel') {
    const channel = channelById(id);
    if (!channel) return { name: null };
    const mark = html`<${ChannelMark} channel=${channel} />`;
    return { ...channelEntry(channel), mark, members: html`<${Members} channelId=${id} />` };
  }
  const person = personById(id);
  if (!person) return { name: null };
  const entry = personEntry(person);
  const isOnline = Boolean(person.is_online);
  return { ...entry, presence: t(isOnline ? 'people.online' : 'people.offline'),
    mark: html`<${Avatar} id=${id} name=${entry.name} isOnline=${isOnline} />` };
}

/** What a conversation is called, for labels. */
export const titleOf = (key) => describe(key).name ?? t('head.unknown');

export function ConversationHead({ timelineKey }) {
  const { name, detail, mark, members, presence } = describe(timelineKey);
  return html`<header class="conversation-head">
    <${IconButton} class="only-narrow directed" icon="back" label=${t('head.back')} onClick=${() => go('/chat/ui')} />
    ${mark}
    <div class="head-name">
      <h1><bdi>${name ?? t('head.unknown')}</bdi></h1>
      ${(detail || presence) && html`<p>
        ${detail && html`<bdi>${detail}</bdi>`}${detail && presence && ' · '}${presence}</p>`}
    </div>
    ${members}
    <${Mute} timelineKey=${timelineKey} />
  </header>`;
}
