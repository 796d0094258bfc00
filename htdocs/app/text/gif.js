// gif.js - "/gif words" as it is typed, and "[gif:URL]" as it is sent.

const COMMAND = /^\s*\/gif(?:\s+([^]*))?$/i;

/** The words of a "/gif words" ('' for none), or null if the text is no such command. */
export function gifWords(text) {
  const found = COMMAND.exec(text);
  return found ? (found[1] ?? '').trim() : null;
}

/** Only https, and nothing that would end the brackets early. */
export const isGifUrl = (url) => typeof url === 'string' && /^https:\/\/[^\s\[\]<>"]+$/.test(url);

export const gifText = (url) => `[gif:${url}]`;
