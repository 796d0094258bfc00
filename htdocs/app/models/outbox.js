// outbox.js - what one has sent and the server has not confirmed yet: shown at once, sent again until it is stored.
//
// Always holds: each message has its id before it is sent, so that sending it twice, or from two tabs, stores it once.
// What is not stored yet is remembered in this browser, a message a name, so that no tab overwrites another's. A
// conversation's messages are sent one after the other in the order in which they were written, by one tab at a time;
// no conversation waits for another.

import { batch, signal } from '@preact/signals';
import { ApiError, post } from '../net/api.js';
import { connection } from '../net/listen.js';
import { newIdentifier } from '../text/identifier.js';
import { partsOf } from './conversations.js';
import { addressOf, personById } from './people.js';
import { onRememberedAll, recallAll, remember } from './storage.js';

const RETRY_MS = [1000, 2000, 5000, 10000, 30000];

/** [{key, message_id, body, sent_at, state: 'sending' | 'waiting' | 'failed', error}] oldest first. */
export const pending = signal([]);

const byTime = (one, other) =>
  one.sent_at.localeCompare(other.sent_at) || one.message_id.localeCompare(other.message_id);

/** What may have been left by another version, or by anybody who can write into this browser's storage. */
const isEntry = (entry) => ['key', 'message_id', 'body', 'sent_at'].every((name) => typeof entry?.[name] === 'string');

/** One user's, from signing in to signing out: answers that come later find it stopped and do nothing. */
class Outbox {
  #userId;
  #onStored;
  #place;                // the start of the names that messages are remembered under
  #busy = new Set();     // keys of the conversations that are being sent to
  #pauses = new Map();   // key -> timer: nothing is sent there before
  #attempts = new Map(); // message id -> how many have failed
  #endings = [];
  #isStopped = false;

  constructor(userId, onStored) {
    this.#userId = userId;
    this.#onStored = onStored;
    this.#place = `outbox.${userId}.`;
  }

  start() {
    pending.value = recallAll(this.#place).map(([, entry]) => entry).filter(isEntry).sort(byTime);
    this.#endings = [
      onRememberedAll(this.#place, (id, entry) => this.#follow(id, entry)),
      connection.subscribe((state) => { if (state === 'online') this.#sendAll(); }),
    ];
  }

  stop() {
    this.#isStopped = true;
    for (const end of this.#endings) end();
    for (const timer of this.#pauses.values()) clearTimeout(timer);
    pending.value = []; // it stays remembered
  }

  // ---- what is pending ----

  #find(id) {
    return this.#isStopped ? undefined : pending.value.find((entry) => entry.message_id === id);
  }

  /** `isKept`: the change is one that outlives the page. */
  #patch(id, fields, isKept) {
    if (!this.#find(id)) return;
    pending.value = pending.value.map((entry) => (entry.message_id === id ? { ...entry, ...fields } : entry));
    if (isKept) this.#remember(this.#find(id));
  }

  #remember(entry) {
    const state = entry.state === 'sending' ? 'waiting' : entry.state;
    remember(this.#place + entry.message_id, { ...entry, state });
  }

  /** Another tab has written, given up or sent one. */
  #follow(id, entry) {
    if (!isEntry(entry)) {
      this.#forget(id);
    } else if (!this.#find(id)) {
      pending.value = [...pending.value, entry].sort(byTime);
    } else if (this.#find(id).state !== 'sending') {
      this.#patch(id, { state: entry.state, error: entry.error });
    }
    if (entry?.state === 'waiting') this.#sendNext(entry.key);
  }

  #forget(id) {
    this.#attempts.delete(id);
    pending.value = pending.value.filter((entry) => entry.message_id !== id);
  }

  add(key, body) {
    const newest = pending.value.at(-1)?.sent_at;
    const now = Math.max(Date.now(), newest ? Date.parse(newest) + 1 : 0); // the order survives a clock that goes back
    const { kind, id } = partsOf(key);
    const person = kind === 'dm' ? personById(id) : undefined;
    const entry = {
      key,
      message_id: newIdentifier(now),
      body,
      recipient: person ? addressOf(person) : null,
      sent_at: new Date(now).toISOString(),
      state: 'waiting',
      error: null,
    };
    pending.value = [...pending.value, entry];
    this.#remember(entry);
    this.#sendNext(key);
  }

  retry(id) {
    if (this.#find(id)?.state !== 'failed') return;
    this.#patch(id, { state: 'waiting', error: null }, true);
    this.#sendNext(this.#find(id).key);
  }

  drop(id) {
    if (!this.#find(id)) return;
    this.#forget(id);
    remember(this.#place + id, null);
  }

  // ---- sending ----

  #sendAll() {
    for (const timer of this.#pauses.values()) clearTimeout(timer);
    this.#pauses.clear();
    for (const key of new Set(pending.value.map((entry) => entry.key))) this.#sendNext(key);
  }

  async #sendNext(key) {
    if (this.#isStopped || this.#busy.has(key) || this.#pauses.has(key) || !this.#nextOf(key)) return;
    this.#busy.add(key);
    const pause = await this.#alone(key, () => this.#attempt(key));
    this.#busy.delete(key);
    if (this.#isStopped) return;
    if (pause) this.#pauses.set(key, setTimeout(() => { this.#pauses.delete(key); this.#sendNext(key); }, pause));
    else this.#sendNext(key);
  }

  #nextOf(key) {
    return pending.value.find((entry) => entry.key === key && entry.state === 'waiting');
  }

  /** One tab at a time, where the browser can tell them apart: in a secure context. */
  #alone(key, work) {
    return navigator.locks ? navigator.locks.request(`bering-outbox-${this.#userId}-${key}`, work) : work();
  }

  /** Returns how long to wait before the next attempt, in milliseconds. */
  async #attempt(key) {
    const entry = this.#nextOf(key); // another tab may have sent what there was
    if (this.#isStopped || !entry) return 0;
    this.#patch(entry.message_id, { state: 'sending' });
    try {
      await Outbox.#request(entry);
      this.#stored(entry);
      return 0;
    } catch (error) {
      return this.#failed(entry, error);
    }
  }

  static #request({ key, body, message_id: messageId, recipient }) {
    const { kind, id } = partsOf(key);
    if (kind === 'channel') return post('/api/messages/channel', { body, message_id: messageId, channel: id });
    const person = personById(id); // who may be called otherwise by now; or not be loaded yet
    const address = person ? addressOf(person) : recipient;
    if (!address) throw new ApiError(404, 'no such user');
    return post('/api/messages/dm', { body, message_id: messageId, recipient: address });
  }

  #stored({ key, message_id: id, body, sent_at: sentAt }) {
    if (!this.#find(id)) return; // an event came before the answer
    batch(() => {
      this.drop(id);
      this.#onStored(key, { message_id: id, body, author_user_id: this.#userId, sent_at: sentAt });
    });
  }

  #failed({ message_id: id }, error) {
    if (!(error instanceof ApiError) || (!error.isPassing && error.status !== 401)) {
      this.#patch(id, { state: 'failed', error: error.message }, true);
      return 0;
    }
    const count = this.#attempts.get(id) ?? 0;
    if (this.#find(id)) this.#attempts.set(id, count + 1);
    this.#patch(id, { state: 'waiting', error: error.message });
    return Math.max(error.retryAfter * 1000, RETRY_MS[Math.min(count, RETRY_MS.length - 1)]);
  }
}

let outbox = null; // nobody is signed in

/**
 * Brings back what an earlier page of this user left, and sends it. `stored(key, message)` is told what has been
 * confirmed, as a message of the history. Returns what ends it.
 */
export function startOutbox(userId, stored) {
  const started = new Outbox(userId, stored);
  outbox = started;
  started.start();
  return () => {
    started.stop();
    outbox = null;
  };
}

/** Sends a message to a conversation. */
export const send = (key, body) => outbox?.add(key, body);

/** A failed one, once more. */
export const retry = (id) => outbox?.retry(id);

/** A failed one, given up. */
export const discard = (id) => outbox?.drop(id);

/** An event showed that it was stored, whatever became of the answer. */
export const confirm = (id) => outbox?.drop(id);
