// marks.js - bold, italic and code around what is selected in a text, set and taken away again by the same key.

/** What each key of a shortcut puts around the selection. */
export const MARKS = { b: '**', i: '_', e: '`' };

const isMarked = (text, start, end, mark) =>
  start >= mark.length && text.slice(start - mark.length, start) === mark && text.startsWith(mark, end);

const holdsMarks = (selected, mark) =>
  selected.length >= 2 * mark.length && selected.startsWith(mark) && selected.endsWith(mark);

/** Spaces at its ends are left outside: "**word **" would mark nothing. */
function trimmed(text, start, end) {
  const selected = text.slice(start, end);
  const first = start + selected.length - selected.trimStart().length;
  return selected.trim() === '' ? [start, end] : [first, first + selected.trim().length];
}

/** What to replace, by what, and what is selected then: {start, end, insert, selectionStart, selectionEnd}. */
export function toggleMark(text, from, to, mark) {
  const [start, end] = trimmed(text, from, to);
  const selected = text.slice(start, end);
  const size = mark.length;
  if (isMarked(text, start, end, mark)) {
    const [first, last] = [start - size, end - size];
    return { start: first, end: end + size, insert: selected, selectionStart: first, selectionEnd: last };
  }
  if (holdsMarks(selected, mark)) {
    return { start, end, insert: selected.slice(size, -size), selectionStart: start, selectionEnd: end - 2 * size };
  }
  return { start, end, insert: mark + selected + mark, selectionStart: start + size, selectionEnd: end + size };
}
