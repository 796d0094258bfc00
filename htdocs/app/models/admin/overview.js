// overview.js - the server's figures, asked for again every few seconds while somebody looks; and who is online.

import { signal } from '@preact/signals';
import { get, getPage } from '../../net/api.js';

const EVERY_MS = 4000;
const PAGE = 500;
const LISTED_MOST = 5000; // users that are looked through for who is online

/** GET /admin/overview; null: not loaded yet. */
export const overview = signal(null);
export const overviewError = signal(null);

/** Users who are online, by name; null: not known yet, or too many users to look through. */
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
  const found = [];
  try {
    for (let offset = 0, total = 1; offset < total; offset += PAGE) {
      const page = await getPage('/admin/users', { limit: PAGE, offset });
      total = page.total;
      if (total > LISTED_MOST) {
        onlineUsers.value = null;
        return;
      }
      found.push(...page.rows.filter((user) => user.is_online));
    }
    onlineUsers.value = found;
  } catch { /* the figures beside it say what is wrong */ }
}

/** Asks again and again, unless the page is hidden. Returns what ends it. */
export function watchOverview() {
  const look = () => { if (!document.hidden) loadOverview(); };
  const timer = setInterval(look, EVERY_MS);
  document.addEventListener('visibilitychange', look);
  look();
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
  };
}
