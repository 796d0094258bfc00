// entry.js - the door to calls: small, so that every page has it. What is behind it is loaded with the first call or
// ring.
//
// Always holds: events reach center.js in the order in which they came, however long it takes to load.

import { myId } from '../session.js';
import { KEPT, current } from './state.js';

let isStarted = false;
let loading = null;
let turn = Promise.resolve();

async function load() {
  const center = await import('./center.js');
  if (isStarted) center.start();
  return center;
}

/** center.js. Throws if it cannot be loaded; then it is tried again the next time. */
export function calls() {
  loading ??= load().catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

function pass(run) {
  turn = turn.then(calls).then(run).catch(() => {});
}

export const callCenterEvents = {
  webrtc_signal(event) {
    if (event.target_user_id === myId()) pass((center) => center.receive(event));
  },
  channel_call_join(event) {
    if (current.value) pass((center) => center.receiveJoin(event));
  },
  channel_call_leave(event) {
    if (current.value) pass((center) => center.receiveLeave(event));
  },
};

/** Once the models are loaded. Returns what ends it. */
export function startCalls() {
  isStarted = true;
  if (loading) pass((center) => center.start());
  if (sessionStorage.getItem(KEPT)) pass((center) => center.resume());
  return () => {
    isStarted = false;
    if (loading) pass((center) => center.stop());
  };
}
