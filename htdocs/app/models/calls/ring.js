// ring.js - making a call heard: a tone and a notification, from one tab of a browser, however many there are.

import { showCall } from '../alerts.js';
import { playTone } from './tone.js';

function makeHeard(call) {
  const stopTone = playTone('incoming');
  const closeNotification = showCall(call.name);
  return () => {
    stopTone();
    closeNotification();
  };
}

/** Rings until the function that it returns is called. A tab that is closed meanwhile is followed by the next one. */
export function ring(call) {
  if (!navigator.locks) return makeHeard(call);
  const stopped = new AbortController();
  const untilStopped = () => new Promise((resolve) => {
    const stop = makeHeard(call);
    stopped.signal.addEventListener('abort', () => {
      stop();
      resolve();
    });
  });
  const options = { signal: stopped.signal };
  const asked = navigator.locks.request(`bering-ring-${call.callId}`, options, untilStopped);
  asked.catch(() => {}); // it was answered while this tab waited
  return () => stopped.abort();
}
