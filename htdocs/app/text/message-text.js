// message-text.js - what kind of text a message is: a picture, a few emoji, one that is too long to be shown at once.

import { safeUrl } from './inline.js';

const GIF = /^\[gif:(https:\/\/[^\s\]]+)\]$/;
const LINES_MOST = 20;
const LENGTH_MOST = 2000;
// with what joins and colours them, and the letters of flags
const EMOJI = /^[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{RI}\u200d\ufe0f\u{e0020}-\u{e007f}\s]+$/u;
const EMOJI_LENGTH_MOST = 60;
const EMOJI_MOST = 6;

/** The address of the picture that the whole message is, or null. */
export function gifUrl(body) {
  const match = GIF.exec(body.trim());
  return match && safeUrl(match[1], ['https:']);
}

const characters = (text) => [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)].length;

/** Whether a message is nothing but a few emoji. */
export function isEmojiOnly(body) {
  const text = body.trim();
  if (text === '' || text.length > EMOJI_LENGTH_MOST || !EMOJI.test(text)) return false;
  return characters(text.replace(/\s/g, '')) <= EMOJI_MOST;
}

/** Where the text is cut when it is too long to be shown at once; -1: it is not. */
function placeOfCut(body) {
  let place = -1;
  for (let line = 0; line < LINES_MOST; line += 1) {
    place = body.indexOf('\n', place + 1);
    if (place === -1 || place > LENGTH_MOST) return body.length > LENGTH_MOST ? LENGTH_MOST : -1;
  }
  return place;
}

/** The beginning of a long text, never half a character; null: it is short enough as it is. */
export function beginningOf(body) {
  const place = placeOfCut(body);
  if (place === -1) return null;
  const isHalf = /[\ud800-\udbff]/.test(body[place - 1]);
  return body.slice(0, isHalf ? place - 1 : place);
}

/** A text on one line, cut to a length, for those who hear or see it in passing. */
export function shortened(body, most) {
  const text = body.slice(0, 4 * most).replace(/\s+/g, ' ').trim();
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
