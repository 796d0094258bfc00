// names.js - display names, which people choose: what of them is shown, and which of them look alike.

// What shows nothing, or turns others around; but for what joins letters or emoji, behind what is not ASCII. The server
// has the same rule for its own users (text.c); names of other servers, and old ones, may be anything.
const HIDDEN = /([^\p{ASCII}\s\p{DI}][\u200c\u200d\ufe0e\ufe0f]+)|[\p{Cc}\p{DI}\ufff9-\ufffb]/gu;

const withoutHidden = (name) => name.replace(HIDDEN, '$1');

/** Whether all of a name is shown. */
export const isShown = (name) => withoutHidden(name) === name;

/** What of a name is shown; '' if nothing is. */
export const cleaned = (name) => withoutHidden((name ?? '').replace(/\s+/gu, ' ')).trim();

// Letters, small ones, each before one that it looks like: Cyrillic, Greek, Armenian, digits and signs.
const TWINS = '\u0430a\u0435e\u0451e\u043eo\u0440p\u0441c\u0445x\u0443y\u0455s\u0456l\u0457l\u04cfl\u0458j\u0501d'
  + '\u04bbh\u043dh\u051bq\u051dw\u043ak\u0442t\u043cm\u0432b\u03b1a\u03bfo\u03c1p\u03b9l\u03bak\u03c4t'
  + '\u03bdv\u0585o\u0578n\u0131lil1l|l0o';
const twins = new Map([...TWINS.matchAll(/../gu)].map(([pair]) => [pair[0], pair[1]]));

const known = new Map(); // name -> likeness: a name is looked at once

function findLikeness(name) {
  const plain = name.normalize('NFKC').replace(/[\p{Cc}\p{DI}\ufff9-\ufffb]/gu, '');
  const letters = [...plain.toLowerCase()].map((letter) => twins.get(letter) ?? letter).join('');
  return letters.replaceAll('rn', 'm').replace(/\s+/gu, ' ').trim();
}

/** The same for names that could be taken for each other. */
export function likeness(name) {
  if (!known.has(name)) known.set(name, findLikeness(name));
  return known.get(name);
}
