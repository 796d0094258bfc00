// completion.js - what is being written at the cursor that can be completed: "@al", "#gen", ":smi".

/**
 * What begins each kind, and what may follow: one row a kind. An emoji needs two letters, so that "10:30" and ":)" are
 * left.
 */
const KINDS = [
  { kind: 'person', pattern: /(?<![^\s(["'*_>])@([^\s@/\\]*(?:@[\p{L}\p{N}_.-]*)?)$/u },
  { kind: 'channel', pattern: /(?<![^\s(["'*_>])#([^\s#]*)$/u },
  { kind: 'emoji', pattern: /(?<![^\s(["'*_>]):([\p{L}\p{N}_+-]{2,})$/u },
];

const LONGEST = 64;
const FENCE = /^\s*```/;

/** Whether a place in the text is inside of code, where signs mean what they are. */
export function isInCode(text, place) {
  const lines = text.slice(0, place).split('\n');
  const line = lines.pop();
  if (lines.filter((each) => FENCE.test(each)).length % 2) return true;
  return line.split('`').length % 2 === 0;
}

/** {kind, query, start, end} of what ends at the cursor, or null. */
export function wordAt(text, cursor) {
  const before = text.slice(Math.max(0, cursor - LONGEST), cursor);
  for (const { kind, pattern } of KINDS) {
    const found = pattern.exec(before);
    if (!found) continue;
    const start = cursor - found[0].length;
    return isInCode(text, start) ? null : { kind, query: found[1], start, end: cursor };
  }
  return null;
}
