// call-panel.js - the call that one is in: everybody's tiles over the conversation, as large as one likes.

import { html, useEffect, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { current, dismiss, leaveCurrent } from '../../models/calls/center.js';
import { playTone } from '../../models/calls/tone.js';
import { channelById } from '../../models/channels.js';
import { nameOf, personByAddress } from '../../models/people.js';
import { me } from '../../models/session.js';
import { Button, IconButton } from '../shared/button.js';
import { Controls } from './controls.js';
import { OwnTile, RemoteTile } from './tile.js';

const ENDED_SHOWN_MS = 5000;

const titleOf = (call) => (call.kind === 'group' ? `#${channelById(call.channelId)?.name ?? ''}` : call.name);

function Duration({ since }) {
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => { now.value = Date.now(); }, 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor((now.value - since.getTime()) / 1000));
  const two = (value) => String(value).padStart(2, '0');
  return html`<span class="duration">${Math.floor(seconds / 60)}:${two(seconds % 60)}</span>`;
}

/** The others, as tiles know them. */
function othersOf(call) {
  if (call.kind === 'direct') {
    const link = call.link.value;
    const person = personByAddress(call.address);
    return link ? [{ id: person?.id ?? call.address, name: call.name, link, remote: call.remote }] : [];
  }
  return [...call.members.value.values()].map((member) => {
    const person = personByAddress(member.address);
    return { id: person?.id ?? member.address, name: person ? nameOf(person) : member.name, link: member.link, remote: member.remote };
  });
}

function Tiles({ call }) {
  const others = othersOf(call);
  const sharer = others.find((other) => other.remote.value.screen);
  const { user } = me.value;
  return html`<ul class=${`tiles ${sharer ? 'has-large' : ''}`} data-count=${others.length + 1} aria-label=${t('calls.participants')}>
    ${others.map((other) => html`<${RemoteTile} key=${other.id} ...${other} isLarge=${other === sharer} />`)}
    <${OwnTile} id=${user.id} name=${user.display_name || user.username} media=${call.media} />
  </ul>`;
}

/** What has become of it, for a moment. */
function Ended({ call }) {
  useEffect(() => {
    const timer = setTimeout(() => { if (current.value === call) dismiss(); }, ENDED_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [call]);
  return html`<section class="call-panel ended" aria-label=${t('calls.title', { name: titleOf(call) })}>
    <p role="status">${t(`calls.ended.${call.ending.value}`, { name: titleOf(call) })}</p>
    <${Button} onClick=${dismiss}>${t('action.close')}<//>
  </section>`;
}

function Running({ call }) {
  const isLarge = useSignal(false);
  const state = call.state.value;
  useEffect(() => (state === 'calling' ? playTone('outgoing') : undefined), [state]);
  const count = othersOf(call).length + 1;
  return html`<section class=${`call-panel ${isLarge.value ? 'large' : ''}`} aria-label=${t('calls.title', { name: titleOf(call) })}>
    <header>
      <h2>${titleOf(call)}</h2>
      <p role="status">${state === 'active' ? '' : t(`calls.state.${state}`)}</p>
      ${call.startedAt.value && html`<${Duration} since=${call.startedAt.value} />`}
      <${IconButton} icon=${isLarge.value ? 'shrink' : 'enlarge'} label=${isLarge.value ? t('calls.shrink') : t('calls.enlarge')}
        onClick=${() => { isLarge.value = !isLarge.value; }} />
    </header>
    <${Tiles} call=${call} />
    <${Controls} call=${call} count=${count} onLeave=${leaveCurrent} />
  </section>`;
}

export function CallPanel() {
  const call = current.value;
  if (!call) return null;
  return call.state.value === 'ended' ? html`<${Ended} key="ended" call=${call} />` : html`<${Running} key=${call.callId ?? call.channelId} call=${call} />`;
}
