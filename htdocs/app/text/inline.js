// inline.js - what stands within a paragraph of a message: emphasis, code, links. See markdown.js for the tree.
//
// Always holds: one pass. Of the marks that may begin something only the last few are remembered, so that each that may
// end something finds its beginning, or none, in constant time.

const OPEN_MOST = 12; // and so the deepest tree
const SPECIAL = /[`*_~[\]\n]|https?:\/\//gi;
const TICKS = /`+/y;
const BARE = /https?:\/\/[^\s<>"`[\]]+/iy;
const TRAILING = /[.,;:!?'*_~|]/;
const TARGET = /\(([^\s()]{1,2048}(?:\([^\s()]*\)[^\s()]*){0,8})\)/y;
const SCHEME = /^(?:https?:\/\/|mailto:)/i;
const SCHEMES = ['http:', 'https:', 'mailto:'];
const WORD = /[\p{L}\p{N}]/u;

/** What a run of one character may begin or end; longer runs mean nothing. */
const MARKS = {
  '*': ['*'], '**': ['**'], '***': ['**', '*'], _: ['_'], '~~': ['~~'],
};
const TYPES = { '*': 'italic', _: 'italic', '**': 'bold', '~~': 'strike' };

const isWord = (character) => character !== undefined && WORD.test(character);
const isWithin = (character) => isWord(character) || character === '/' || character === '\\'; // of a word, or of a path
const isSpace = (character) => character === undefined || /\s/.test(character);

/**
 * The address as browsers write it, if its scheme is one of these ("https:") and it names nobody's password; or null.
 */
export function safeUrl(text, schemes) {
  let url;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  return schemes.includes(url.protocol) && !url.username && !url.password ? url.href : null;
}

/** Adjacent texts as one. */
function merge(nodes) {
  const merged = [];
  for (const node of nodes) {
    if (typeof node === 'string' && typeof merged.at(-1) === 'string') merged[merged.length - 1] += node;
    else if (node !== '') merged.push(node);
  }
  return merged;
}

/** Where the runs of backticks are, by their length, the last first. */
function findTicks(text) {
  const places = new Map();
  for (const { 0: run, index } of [...text.matchAll(/`+/g)].reverse()) {
    if (!places.has(run.length)) places.set(run.length, []);
    places.get(run.length).push(index);
  }
  return places;
}

/**
 * The end of a bare address that begins here: punctuation behind it belongs to the sentence, as does a bracket around
 * it.
 */
function endOfBare(text, from, to) {
  const count = (character) => text.slice(from, to).split(character).length - 1;
  let surplus = count(')') - count('(');
  let end = to;
  for (; end > from; end -= 1) {
    const last = text[end - 1];
    if (last === ')' && surplus > 0) surplus -= 1;
    else if (!TRAILING.test(last)) break;
  }
  return end;
}

class Inline {
  #text;
  #place = 0;
  #nodes = [];
  #open = [];  // {mark, at: place of its node}, the last few
  #ticks = null;

  constructor(text) { this.#text = text; }

  parse() {
    const text = this.#text;
    for (;;) {
      SPECIAL.lastIndex = this.#place;
      const found = SPECIAL.exec(text);
      this.#nodes.push(text.slice(this.#place, found?.index));
      if (!found) return merge(this.#nodes);
      this.#place = found.index;
      this.#readAt(found[0]);
    }
  }

  #readAt(found) {
    const readers = {
      '`': () => this.#readCode(),
      '\n': () => this.#push({ type: 'break' }, 1),
      '[': () => this.#begin('[', 1),
      ']': () => this.#readLink(),
    };
    if (found.length > 1) this.#readBare();
    else (readers[found] ?? (() => this.#readRun(found)))();
  }

  #push(node, length) {
    this.#nodes.push(node);
    this.#place += length;
  }

  #begin(mark, length = mark.length) {
    if (this.#open.length === OPEN_MOST) this.#open.shift();
    this.#open.push({ mark, at: this.#nodes.length });
    this.#push(mark, length);
  }

  /** Everything since the opening becomes the children of one node. */
  #end(opening, node) {
    const children = merge(this.#nodes.splice(opening.at).slice(1));
    this.#open.length = this.#open.indexOf(opening);
    this.#nodes.push({ ...node, children });
  }

  #readCode() {
    TICKS.lastIndex = this.#place;
    const [run] = TICKS.exec(this.#text);
    this.#ticks ??= findTicks(this.#text);
    const places = this.#ticks.get(run.length) ?? [];
    while (places.length && places.at(-1) <= this.#place) places.pop();
    if (!places.length) {
      this.#push(run, run.length);
      return;
    }
    const inner = this.#text.slice(this.#place + run.length, places.at(-1));
    const text = /^ .*[^ ].* $/s.test(inner) ? inner.slice(1, -1) : inner;
    this.#push({ type: 'code', text }, 2 * run.length + inner.length);
  }

  #readRun(character) {
    const text = this.#text;
    let end = this.#place;
    while (text[end] === character) end += 1;
    const run = text.slice(this.#place, end);
    const [before, after] = [text[this.#place - 1], text[end]];
    const isSingle = run.length === 1;
    this.#place = end;
    let marks = MARKS[run] ?? [];
    if (marks.length && !isSpace(before) && !(isSingle && isWithin(after))) marks = this.#endRun(marks);
    if (MARKS[run] && !isSpace(after) && !(isSingle && isWithin(before))) marks.forEach((mark) => this.#begin(mark, 0));
    else this.#nodes.push(MARKS[run] ? marks.join('') : run);
  }

  /** Ends what these marks can end, the innermost first; returns the marks that are left. */
  #endRun(marks) {
    const left = [...marks];
    for (;;) {
      const opening = this.#open.findLast(({ mark }) => left.includes(mark));
      if (!opening) return left;
      left.splice(left.indexOf(opening.mark), 1);
      this.#end(opening, { type: TYPES[opening.mark] });
    }
  }

  #readBare() {
    const text = this.#text;
    BARE.lastIndex = this.#place;
    const found = BARE.exec(text);
    const end = found ? endOfBare(text, this.#place, this.#place + found[0].length) : this.#place;
    const written = text.slice(this.#place, end);
    const url = isWord(text[this.#place - 1]) ? null : safeUrl(written, SCHEMES);
    if (url) this.#push({ type: 'link', url, children: [written] }, written.length);
    else this.#push(text.slice(this.#place, this.#place + 4), 4);
  }

  /** "](address)": a link, if its text is none itself: nobody shall read one address and be led to another. */
  #readLink() {
    const opening = this.#open.findLast(({ mark }) => mark === '[');
    TARGET.lastIndex = this.#place + 1;
    const target = opening ? TARGET.exec(this.#text) : null;
    const url = target && SCHEME.test(target[1]) ? safeUrl(target[1], SCHEMES) : null;
    if (url && this.#isPlain(opening)) {
      this.#end(opening, { type: 'link', url });
      this.#place += 1 + target[0].length;
      return;
    }
    if (opening) this.#open.splice(this.#open.indexOf(opening), 1);
    this.#push(']', 1);
  }

  #isPlain({ at }) {
    const inner = this.#nodes.slice(at + 1);
    const holdsLink = (node) => node.type === 'link' || Boolean(node.children?.some(holdsLink));
    return inner.some((node) => node !== '' && node.type !== 'break') && !inner.some(holdsLink);
  }
}

/** The nodes of a text that holds no blocks. */
export const parseInline = (text) => new Inline(text).parse();
