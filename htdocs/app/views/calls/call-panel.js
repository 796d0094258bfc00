// call-panel.js - the call that one is in: everybody's tiles beside the conversation, as large as one likes.

import { html, useEffect, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { dismiss, leaveCurrent } from '../../models/calls/center.js';
import { rules } from '../../models/calls/rules.js';
import { current } from '../../models/calls/state.js';
import { playTone } from '../../models/calls/tone.js';
import { channelById } from '../../models/channels.js';
import { fullNameOf, nameOf, personByAddress } from '../../models/people.js';
import { me } from '../../models/session.js';
import { duration } from '../../text/duration.js';
import { Button, IconButton } from '../shared/button.js';
import { Controls } from './controls.js';
import { OwnTile, RemoteTile } from './tile.js';

const titleOf = (call) => (call.kind === 'group' ? `#${channelById(call.channelId)?.name ?? ''}` : call.name);

function Duration({ since }) {
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => { now.value = Date.now(); }, 1000);
    return () => clearInterval(timer);
  }, []);
  const time = duration(now.value - since.getTime());
  return html`<span class="duration" role="timer" aria-label=${t('calls.duration')}>${time}</span>`;
}

/** The others, as tiles know them. */
function othersOf(call) {
  if (call.kind === 'direct') {
    const link = call.link.value;
    const person = personByAddress(call.address);
    return link ? [{ id: person?.id ?? call.address, name: call.name, link, remote: call.remote }] : [];
  }
  return [...call.members.value.values()].map((member) => {
    const { address, link, remote } = member;
    const person = personByAddress(address);
    return { id: person?.id ?? address, name: person ? fullNameOf(person) : address, link, remote };
  });
}

function Tiles({ call, others }) {
  const sharer = others.find((other) => other.remote.value.screen);
  const { user } = me.value;
  const kind = sharer ? 'tiles has-large' : 'tiles';
  return html`<ul class=${kind} data-count=${others.length + 1} aria-label=${t('calls.participants')}>
    ${others.map((other) => html`<${RemoteTile} key=${other.id} ...${other} isLarge=${other === sharer} />`)}
    <${OwnTile} key="own" id=${user.id} name=${nameOf(user)} media=${call.media} />
  </ul>`;
}

/** What has become of it, for a moment. */
function Ended({ call, place }) {
  useEffect(() => {
    const timer = setTimeout(() => { if (current.value === call) dismiss(); }, rules.endedMs);
    return () => clearTimeout(timer);
  }, [call]);
  return html`<section class=${`call-panel ended ${place}`} aria-label=${t('calls.title', { name: titleOf(call) })}>
    <p role="status">${t(`calls.ended.${call.ending.value}`, { name: titleOf(call) })}</p>
    <${Button} onClick=${dismiss}>${t('action.close')}<//>
  </section>`;
}

function Running({ call, place }) {
  const isLarge = useSignal(false);
  const state = call.state.value;
  useEffect(() => (state === 'calling' ? playTone('outgoing') : undefined), [state]);
  const others = othersOf(call);
  const isAlone = call.kind === 'group' && state === 'active' && others.length === 0;
  const status = isAlone ? t('calls.alone') : state !== 'active' && t(`calls.state.${state}`);
  const name = titleOf(call);
  const kind = `call-panel ${isLarge.value ? 'large' : place}`;
  const [sizeIcon, sizeText] = isLarge.value ? ['shrink', 'calls.shrink'] : ['enlarge', 'calls.enlarge'];
  return html`<section class=${kind} aria-label=${t('calls.title', { name })}>
    <header class="call-head">
      <h2><bdi>${name}</bdi></h2>
      <p role="status">${status}</p>
      ${call.startedAt.value && html`<${Duration} since=${call.startedAt.value} />`}
      <${IconButton} icon=${sizeIcon} label=${t(sizeText)}
        onClick=${() => { isLarge.value = !isLarge.value; }} />
    </header>
    <${Tiles} call=${call} others=${others} />
    <${Controls} call=${call} count=${others.length + 1} onLeave=${leaveCurrent} />
  </section>`;
}

export function CallPanel({ isFloating }) {
  const call = current.value;
  if (!call) return null;
  const place = isFloating ? 'floating' : 'docked';
  if (call.state.value === 'ended') return html`<${Ended} key="ended" call=${call} place=${place} />`;
  return html`<${Running} key=${call.callId ?? call.channelId} call=${call} place=${place} />`;
}
