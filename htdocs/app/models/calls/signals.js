// signals.js - what callers' pages say to each other through the server. Types and payloads are those of the original's clients,
// with fields of ours beside theirs: which call, which page of which person.
//
// Always holds: signals to one person leave in the order in which they were made.

import { post } from '../../net/api.js';
import { newIdentifier } from '../../text/identifier.js';
import { me } from '../session.js';

/** This page: a person may have several, and one of them is in the call. */
export const device = newIdentifier();

const queues = new Map(); // address -> promise of the last one

/** Who a signal is from or for, as an address: "alice", or "alice@server" for one of another server. */
export function addressOfUser({ username, server }) {
  return server && server !== me.value?.server_name ? `${username}@${server}` : username;
}

export const myAddress = () => me.value?.user.username;

/** Says something as the page goes away: it may arrive, and nobody waits for it. */
export function sendLastSignal(target, type, payload) {
  const body = { target, signal_type: type, payload: JSON.stringify({ ...payload, device }) };
  post('/api/call/signal', body, { keepalive: true }).catch(() => {});
}

/** Answers 'ok', or 'offline' for somebody who is not known to be online. Throws an ApiError. */
export function sendSignal(target, type, payload) {
  const body = { target, signal_type: type, payload: payload === undefined ? '' : JSON.stringify({ ...payload, device }) };
  const last = queues.get(target) ?? Promise.resolve();
  const sent = last.catch(() => {}).then(() => post('/api/call/signal', body));
  queues.set(target, sent);
  sent.catch(() => {}).finally(() => { if (queues.get(target) === sent) queues.delete(target); });
  return sent;
}

/** Reads the event of a signal: {type, from: {username, server, display_name}, address, payload}; null if it is none. */
export function readSignal(event) {
  try {
    const { from_user: from, signal_type: type, payload } = JSON.parse(event.payload);
    const parsed = payload ? JSON.parse(payload) : {};
    if (typeof type !== 'string' || typeof parsed !== 'object' || parsed === null) return null;
    return { type, from, address: addressOfUser(from), payload: parsed };
  } catch {
    return null;
  }
}
