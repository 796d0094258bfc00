// switcher.js - finding a conversation by a few letters: what answers best first, and of those what was used last.

import { fold } from '../text/search.js';
import { score } from '../text/score.js';
import { RECENT_MOST, recent } from './recent.js';
import { directs, openChannels, otherPeople, ownChannels } from './sidebar.js';

const SHOWN_MOST = 30;

/** What breaks ties: recent ones, then unread ones, then conversations that there are. */
function weight(entry, recentKeys) {
  const place = recentKeys.indexOf(entry.key);
  const used = place === -1 ? 0 : RECENT_MOST - place;
  return used + (entry.conversation?.unread ? 5 : 0) + (entry.conversation ? 2 : 0);
}

const KINDS = { '#': 'channel', '@': 'dm' };

/**
 * The entries (sidebar.js) that answer the query, the best first. A leading # or @ asks for channels or people alone.
 * Without a query: recent ones first; what is open now (`currentKey`) comes last, for nobody switches to where they
 * are.
 */
export function rank(query, entries, recentKeys = [], currentKey = null) {
  const kind = KINDS[query.trim()[0]];
  const folded = fold(query.trim().replace(/^[#@]/, ''));
  const rows = [];
  for (const entry of entries) {
    if (kind && entry.kind !== kind) continue;
    const byDetail = entry.detail ? score(fold(entry.detail), folded) * 0.9 : 0;
    const best = Math.max(score(fold(entry.name ?? ''), folded), byDetail);
    const here = entry.key === currentKey ? 500 : 0;
    if (best) rows.push({ entry, rank: best * 10 + weight(entry, recentKeys) * 12 - here });
  }
  return rows.sort((one, other) => other.rank - one.rank).slice(0, SHOWN_MOST).map((row) => row.entry);
}

/** All that one can switch to. */
const candidates = () => [...ownChannels.value, ...directs.value, ...openChannels.value, ...otherPeople.value];

export const findTargets = (query, currentKey) => rank(query, candidates(), recent.value, currentKey);
