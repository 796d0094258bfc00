// federation.js - what servers show each other to be let in, and asking all of them what is new.

import { signal } from '@preact/signals';
import { get, post, postForHeaders, remove } from '../../net/api.js';

/** [{id, label, created_at}], newest first; null: not loaded yet. */
export const tokens = signal(null);
export const tokensError = signal(null);

export async function loadTokens() {
  try {
    const list = await get('/admin/federation-tokens');
    tokens.value = list.map(({ id, label, created_at: createdAt }) => ({ id, label, created_at: createdAt }))
      .sort((one, other) => other.created_at.localeCompare(one.created_at));
    tokensError.value = null;
  } catch (error) {
    tokensError.value = error;
  }
}

/** The new token, which the server never says again. */
export const createToken = async (label) => (await post('/admin/federation-tokens', { label })).token;
export const deleteToken = (id) => remove(`/admin/federation-tokens/${id}`);

/** This server's own token: kept by nobody but who asked. */
export const loadServerToken = async () => (await get('/admin/server-info')).server_token;

function decoded(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/**
 * Asks all servers for their 'users' or 'channels': {made: those that are new, failed: names of servers that gave no
 * answer}.
 */
export async function synchronise(kind) {
  const { value, headers } = await postForHeaders(`/admin/${kind}/sync-federated`);
  const failed = headers.get('x-failed-peers');
  return { made: value, failed: failed ? failed.split(', ').map(decoded) : [] };
}
