// session.js - who is signed in. The token itself is in a cookie that no script can read.

import { signal } from '@preact/signals';
import { ApiError, get, onUnauthorized, post } from '../net/api.js';

/**
 * What GET /api/me says: {user, session, server_name, version, max_message_bytes, has_gifs}; null: nobody is signed in;
 * undefined: not known yet.
 */
export const me = signal(undefined);

/** True once a session that there was has ended by itself: the sign-in says so. */
export const hasExpired = signal(false);

onUnauthorized(() => {
  if (me.value) hasExpired.value = true;
  me.value = null;
});

/** Asks the server. Throws an ApiError if it cannot be reached. */
export async function loadSession() {
  try {
    me.value = await get('/api/me');
  } catch (error) {
    if (!(error instanceof ApiError) || error.isPassing) throw error;
    me.value = null;
  }
}

/** Throws an ApiError: 401 for a wrong password, 429 for too many attempts. */
export async function signIn(username, password) {
  await post('/api/login', { username, password }, { isSigningIn: true });
  hasExpired.value = false;
  await loadSession();
}

export async function signOut() {
  await post('/api/logout');
  hasExpired.value = false;
  me.value = null;
}

export const myId = () => me.value?.user.id;
