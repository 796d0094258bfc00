// listen.js - the one module that listens. However many tabs are open, one of them holds the stream and tells the
// others.
//
// Always holds: every tab sees each event once and in order, or is told to resynchronise. The tab that holds the lock
// is the leader; it shares what it hears on a BroadcastChannel with the event's id, so that whoever leads next goes on
// after it.

import { signal } from '@preact/signals';
import { readEvents } from './event-source.js';
import { note } from './trace.js';

const QUIET_MS = 80000; // the server says something each 25 s, unless it was told otherwise
const BEAT_MS = 5000;
const LEADERLESS_MS = 20000;
const BACKOFF_MS = [500, 1000, 2000, 4000, 8000, 15000];

/** 'connecting' until the first answer, then 'online' or 'offline'. */
export const connection = signal('connecting');

/** How many times the stream began anew, with nothing to resume from: what was loaded before must be loaded again. */
export const openings = signal(0);

/** Whether an event's id (EPOCH-NUMBER) is not after the last one. Of another epoch nothing is known. */
export function isOld(id, last) {
  if (!id || !last) return false;
  const [epoch, number] = id.split('-');
  const [lastEpoch, lastNumber] = last.split('-');
  return epoch === lastEpoch && Number(number) <= Number(lastNumber);
}

class Listener {
  #path;
  #scope;
  #onEvent;
  #onRefused;
  #channel = null;
  #stopped = new AbortController();
  #queued = null;        // the AbortController of the request for the lock
  #attempt = null;       // the AbortController of the connection, on the leader
  #lastEventId = null;
  #hasBegun = false;
  #failures = 0;
  #heardAt = Date.now(); // of the leader
  #isLeader = false;
  #wake = () => {};

  constructor(path, scope, onEvent, onRefused) {
    this.#path = path;
    this.#scope = scope;
    this.#onEvent = onEvent;
    this.#onRefused = onRefused;
  }

  start() {
    const { signal: stopped } = this.#stopped;
    window.addEventListener('online', () => this.#reconnect(), { signal: stopped });
    window.addEventListener('offline', () => this.#reconnect(), { signal: stopped });
    document.addEventListener('visibilitychange', () => this.#visible(), { signal: stopped });
    if (!navigator.locks || !window.BroadcastChannel) { // no secure context: each tab for itself
      this.#lead();
      return;
    }
    this.#channel = new BroadcastChannel(`bering-events-${this.#scope}`);
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    this.#share({ type: 'hello' });
    this.#apply();
    const beat = setInterval(() => this.#watch(), BEAT_MS);
    stopped.addEventListener('abort', () => clearInterval(beat));
  }

  stop() {
    this.#stopped.abort();
    this.#queued?.abort();
    this.#attempt?.abort();
    this.#wake();
    this.#channel?.close();
    this.#channel = null;
  }

  // ---- who leads ----

  #apply(steal = false) {
    this.#queued?.abort();
    const queued = new AbortController();
    this.#queued = queued;
    const options = steal ? { steal } : { signal: queued.signal };
    navigator.locks.request(`bering-events-${this.#scope}`, options, () => this.#lead()).catch(() => {
      if (queued.signal.aborted) return;
      // another tab has taken the lock, since this one seemed to sleep, and may have told what this one did not listen
      // to
      this.#isLeader = false;
      this.#attempt?.abort();
      openings.value += 1;
      this.#apply();
    });
  }

  /** On the leader: tells the others that it lives. On the others: takes over from one that is silent. */
  #watch() {
    if (this.#isLeader) this.#beat(connection.value);
    else if (document.visibilityState === 'visible' && Date.now() - this.#heardAt > LEADERLESS_MS) {
      this.#heardAt = Date.now();
      this.#apply(true);
    }
  }

  #beat(state) {
    this.#share({ type: 'beat', state, lastEventId: this.#lastEventId });
  }

  #share(message) {
    this.#channel?.postMessage(message);
  }

  #hear(message) {
    if (message.type === 'hello') {
      if (this.#isLeader) this.#beat(connection.value);
      return;
    }
    this.#heardAt = Date.now();
    if (this.#isLeader) return;
    if (message.type === 'frame') this.#take(message.frame);
    else {
      this.#lastEventId ??= message.lastEventId;
      this.#setState(message.state);
    }
  }

  // ---- the stream, on the leader ----

  async #lead() {
    const { signal: stopped } = this.#stopped;
    this.#isLeader = true;
    while (!stopped.aborted && this.#isLeader) {
      await this.#connect();
      if (stopped.aborted || !this.#isLeader) break;
      this.#setState('offline');
      this.#beat('offline');
      await this.#pause();
    }
  }

  async #connect() {
    const attempt = new AbortController();
    let quiet;
    const sign = () => {
      clearTimeout(quiet);
      quiet = setTimeout(() => attempt.abort(), QUIET_MS);
    };
    this.#attempt = attempt;
    sign();
    try {
      await readEvents(this.#path, {
        lastEventId: this.#lastEventId,
        signal: attempt.signal,
        onOpen: () => this.#opened(),
        onFrame: (frame) => this.#leadFrame(frame),
        onSign: sign,
      });
    } catch (error) {
      if (error.status >= 400 && error.status < 500 && error.status !== 429) this.#onRefused(error.status);
    }
    clearTimeout(quiet);
    attempt.abort();
    this.#attempt = null;
  }

  #opened() {
    this.#failures = 0;
    this.#setState('online');
    this.#beat('online');
  }

  #leadFrame(frame) {
    if (frame.id !== null || frame.data !== null) this.#share({ type: 'frame', frame });
    this.#take(frame);
  }

  /**
   * Waits before the next attempt: longer each time, and not all clients at once; or until there is a reason to try.
   */
  #pause() {
    const longest = BACKOFF_MS[Math.min(this.#failures, BACKOFF_MS.length - 1)];
    this.#failures += 1;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, longest * (0.5 + Math.random() / 2));
      this.#wake = () => { clearTimeout(timer); resolve(); };
    });
  }

  #reconnect() {
    if (!this.#isLeader) return;
    this.#attempt?.abort();
    if (navigator.onLine) this.#wake();
  }

  /** A tab that was away for long may hold a dead connection; one that retries slowly should retry now. */
  #visible() {
    if (document.visibilityState === 'visible' && this.#isLeader && connection.value === 'offline') this.#wake();
  }

  // ---- what comes ----

  #setState(state) {
    if (connection.value !== state) {
      note('state', state);
      if (state === 'online' && this.#lastEventId === null) this.#hasBegun = false;
    }
    connection.value = state;
    if (state !== 'online' || this.#hasBegun) return;
    this.#hasBegun = true;
    openings.value += 1;
  }

  #take(frame) {
    if (isOld(frame.id, this.#lastEventId)) return; // a new leader repeats what it has not heard itself
    if (frame.id !== null) this.#lastEventId = frame.id;
    if (frame.data === null) return;
    let event;
    try {
      event = { id: frame.id, ...JSON.parse(frame.data) };
    } catch {
      return;
    }
    note('event', event.event ?? event.type ?? '', event);
    this.#onEvent(event);
  }
}

/**
 * Listens until the function that it returns is called. `scope` names whose events they are: tabs of the same scope
 * share a stream. `onEvent(event)` for each, whose id is its place on the stream; `onRefused(status)` when the server
 * will not have us.
 */
export function listen(path, scope, onEvent, onRefused) {
  const listener = new Listener(path, scope, onEvent, onRefused);
  connection.value = 'connecting';
  listener.start();
  return () => listener.stop();
}
