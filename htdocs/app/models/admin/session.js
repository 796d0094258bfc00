// session.js - the administrator who is signed in. The token itself is in a cookie that no script can read.

import { signal } from '@preact/signals';
import { ApiError, get, onUnauthorized, post } from '../../net/api.js';

/**
 * What GET /admin/me says: {username, server_name, version, expires_at}; null: nobody is signed in; undefined: not
 * known yet.
 */
export const admin = signal(undefined);

/** True once a session that there was has ended by itself: the sign-in says so. */
export const hasExpired = signal(false);

/** The session is over, as an answer or a refused stream has said. */
export function expire() {
  if (admin.value) hasExpired.value = true;
  admin.value = null;
}

onUnauthorized(expire);

/** Asks the server. Throws an ApiError if it cannot be reached. */
export async function loadSession() {
  try {
    admin.value = await get('/admin/me');
  } catch (error) {
    if (!(error instanceof ApiError) || error.isPassing) throw error;
    admin.value = null;
  }
}

/** Throws an ApiError: 401 for a wrong password, 429 for too many attempts. */
export async function signIn(username, password) {
  await post('/admin/login', { username, password }, { isSigningIn: true });
  hasExpired.value = false;
  await loadSession();
}

/** The page is to be loaded anew afterwards, so that nothing of what was shown is left in it. */
export const signOut = () => post('/admin/logout');
