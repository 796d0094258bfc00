// markdown.js - the part of Markdown that messages may use, as a tree of plain objects: never as markup.
//
// Always holds: the time is linear in the length of the text, and no tree is deeper than its bounds, whatever the text
// is. What is not understood stays as it was written. Blocks are found here, what stands within a line in inline.js.
//
//   block:  {type: 'paragraph', children: [inline]}     {type: 'code', language, text}
//           {type: 'quote', children: [block]}          {type: 'list', start: number | null, items: [[block]]}
//   inline: 'text'    {type: 'code', text}    {type: 'break'}    {type: 'link', url, children: [inline]}
//           {type: 'bold' | 'italic' | 'strike', children: [inline]}

import { parseInline } from './inline.js';

const DEPTH_MOST = 5;
const FENCE = /^ {0,3}```([\p{L}\p{N}+#._-]{0,30})[ \t]*$/u;
const FENCE_END = /^ {0,3}```[ \t]*$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,3})([-*+]|\d{1,4}[.)])( {1,4})(?=\S)/;

/** How a list is known by its first item: two of one kind that follow each other are one list. */
const kindOf = (mark) => (/\d/.test(mark) ? mark.at(-1) : mark);

const isIndented = (line) => /^(?: {2}|\t)[ \t]*\S/.test(line);

function readCode(lines, from) {
  const [, language] = FENCE.exec(lines[from]);
  let end = from + 1;
  while (end < lines.length && !FENCE_END.test(lines[end])) end += 1;
  return { block: { type: 'code', language, text: lines.slice(from + 1, end).join('\n') }, next: end + 1 };
}

function readQuote(lines, from, depth) {
  let end = from;
  while (end < lines.length && QUOTE.test(lines[end])) end += 1;
  const inner = lines.slice(from, end).map((line) => line.replace(QUOTE, ''));
  return { block: { type: 'quote', children: readBlocks(inner, depth + 1) }, next: end };
}

/** The lines of one item: its first, and those that are indented below it. */
function readItem(lines, from) {
  const [head] = ITEM.exec(lines[from]);
  const indent = new RegExp(`^(?:\\t| {0,${head.length}})`);
  const inner = [lines[from].slice(head.length)];
  let end = from + 1;
  for (; end < lines.length && isIndented(lines[end]); end += 1) inner.push(lines[end].replace(indent, ''));
  return { inner, next: end };
}

function readList(lines, from, depth) {
  const [, , mark] = ITEM.exec(lines[from]);
  const items = [];
  let next = from;
  for (;;) {
    const item = readItem(lines, next);
    items.push(readBlocks(item.inner, depth + 1));
    next = item.next;
    const following = next < lines.length && ITEM.exec(lines[next]);
    if (!following || kindOf(following[2]) !== kindOf(mark)) break;
  }
  return { block: { type: 'list', start: /\d/.test(mark) ? parseInt(mark, 10) : null, items }, next };
}

/** What begins with a line of its own, first match first; each reads on from its line. */
const BLOCKS = [
  { begins: FENCE, read: readCode },
  { begins: QUOTE, read: readQuote },
  { begins: ITEM, read: readList },
];

const blockAt = (line, depth) => (depth < DEPTH_MOST ? BLOCKS.find(({ begins }) => begins.test(line)) : undefined);

function readParagraph(lines, from, depth) {
  let end = from + 1;
  while (end < lines.length && lines[end].trim() && !blockAt(lines[end], depth)) end += 1;
  return { block: { type: 'paragraph', children: parseInline(lines.slice(from, end).join('\n')) }, next: end };
}

function readBlocks(lines, depth) {
  const blocks = [];
  let place = 0;
  while (place < lines.length) {
    if (!lines[place].trim()) {
      place += 1;
      continue;
    }
    const { block, next } = (blockAt(lines[place], depth)?.read ?? readParagraph)(lines, place, depth);
    blocks.push(block);
    place = next;
  }
  return blocks;
}

/** The blocks of a message. */
export const parseMarkdown = (text) => readBlocks(text.replace(/\r\n?/g, '\n').split('\n'), 0);
