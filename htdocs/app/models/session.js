// session.js - who is signed in. The token itself is in a cookie that no script can read.

import { signal } from '@preact/signals';
import { ApiError, get, onUnauthorized, post } from '../net/api.js';
import { forgetAll } from './storage.js';

/**
 * What GET /api/me says: {user, session, server_name, version, max_message_bytes, has_gifs}; null: nobody is signed in;
 * undefined: not known yet.
 */
export const me = signal(undefined);

/** True once a session that there was has ended by itself: the sign-in says so. */
export const hasExpired = signal(false);

const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel('bering-session') : null;

/** Another tab has signed in or out: the cookie is one for all. */
function hear({ data }) {
  if (data === 'signed-out') forget();
  else if (data === 'signed-in') loadSession().catch(() => {});
}

function forget() {
  hasExpired.value = false;
  me.value = null;
}

/** Called once: follows what other tabs of this browser do. */
export function followTabs() {
  if (tabs) tabs.onmessage = hear;
}

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
  tabs?.postMessage('signed-in');
}

const endings = new Set();

/** Runs the function before one signs out, while the server still listens. Returns what takes it back. */
export function onSigningOut(ending) {
  endings.add(ending);
  return () => endings.delete(ending);
}

/**
 * Nothing that one has written stays in a browser that others may use: that is the difference to a session that ends by
 * itself, whose drafts wait for the next one.
 */
export async function signOut() {
  const id = myId();
  await Promise.allSettled([...endings].map((ending) => ending()));
  await post('/api/logout').catch((error) => {
    if (error.status !== 401) throw error; // it was over already
  });
  forget();
  tabs?.postMessage('signed-out');
  for (const kept of ['draft', 'outbox']) forgetAll(`${kept}.${id}.`);
}

export const myId = () => me.value?.user.id;

/** Whether the server can search for GIFs. */
export const hasGifs = () => Boolean(me.value?.has_gifs);
