// center.js - the calls of this page: the one that one is in, the one that rings; and which of them a signal is for.
//
// Always holds: a person is in one call at a time. Whoever calls meanwhile is told that one is busy.

import { signal } from '@preact/signals';
import { connection } from '../../net/listen.js';
import { keyOf } from '../conversations.js';
import { send } from '../outbox.js';
import { personByAddress } from '../people.js';
import { me, myId } from '../session.js';
import { DirectCall, isThisPage } from './direct-call.js';
import { GroupCall } from './group-call.js';
import { myAddress, readSignal, sendSignal } from './signals.js';

/** What a caller leaves in the conversation: clients of every kind can show it. */
export const MISSED_CALL = '📞 Missed call';

const RESUME_MS = 15000;
const KEPT = 'bering.call';

export const current = signal(null); // a DirectCall or GroupCall that one is in, or has just left (until dismissed)
export const ringing = signal(null); // a DirectCall that one has not answered

const isBusy = () => current.value !== null && current.value.state.value !== 'ended';

function ended(call, isMissed) {
  if (ringing.value === call) ringing.value = null;
  if (!isMissed) return;
  const person = personByAddress(call.address);
  if (person) send(keyOf('dm', person.id), MISSED_CALL);
}

/** Calls somebody; false if one is in a call already. */
export function callPerson(address, name, withVideo) {
  if (isBusy()) return false;
  const call = new DirectCall({ address, name, isOutgoing: true, withVideo, onEnd: ended });
  current.value = call;
  call.ring().catch(() => call.end('failed'));
  return true;
}

/** Joins a channel's call, leaving the one that one is in. Throws an ApiError. */
export async function joinCall(channelId, options) {
  leaveCurrent();
  const call = new GroupCall({ channelId, onEnd: () => {} });
  current.value = call;
  try {
    await call.join(options);
  } catch (error) {
    call.end('failed');
    current.value = null;
    throw error;
  }
}

export function leaveCurrent() {
  const call = current.value;
  if (!isBusy()) return;
  if (call.kind === 'group') call.leave();
  else call.hangUp();
}

/** Takes what rings; ends what one is in. */
export function accept(withCamera) {
  const call = ringing.value;
  if (!call) return;
  leaveCurrent();
  ringing.value = null;
  current.value = call;
  call.accept(withCamera).catch(() => call.end('failed'));
}

export const decline = () => ringing.value?.decline();

/** The view of a call that has ended is closed. */
export const dismiss = () => { current.value = null; };

// ---- signals ----

function receiveOffer(found) {
  const { address, from, payload } = found;
  const call = current.value;
  if (isBusy() && call.kind === 'direct' && call.address === address && call.state.value === 'calling' && payload.call_id !== call.callId) {
    // both call each other: the one whose call stands is the same on both sides
    const own = `${myAddress()}@${me.value.server_name}`;
    const theirs = address.includes('@') ? address : `${address}@${me.value.server_name}`;
    if (own > theirs) return;
    call.end('elsewhere');
    ringing.value = incoming(found);
    accept(call.withVideo);
    return;
  }
  if (isBusy() || ringing.value) {
    sendSignal(address, 'busy', { call_id: payload.call_id }).catch(() => {});
    return;
  }
  if (!payload.sdp || payload.is_resumed) return;
  ringing.value = incoming({ address, from, payload });
}

function incoming({ address, from, payload }) {
  const name = from.display_name || address;
  const options = { address, name, isOutgoing: false, callId: payload.call_id, withVideo: payload.video ?? true, onEnd: ended };
  const call = new DirectCall(options);
  call.receive('offer', payload);
  return call;
}

/** Another page of one's own has answered, or has joined a call. */
function taken(payload) {
  if (isThisPage(payload)) return;
  if (ringing.value && payload.call_id === ringing.value.callId) {
    const call = ringing.value;
    ringing.value = null;
    call.end('elsewhere');
  }
  if (payload.channel_id && current.value?.kind === 'group' && isBusy()) current.value.end('elsewhere');
}

function receive(event) {
  const found = readSignal(event);
  if (!found) return;
  const { type, from, address, payload } = found;
  const call = current.value;
  if (type === 'call-taken') {
    if (address === myAddress()) taken(payload);
  } else if (type.startsWith('group-')) {
    if (call?.kind === 'group' && isBusy() && call.concerns(address, payload)) call.receive(type, address, from, payload).catch(() => {});
  } else {
    const direct = [call, ringing.value].find((one) => one?.kind === 'direct' && one.state.value !== 'ended' && one.concerns(address, payload));
    if (direct) direct.receive(type, payload).catch(() => direct.end('failed'));
    else if (type === 'offer') receiveOffer(found);
  }
}

const ofCurrent = (event) => (current.value?.kind === 'group' && isBusy() && current.value.channelId === event.channel_id ? current.value : null);

export const callCenterEvents = {
  webrtc_signal(event) {
    if (event.target_user_id === myId()) receive(event);
  },
  channel_call_join: (event) => ofCurrent(event)?.joined(),
  channel_call_leave: (event) => ofCurrent(event)?.left(JSON.parse(event.payload)),
};

// ---- pages come and go ----

function leavePage() {
  const call = current.value;
  const kept = isBusy() ? call.leavePage() : null;
  if (kept) {
    const { camera, isMuted } = call.media;
    const state = { ...kept, withCamera: camera.value !== null, isMuted: isMuted.value, at: Date.now(), userId: myId() };
    sessionStorage.setItem(KEPT, JSON.stringify(state));
  }
}

function resume() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null');
  sessionStorage.removeItem(KEPT);
  if (!kept || kept.userId !== myId() || Date.now() - kept.at > RESUME_MS) return;
  if (kept.kind === 'group') {
    joinCall(kept.channelId, kept).catch(() => {});
    return;
  }
  const call = new DirectCall({ ...kept, isOutgoing: false, onEnd: ended });
  current.value = call;
  call.resume(kept).catch(() => call.end('failed'));
}

/** Once the models are loaded. Returns what ends it: whoever signs out hangs up. */
export function startCalls() {
  const stopped = new AbortController();
  window.addEventListener('pagehide', leavePage, { signal: stopped.signal });
  window.addEventListener('online', () => current.value?.reconnect?.(), { signal: stopped.signal });
  const stopFollowing = connection.subscribe((state) => {
    if (state === 'online' && current.value?.kind === 'group') current.value.resynchronise();
  });
  resume();
  return () => {
    leaveCurrent();
    decline();
    stopFollowing();
    stopped.abort();
    current.value = null;
  };
}
