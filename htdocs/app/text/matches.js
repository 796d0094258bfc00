// matches.js - what answers best to what is being completed.

import { fold } from './search.js';

const EXACT = 3;
const START = 2;
const WORD = 1;
const NEAR = 10;

/** Only beginnings count: who writes "#1" does not mean a channel that has a 1 somewhere. */
function worthOf(text, folded) {
  if (text === folded) return EXACT;
  if (text.startsWith(folded)) return START;
  return [...text.matchAll(/[\p{L}\p{N}]+/gu)].some(({ index }) => text.startsWith(folded, index)) ? WORD : 0;
}

/**
 * The best answers to a query, at most `most`. `textsOf(item)`: what it may be found by; `isNear(item)`: those come
 * first, however well the others match. Equals stay in the order of the list.
 */
export function bestMatches(items, query, { textsOf, isNear = () => false, most = 8 }) {
  const folded = fold(query);
  const worth = (item) => {
    const best = Math.max(...textsOf(item).map((text) => (text ? worthOf(fold(text), folded) : 0)));
    return best && isNear(item) ? best + NEAR : best;
  };
  return items.map((item) => ({ item, worth: worth(item) }))
    .filter((row) => row.worth > 0)
    .sort((one, other) => other.worth - one.worth)
    .slice(0, most)
    .map((row) => row.item);
}
