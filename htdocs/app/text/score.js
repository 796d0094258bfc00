// score.js - how well a name answers what people type, for the best to be first.

const SCORES = { exact: 1000, start: 800, word: 600, inside: 400, spread: 200 };
const isWordStart = (text, place) => place === 0 || !/[\p{L}\p{N}]/u.test(text[place - 1]);

/** How far apart the letters of the query stand in the text, in order; -1: not all of them do. */
function spread(text, query) {
  let place = -1;
  let first = -1;
  for (const letter of query) {
    place = text.indexOf(letter, place + 1);
    if (place === -1) return -1;
    if (first === -1) first = place;
  }
  return place - first - query.length;
}

/** How well a text answers a query, both folded: 0 not at all, more is better, short texts before long ones. */
export function score(text, query) {
  if (!query) return 1;
  if (text === query) return SCORES.exact;
  const shortness = Math.max(0, 100 - text.length);
  const place = text.indexOf(query);
  if (place === 0) return SCORES.start + shortness;
  if (place > 0) {
    const atWord = [...text.matchAll(/[\p{L}\p{N}]+/gu)].some((word) => text.startsWith(query, word.index));
    return (atWord || isWordStart(text, place) ? SCORES.word : SCORES.inside) + shortness;
  }
  const gap = spread(text, query.replace(/\s+/g, ''));
  return gap === -1 ? 0 : SCORES.spread + Math.max(0, shortness - gap);
}
