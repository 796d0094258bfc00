// signals.js - what callers' pages say to each other through the server. Types and payloads are those of the original's
// clients, with fields of ours beside theirs: which call, which page of which person.
//
// Always holds: signals to one person leave in the order in which they were made; one that the server did not take is
// said again, as long as it may still be of use.

import { post } from '../../net/api.js';
import { newIdentifier } from '../../text/identifier.js';
import { me } from '../session.js';

const RETRY_MS = [300, 1000, 2000, 4000, 8000, 8000];

/** This page: a person may have several, and one of them is in the call. */
export const device = newIdentifier();

const queues = new Map(); // address -> promise of the last one

/** Who a signal is from or for, as an address: "alice", or "alice@server" for one of another server. */
export function addressOfUser({ username, server }) {
  return server && server !== me.value?.server_name ? `${username}@${server}` : username;
}

export const myAddress = () => me.value?.user.username;

/** An address that means the same on every server. */
export const fullAddress = (address) => (address.includes('@') ? address : `${address}@${me.value?.server_name}`);

/** Of two who may offer at once, this one gives way. */
export const isPoliteTo = (address) => fullAddress(myAddress()) < fullAddress(address);

/** This page's part of a call is told from that of the person's other pages by this. */
export const isThisPage = (payload) => payload.device === device;

const bodyOf = (target, type, payload) =>
  ({ target, signal_type: type, payload: payload === undefined ? '' : JSON.stringify({ ...payload, device }) });

/** Says something as the page goes away: it may arrive, and nobody waits for it. */
export function sendLastSignal(target, type, payload) {
  post('/api/call/signal', bodyOf(target, type, payload), { keepalive: true }).catch(() => {});
}

async function deliver(body) {
  for (const wait of RETRY_MS) {
    try {
      return await post('/api/call/signal', body);
    } catch (error) {
      if (!error.isPassing || !me.value) throw error;
      await new Promise((resolve) => { setTimeout(resolve, Math.max(wait, 1000 * error.retryAfter)); });
    }
  }
  return post('/api/call/signal', body);
}

/** Answers 'ok', or 'offline' for somebody who is not known to be online. Throws an ApiError. */
export function sendSignal(target, type, payload) {
  const body = bodyOf(target, type, payload);
  const last = queues.get(target) ?? Promise.resolve();
  const sent = last.catch(() => {}).then(() => deliver(body));
  queues.set(target, sent);
  sent.catch(() => {}).finally(() => { if (queues.get(target) === sent) queues.delete(target); });
  return sent;
}

/** Says something of which nothing depends on its arriving. */
export const mention = (target, type, payload) => { sendSignal(target, type, payload).catch(() => {}); };

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads the event of a signal: {type, from: {username, server, display_name}, address, payload}; null if it is none.
 */
export function readSignal(event) {
  try {
    const { from_user: from, signal_type: type, payload } = JSON.parse(event.payload);
    const parsed = payload ? JSON.parse(payload) : {};
    if (typeof type !== 'string' || typeof from?.username !== 'string' || !isObject(parsed)) return null;
    return { type, from, address: addressOfUser(from), payload: parsed };
  } catch {
    return null;
  }
}

/** What somebody says they send: {audio, video, screen}. */
export const mediaOf = ({ audio, video, screen }) =>
  ({ audio: Boolean(audio), video: Boolean(video), screen: Boolean(screen) });
