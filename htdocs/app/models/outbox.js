// outbox.js - what one has sent and the server has not confirmed yet: shown at once, sent again until it is stored.
//
// Each message has its id before it is sent, so that sending it twice stores it once. What could not be sent is kept in this
// browser, in the order in which it was written, one conversation never waiting for another.

import { signal } from '@preact/signals';
import { ApiError, post } from '../net/api.js';
import { connection } from '../net/listen.js';
import { newIdentifier } from '../text/identifier.js';
import { partsOf } from './conversations.js';
import { addressOf, personById } from './people.js';
import { myId } from './session.js';
import { recall, remember } from './storage.js';

const RETRY_MS = [1000, 2000, 5000, 10000, 30000];

/** [{key, message_id, body, sent_at, state: 'sending' | 'waiting' | 'failed', error}] oldest first. */
export const pending = signal([]);

const busy = new Set(); // keys of the conversations that are being sent to
const attempts = new Map(); // message id -> how many
let onStored = () => {};

/**
 * Brings back what an earlier page of this user left, and sends it. `stored(key, message)` is told what has been confirmed, as a
 * message of the history. Returns what ends it.
 */
export function startOutbox(stored) {
  onStored = stored;
  const left = recall(`outbox.${myId()}`, []);
  pending.value = left.map((entry) => (entry.state === 'failed' ? entry : { ...entry, state: 'waiting' }));
  const stopFollowing = connection.subscribe((state) => { if (state === 'online') sendAll(); });
  return () => {
    stopFollowing();
    pending.value = []; // it stays remembered
  };
}

function save(entries) {
  pending.value = entries;
  remember(`outbox.${myId()}`, entries.length ? entries : null);
}

const patch = (id, fields) => save(pending.value.map((entry) => (entry.message_id === id ? { ...entry, ...fields } : entry)));
const drop = (id) => save(pending.value.filter((entry) => entry.message_id !== id));

/** Sends a message to a conversation. */
export function send(key, body) {
  const entry = { key, message_id: newIdentifier(), body, sent_at: new Date().toISOString(), state: 'waiting', error: null };
  save([...pending.value, entry]);
  sendNext(key);
}

/** A failed one, once more. */
export function retry(id) {
  const entry = pending.value.find((one) => one.message_id === id);
  if (!entry) return;
  patch(id, { state: 'waiting', error: null });
  sendNext(entry.key);
}

/** A failed one, given up. */
export const discard = drop;

/** An event showed that it was stored, whatever became of the answer. */
export function confirm(id) {
  if (pending.value.some((entry) => entry.message_id === id)) drop(id);
}

function sendAll() {
  for (const key of new Set(pending.value.map((entry) => entry.key))) sendNext(key);
}

function request(entry) {
  const { kind, id } = partsOf(entry.key);
  const body = { body: entry.body, message_id: entry.message_id };
  if (kind === 'channel') return post('/api/messages/channel', { ...body, channel: id });
  const person = personById(id);
  if (!person) throw new ApiError(404, 'no such user');
  return post('/api/messages/dm', { ...body, recipient: addressOf(person) });
}

async function sendNext(key) {
  const entry = pending.value.find((one) => one.key === key && one.state === 'waiting');
  if (!entry || busy.has(key)) return;
  busy.add(key);
  patch(entry.message_id, { state: 'sending' });
  let pause = 0;
  try {
    await request(entry);
    attempts.delete(entry.message_id);
    if (pending.value.some((one) => one.message_id === entry.message_id)) {
      drop(entry.message_id);
      onStored(key, { message_id: entry.message_id, body: entry.body, author_user_id: myId(), sent_at: entry.sent_at });
    }
  } catch (error) {
    pause = failed(entry, error);
  }
  busy.delete(key);
  setTimeout(() => sendNext(key), pause);
}

/** Returns how long to wait before the next attempt, in milliseconds. */
function failed(entry, error) {
  if (!(error instanceof ApiError) || (!error.isPassing && error.status !== 401)) {
    patch(entry.message_id, { state: 'failed', error: error.message });
    return 0;
  }
  const count = attempts.get(entry.message_id) ?? 0;
  attempts.set(entry.message_id, count + 1);
  patch(entry.message_id, { state: 'waiting', error: error.message });
  return Math.max(error.retryAfter * 1000, RETRY_MS[Math.min(count, RETRY_MS.length - 1)]);
}
