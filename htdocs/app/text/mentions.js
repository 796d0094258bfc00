// mentions.js - who is named in a message: "@name" or "@name@server", by the rules of the server, which counts them
// (src/store/mentions.c).

import { byteLength } from './size.js';

const NAME = /(?<![A-Za-z0-9_\-+@])@([^\u0000-\u0020\u007f@/\\]+)(?:@([^\u0000-\u0020\u007f@/\\]+))?/g;
const MAY_END = /[^A-Za-z0-9_\-\u0080-\uffff]|[\u2000-\u203f\u3000-\u303f]/; // before these signs, among others punctuation
const LETTER = /[A-Za-z0-9]/;
const GUESSES_MOST = 4;
const NAME_MOST = 64; // bytes

/** The beginnings of a word that could be a name, the longest first. */
function* beginnings(word) {
  yield word;
  for (let length = word.length - 1; length > 0; length -= 1) {
    if (MAY_END.test(word[length])) yield word.slice(0, length);
  }
}

function guess(words, lookUp) {
  let left = GUESSES_MOST;
  for (const word of words) {
    if (byteLength(word) > NAME_MOST) continue;
    const person = lookUp(word);
    if (person) return { word, person };
    left -= 1;
    if (left === 0) break;
  }
  return null;
}

/** Behind a server's name only punctuation may follow: "@bob@north," is on north, "@bob@north.example" is not. */
function findOnServer(name, word, personOf) {
  const words = [...beginnings(word)].filter((server) => !LETTER.test(word.slice(server.length)));
  const found = guess(words, (server) => personOf(name, server));
  return found && { length: name.length + 1 + found.word.length, person: found.person };
}

function findPlain(word, personOf) {
  const found = guess(beginnings(word), (name) => personOf(name, null));
  return found && { length: found.word.length, person: found.person };
}

/**
 * The people who are named, of the first `most` names: [{start, end, person}]. `personOf(name, server)`: who that is,
 * if anybody; server null: on the author's own.
 */
export function findMentions(text, personOf, most = Infinity) {
  const list = [];
  let count = 0;
  for (const { index, 1: name, 2: server } of text.matchAll(NAME)) {
    count += 1;
    if (count > most) break;
    const found = server === undefined ? findPlain(name, personOf) : findOnServer(name, server, personOf);
    if (found) list.push({ start: index, end: index + 1 + found.length, person: found.person });
  }
  return list;
}
