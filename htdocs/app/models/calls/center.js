// center.js - begins, answers and ends the calls of this page, and says which of them a signal is for.
//
// Always holds: a page is in one call at a time. Whoever calls meanwhile is told that one is busy.

import { post } from '../../net/api.js';
import { connection } from '../../net/listen.js';
import { keyOf } from '../conversations.js';
import { send } from '../outbox.js';
import { fullNameOf, personByAddress } from '../people.js';
import { myId, onSigningOut } from '../session.js';
import { DirectCall } from './direct-call.js';
import { GroupCall } from './group-call.js';
import { rules } from './rules.js';
import { fullAddress, isThisPage, mention, myAddress, readSignal, sendLastSignal } from './signals.js';
import { KEPT, MISSED_CALL, current, isBusy, ringing } from './state.js';

let lastCallId = null; // of the last call with somebody that this page was in, and that has ended

function ended(call, isMissed) {
  if (current.value === call && call.ending.value !== 'elsewhere') lastCallId = call.callId;
  if (ringing.value === call) ringing.value = null;
  const person = isMissed && personByAddress(call.address);
  if (person) send(keyOf('dm', person.id), MISSED_CALL);
}

/** Calls somebody, or answers if it is they who ring; false if one is in a call already. */
export function callPerson(address, name, withVideo) {
  if (isBusy()) return false;
  if (ringing.value?.address === address) {
    accept(withVideo);
    return true;
  }
  const call = new DirectCall({ address, name, isOutgoing: true, withVideo, onEnd: ended });
  current.value = call;
  call.ring().catch(() => call.end('failed'));
  return true;
}

/** Joins a channel's call, leaving the one that one is in. Throws an ApiError; of a call that is full its view says so. */
export async function joinCall(channelId, options) {
  leaveCurrent();
  const call = new GroupCall({ channelId });
  current.value = call;
  try {
    await call.join(options);
  } catch (error) {
    if (call.ending.value === 'full') return;
    call.end('failed');
    if (current.value === call) current.value = null;
    throw error;
  }
}

/** Ends the call that one is in. */
export async function leaveCurrent() {
  if (isBusy()) await current.value.leave();
}

/** Takes what rings; ends what one is in. */
export function accept(withCamera) {
  const call = ringing.value;
  if (!call) return;
  leaveCurrent();
  ringing.value = null;
  current.value = call;
  call.accept(withCamera);
}

export const decline = () => ringing.value?.decline();

/** The view of a call that has ended is closed. */
export const dismiss = () => { current.value = null; };

// ---- signals ----

/** Both call each other: the call of whose address comes first stands, on both sides. */
function crossesOurs({ address, payload }) {
  const call = current.value;
  return isBusy() && call.kind === 'direct' && call.address === address && call.state.value === 'calling'
    && payload.call_id !== call.callId;
}

function receiveOffer(found) {
  const { address, payload } = found;
  if (typeof payload.sdp !== 'string') return;
  if (payload.is_resumed) { // of a call that another page of ours may be in; but not if this one was
    if (payload.call_id && payload.call_id === lastCallId) mention(address, 'hangup', { call_id: lastCallId });
    return;
  }
  if (crossesOurs(found)) {
    if (fullAddress(myAddress()) < fullAddress(address)) {
      mention(myAddress(), 'call-taken', { call_id: payload.call_id }); // it rings on our other pages
      return;
    }
    const { withVideo } = current.value;
    current.value.end('elsewhere');
    ringing.value = incoming(found);
    accept(withVideo);
  } else if (isBusy() || ringing.value) {
    mention(address, 'busy', { call_id: payload.call_id });
  } else {
    ringing.value = incoming(found);
  }
}

function incoming({ address, from, payload }) {
  const person = personByAddress(address);
  const call = new DirectCall({
    address,
    name: person ? fullNameOf(person) : address,
    isOutgoing: false,
    callId: payload.call_id,
    withVideo: payload.video ?? /^m=video [^0]/m.test(payload.sdp),
    onEnd: ended,
  });
  call.receive('offer', payload);
  return call;
}

let absence = null; // another page of ours has left a channel's call, and may come back

/** If it does not, the server still sees us online, and would leave us in the call. */
function watchAbsence({ channel_id: channelId }) {
  clearTimeout(absence);
  absence = setTimeout(() => {
    if (isBusy() && current.value.channelId === channelId) return;
    post(`/api/channels/${encodeURIComponent(channelId)}/call/leave`).catch(() => {});
  }, rules.awayMs);
}

/** What one's own pages say to each other: another one has answered, has joined a call, or goes away. */
const OWN_SIGNALS = {
  'call-taken'(payload) {
    if (ringing.value && payload.call_id === ringing.value.callId) ringing.value.end('elsewhere');
    if (!payload.channel_id) return;
    clearTimeout(absence);
    if (isBusy() && current.value.kind === 'group') current.value.end('elsewhere');
  },
  'call-away': watchAbsence,
};

export function receive(event) {
  const found = readSignal(event);
  if (!found) return;
  const { type, from, address, payload } = found;
  const call = current.value;
  if (Object.hasOwn(OWN_SIGNALS, type)) {
    if (address === myAddress() && !isThisPage(payload)) OWN_SIGNALS[type](payload);
  } else if (type.startsWith('group-')) {
    const isConcerned = call?.kind === 'group' && isBusy() && call.concerns(address, payload);
    if (isConcerned) call.receive(type, address, from, payload);
  } else {
    const direct = [call, ringing.value].filter((one) => one?.kind === 'direct' && one.state.value !== 'ended')
      .find((one) => one.concerns(address, type, payload));
    if (direct) direct.receive(type, payload);
    else if (type === 'offer') receiveOffer(found);
  }
}

function groupOf(event) {
  const call = current.value;
  return isBusy() && call.kind === 'group' && call.channelId === event.channel_id ? call : null;
}

export const receiveJoin = (event) => groupOf(event)?.joined();
export const receiveLeave = (event) => groupOf(event)?.left(JSON.parse(event.payload));

// ---- pages come and go ----

function leavePage() {
  if (!isBusy()) return;
  const call = current.value;
  const kept = call.leavePage();
  if (!kept) return;
  if (call.kind === 'group') sendLastSignal(myAddress(), 'call-away', { channel_id: call.channelId });
  const { camera, isMuted } = call.media;
  const state = { ...kept, withCamera: camera.value !== null, isMuted: isMuted.value, at: Date.now(), userId: myId() };
  sessionStorage.setItem(KEPT, JSON.stringify({ ...state, startedAt: call.startedAt.value?.getTime() }));
}

/** Takes up the call that this page was in before it was opened again. */
export function resume() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null');
  sessionStorage.removeItem(KEPT);
  if (!kept || kept.userId !== myId() || Date.now() - kept.at > rules.resumeMs || isBusy()) return;
  if (kept.kind === 'group') {
    joinCall(kept.channelId, kept).catch(() => {});
    return;
  }
  const call = new DirectCall({ ...kept, isOutgoing: false, onEnd: ended });
  current.value = call;
  call.resume(kept).catch(() => call.end('failed'));
}

let stopped = null;
let endings = [];

export function start() {
  if (stopped) return;
  stopped = new AbortController();
  window.addEventListener('pagehide', leavePage, { signal: stopped.signal });
  window.addEventListener('online', () => { if (isBusy()) current.value.reconnect(); }, { signal: stopped.signal });
  const catchUp = (state) => { if (state === 'online' && isBusy()) current.value.resynchronise?.(); };
  const end = async () => {
    decline();
    await leaveCurrent();
  };
  endings = [connection.subscribe(catchUp), onSigningOut(end)];
}

/** Nobody is signed in any more. */
export function stop() {
  stopped?.abort();
  stopped = null;
  endings.splice(0).forEach((end) => end());
  clearTimeout(absence);
  ringing.value?.end('elsewhere');
  if (isBusy()) current.value.end('elsewhere');
  current.value = null;
}
