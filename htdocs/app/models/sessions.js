// sessions.js - where one is signed in.

import { signal } from '@preact/signals';
import { get, remove } from '../net/api.js';
import { me, signOut } from './session.js';

/** [{id, created_at, expires_at, user_agent, is_current}], the newest first; null: not loaded yet. */
export const sessions = signal(null);

export async function loadSessions() {
  sessions.value = await get('/api/sessions');
}

/** Another one than this. One that has ended by itself is as good as ended. */
export async function endSession(id) {
  try {
    await remove(`/api/sessions/${id}`);
  } catch (error) {
    if (error.status !== 404) throw error;
  }
  await loadSessions();
}

/** All others, then this one: if it fails in between, one is still signed in here and can try again. */
export async function signOutEverywhere() {
  await remove('/api/sessions');
  await signOut();
}

/** Nothing of one person is shown to the next. */
me.subscribe((value) => { if (!value) sessions.value = null; });
