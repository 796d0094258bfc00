// shortcuts.js - the keys, one row each: what they do is said by the views, what they are called by the catalogue.
//
// `mod` is Ctrl, or Cmd on Apple's keyboards. `whileTyping`: also where the keys might mean something in a text. Rows
// without a `name` are done elsewhere and only listed in the help.

/** Groups of rows, in the order of the help. */
export const SHORTCUTS = [
  { group: 'shortcut.group.around', rows: [
    { name: 'switcher', text: 'shortcut.switcher', combinations: [{ mod: true, key: 'k' }], whileTyping: true },
    { name: 'previous', text: 'shortcut.previous', combinations: [{ alt: true, key: 'ArrowUp' }], whileTyping: true },
    { name: 'next', text: 'shortcut.next', combinations: [{ alt: true, key: 'ArrowDown' }], whileTyping: true },
    { name: 'previousUnread', text: 'shortcut.previous-unread', combinations: [{ alt: true, shift: true, key: 'ArrowUp' }], whileTyping: true },
    { name: 'nextUnread', text: 'shortcut.next-unread', combinations: [{ alt: true, shift: true, key: 'ArrowDown' }], whileTyping: true },
    { name: 'help', text: 'shortcut.help', combinations: [{ mod: true, anyShift: true, key: '/' }], whileTyping: true },
    { name: 'help', text: null, combinations: [{ key: '?', anyShift: true }] },
  ] },
  { group: 'shortcut.group.conversation', rows: [
    { name: 'escape', text: 'shortcut.escape', combinations: [{ key: 'Escape' }], whileTyping: true },
    { text: 'shortcut.send', combinations: [{ key: 'Enter' }] },
    { text: 'shortcut.new-line', combinations: [{ shift: true, key: 'Enter' }] },
  ] },
];

const all = SHORTCUTS.flatMap(({ rows }) => rows).filter((row) => row.name);

export const isApple = (platform = globalThis.navigator?.platform ?? '') => /Mac|iPhone|iPad/.test(platform);

const isPressed = (combination, event, apple) => event.key.toLowerCase() === combination.key.toLowerCase()
  && Boolean(combination.mod) === (apple ? event.metaKey : event.ctrlKey)
  && !(apple ? event.ctrlKey : event.metaKey)
  && Boolean(combination.alt) === event.altKey
  && (combination.anyShift || Boolean(combination.shift) === event.shiftKey);

/** The name of what a key event asks for, or null. */
export function shortcutOf(event, isTyping, apple = isApple()) {
  if (event.isComposing || !event.key) return null;
  const row = all.find(({ combinations, whileTyping }) =>
    (whileTyping || !isTyping) && combinations.some((combination) => isPressed(combination, event, apple)));
  return row?.name ?? null;
}

const SIGNS = { ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc' };

/** The keys of a combination as they are printed on keyboards: ['Ctrl', 'K']. */
export function keysOf({ mod, alt, shift, key }, apple = isApple()) {
  const held = [mod && (apple ? '⌘' : 'Ctrl'), alt && (apple ? '⌥' : 'Alt'), shift && (apple ? '⇧' : 'Shift')].filter(Boolean);
  return [...held, SIGNS[key] ?? (key.length === 1 ? key.toUpperCase() : key)];
}

/** The rows of a group as the help lists them: rows without a text belong to the one before. */
export function helpRows(rows) {
  const listed = [];
  for (const row of rows) {
    if (row.text) listed.push({ text: row.text, combinations: [...row.combinations] });
    else listed.at(-1).combinations.push(...row.combinations);
  }
  return listed;
}
