// live.js - tells views what has changed on the server: by the stream of events where there is one, else every few
// seconds.
//
// Always holds: a listener is called at most once in its pause for all that happened meanwhile, and never by a hidden
// page, which catches up when it is looked at again.

import { computed, effect, untracked } from '@preact/signals';
import { connection, listen, openings } from '../../net/listen.js';
import { admin, expire } from './session.js';

const PAUSE_MS = 400;
const POLL_MS = 5000;

const ALL = ['users', 'presence', 'servers', 'channels', 'members'];
const TOPICS = {
  user_changed: ['users'],
  presence_changed: ['presence'],
  channel_changed: ['channels'],
  channel_deleted: ['channels'],
  member_added: ['members'],
  member_removed: ['members'],
  server_changed: ['servers'],
  resync: ALL,
};

const listeners = new Set();

/** True while events come; false: everything is asked for every few seconds. */
export const isLive = computed(() => connection.value === 'online');

class Reloader {
  #topics;
  #reload;
  #pause;
  #timer = null;
  #isDue = false;

  constructor(topics, reload, pause) {
    this.#topics = topics;
    this.#reload = reload;
    this.#pause = pause;
  }

  hear(topics) {
    if (!topics.some((topic) => this.#topics.includes(topic))) return;
    this.#isDue = true;
    this.run();
  }

  run() {
    if (!this.#isDue || this.#timer || document.hidden) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#isDue = false;
      this.#reload();
    }, this.#pause);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#isDue = false;
  }
}

function tell(topics) {
  for (const listener of listeners) listener.hear(topics);
}

/**
 * Calls the function after something of these topics has changed ('users', 'presence', 'servers', 'channels',
 * 'members'), but at most once in `pause` milliseconds. Returns what ends it.
 */
export function onLive(topics, reload, pause = PAUSE_MS) {
  const listener = new Reloader(topics, reload, pause);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    listener.stop();
  };
}

/** Calls the function every so often while the page is looked at, and when it is again. Returns what ends it. */
export function whileVisible(look, everyMs) {
  const lookIfVisible = () => { if (document.visibilityState === 'visible') look(); };
  const timer = setInterval(lookIfVisible, everyMs);
  document.addEventListener('visibilitychange', lookIfVisible);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', lookIfVisible);
  };
}

function hear(event) {
  tell(TOPICS[event.event] ?? []);
}

function refused(status) {
  if (status === 401) expire();
}

function poll() {
  if (!isLive.value) tell(ALL);
}

function follow() {
  const stop = listen('/admin/events', 'admin', hear, refused);
  const timer = setInterval(poll, POLL_MS);
  return () => {
    clearInterval(timer);
    stop();
  };
}

/** Listens as long as somebody is signed in. Called once. */
export function startLive() {
  let stop = null;
  effect(() => {
    const isSignedIn = Boolean(admin.value);
    if (isSignedIn === Boolean(stop)) return;
    untracked(() => { stop = isSignedIn ? follow() : stop(); });
  });
  effect(() => { if (openings.value > 1) tell(ALL); });
  document.addEventListener('visibilitychange', () => listeners.forEach((listener) => listener.run()));
}
