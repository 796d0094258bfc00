// overview.js - the server's figures, asked for again every few seconds while somebody looks; and who is online.

import { signal } from '@preact/signals';
import { get, getPage } from '../../net/api.js';
import { whileVisible } from './live.js';

const EVERY_MS = 4000;
const ONLINE_SHOWN = 60;

/** GET /admin/overview; null: not loaded yet. */
export const overview = signal(null);
export const overviewError = signal(null);

/** {rows, total}: users who are online, the first of them by name, and how many they are; null: not known yet. */
export const onlineUsers = signal(null);

export async function loadOverview() {
  try {
    overview.value = await get('/admin/overview');
    overviewError.value = null;
  } catch (error) {
    overviewError.value = error;
  }
}

export async function loadOnline() {
  try {
    onlineUsers.value = await getPage('/admin/users', { online: 1, limit: ONLINE_SHOWN });
  } catch { /* the figures beside it say what is wrong */ }
}

/** Asks now, and again and again unless the page is hidden. Returns what ends it. */
export function watchOverview() {
  loadOverview();
  return whileVisible(loadOverview, EVERY_MS);
}
