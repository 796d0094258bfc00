// call-buttons.js - how a call begins: from the head of a conversation.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { calls } from '../../models/calls/entry.js';
import { current } from '../../models/calls/state.js';
import { callCount } from '../../models/calls.js';
import { channelById } from '../../models/channels.js';
import { isMember, partsOf } from '../../models/conversations.js';
import { addressOf, fullNameOf, personById } from '../../models/people.js';
import { myId } from '../../models/session.js';
import { showDialog } from '../chat/dialogs.js';
import { IconButton } from '../shared/button.js';
import { attempt, say } from '../shared/toasts.js';
import { JoinDialog } from './call-slot.js';

function PersonButtons({ person }) {
  const call = (withVideo) => attempt(async () => {
    const { callPerson } = await calls();
    if (!callPerson(addressOf(person), fullNameOf(person), withVideo)) say(t('calls.already'), 'error');
  });
  const name = fullNameOf(person);
  return html`<${IconButton} icon="phone" label=${t('calls.call-audio', { name })} onClick=${() => call(false)} />
    <${IconButton} icon="camera" label=${t('calls.call-video', { name })} onClick=${() => call(true)} />`;
}

function ChannelButton({ channel }) {
  const count = callCount(channel.id);
  const call = current.value;
  if (call?.kind === 'group' && call.channelId === channel.id && call.state.value !== 'ended') return null;
  const label = count ? t('calls.join-count', { count }) : t('calls.start');
  const ask = () => showDialog(JoinDialog, { channelId: channel.id, channelName: channel.name });
  return html`<${IconButton} icon="phone" label=${label} class=${count ? 'has-call' : ''} onClick=${ask}>
    ${count > 0 && html`<span class="badge" aria-hidden="true">${count}</span>`}<//>`;
}

export function CallButtons({ conversationKey }) {
  const { kind, id } = partsOf(conversationKey);
  if (kind === 'channel') {
    const channel = channelById(id);
    return channel && isMember(id) ? html`<${ChannelButton} channel=${channel} />` : null;
  }
  const person = personById(id);
  return person && id !== myId() ? html`<${PersonButtons} person=${person} />` : null;
}
