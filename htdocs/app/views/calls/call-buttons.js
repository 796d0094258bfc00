// call-buttons.js - how a call begins: from the head of a conversation.

import { html, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { callPerson, current } from '../../models/calls/center.js';
import { callCount } from '../../models/calls.js';
import { channelById } from '../../models/channels.js';
import { partsOf } from '../../models/conversations.js';
import { addressOf, nameOf, personById } from '../../models/people.js';
import { myId } from '../../models/session.js';
import { IconButton } from '../shared/button.js';
import { say } from '../shared/toasts.js';
import { JoinDialog } from './join-dialog.js';

function PersonButtons({ person }) {
  const call = (withVideo) => {
    if (!callPerson(addressOf(person), nameOf(person), withVideo)) say(t('calls.already'), 'error');
  };
  return html`<${IconButton} icon="phone" label=${t('calls.call-audio', { name: nameOf(person) })} onClick=${() => call(false)} />
    <${IconButton} icon="camera" label=${t('calls.call-video', { name: nameOf(person) })} onClick=${() => call(true)} />`;
}

function ChannelButton({ channel }) {
  const isAsking = useSignal(false);
  const count = callCount(channel.id);
  const call = current.value;
  if (call?.kind === 'group' && call.channelId === channel.id && call.state.value !== 'ended') return null;
  const label = count ? t('calls.join-count', { count }) : t('calls.start');
  return html`<${IconButton} icon="phone" label=${label} class=${count ? 'has-call' : ''} onClick=${() => { isAsking.value = true; }}>
      ${count > 0 && html`<span class="badge" aria-hidden="true">${count}</span>`}<//>
    ${isAsking.value && html`<${JoinDialog} channelId=${channel.id} channelName=${channel.name} onClose=${() => { isAsking.value = false; }} />`}`;
}

export function CallButtons({ conversationKey }) {
  const { kind, id } = partsOf(conversationKey);
  if (kind === 'channel') {
    const channel = channelById(id);
    return channel ? html`<${ChannelButton} channel=${channel} />` : null;
  }
  const person = personById(id);
  return person && id !== myId() ? html`<${PersonButtons} person=${person} />` : null;
}
