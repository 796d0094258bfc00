// mentions.js - who is named in a message: "@alice" or "@alice@server", as the server counts them.

const MENTION = /(?<![\p{L}\p{N}_@])@([\p{L}\p{N}_.-]+)(?:@([\p{L}\p{N}_.-]+))?/gu;

/** The names in a text: [{start, end, username, server|null}]. A full stop at the end belongs to the sentence. */
export function findMentions(text) {
  return [...text.matchAll(MENTION)].map((match) => {
    const whole = match[0].replace(/[.-]+$/, '');
    const [, username, server = null] = whole.split('@');
    return { start: match.index, end: match.index + whole.length, username, server: server || null };
  });
}

/** Whether a text names this user of this server. */
export function mentions(text, username, serverName) {
  return findMentions(text).some((found) => found.username === username && (found.server === null || found.server === serverName));
}
