// password.js - a guess at how long somebody who guesses would need for a password. It is computed here and sent
// nowhere.
//
// What it knows: length and variety, and what guessers try first - a few frequent passwords, one's own name, the same
// again, rows of the alphabet or the keyboard, plain words. What it does not know: whether a password has been stolen
// elsewhere.

const FREQUENT = [
  'password', 'passwort', 'passw0rd', 'letmein', 'welcome', 'willkommen', 'iloveyou', 'hallo', 'hello', 'admin', 'master',
  'dragon', 'monkey', 'football', 'fussball', 'schatz', 'sommer', 'summer', 'winter', 'sunshine', 'princess', 'login',
  'abc123', 'secret', 'geheim', 'bering', 'beringshare', 'changeme', 'trustno1', 'superman', 'berlin',
];
const ROWS = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'qwertzuiop', 'asdfghjkl', 'zxcvbnm', 'yxcvbnm', '!"§$%&/()=', '!@#$%^&*()'];
const CLASSES = [[/\p{Ll}/u, 26], [/\p{Lu}/u, 26], [/\p{N}/u, 10], [/[^\p{L}\p{N}]/u, 33], [/[^\x00-\x7f]/u, 60]];

const WORD_BITS = 2;       // a letter of a word says less than one that was drawn by lot
const WORD_LENGTH = 4;
const KNOWN_LENGTH = 3;    // shorter names are part of too many words
const SHORTEST = 8;

/** From how many bits on a password is weak, fair, good, strong. */
const LEVELS = [30, 40, 55, 70];

const bitsOfVariety = (text) =>
  Math.log2(CLASSES.reduce((sum, [pattern, size]) => sum + (pattern.test(text) ? size : 0), 1));

/**
 * Takes the words out of a text that is in small letters: each was one guess. Returns what is left, and how many they
 * were.
 */
function without(text, words) {
  let left = text;
  let count = 0;
  for (const word of words) {
    const parts = left.split(word);
    count += parts.length - 1;
    left = parts.join('\n');
  }
  return { left, count };
}

/** Whether the character at a place goes on as the one before suggests: the same, or the next in a row, either way. */
function isRow(text, place) {
  const pair = text[place - 1] + text[place];
  const back = text[place] + text[place - 1];
  return text[place - 1] === text[place] || ROWS.some((row) => row.includes(pair) || row.includes(back));
}

/** Whether three characters that end at a place were there before. */
const isRepeated = (text, place) => place >= 3 && text.slice(0, place).includes(text.slice(place - 2, place + 1));

/** The places where a word goes on: letters in a row of at least four. */
function placesOfWords(text) {
  const places = new Set();
  for (const { index, 0: word } of text.matchAll(/\p{L}+/gu)) {
    if (word.length >= WORD_LENGTH) for (let place = index; place < index + word.length; place += 1) places.add(place);
  }
  return places;
}

function ownWords(own) {
  const words = own.flatMap((name) => [name, ...name.split(/[\s._@-]+/)]).map((word) => word.toLowerCase());
  return [...new Set(words)].filter((word) => word.length >= KNOWN_LENGTH).sort((one, other) => other.length - one.length);
}

function countBits(text, variety) {
  const words = placesOfWords(text);
  let bits = 0;
  let expected = 0;
  for (let place = 0; place < text.length; place += 1) {
    const isExpected = place > 0 && (isRow(text, place) || isRepeated(text, place));
    expected += isExpected;
    if (text[place] !== '\n') bits += isExpected ? 0.5 : Math.min(variety, words.has(place) ? WORD_BITS : variety);
  }
  return { bits, isMonotonous: expected * 2 > text.length };
}

/**
 * How well a password would stand: {level: 0 (very weak) to 4 (strong), advice: 'own-name' | 'frequent' | 'repeats' |
 * 'short' | 'longer' | null}. `own`: names that whoever knows the person would try.
 */
export function passwordStrength(password, own = []) {
  const small = password.toLowerCase();
  const named = without(small, ownWords(own));
  const rest = without(named.left, FREQUENT);
  const { bits, isMonotonous } = countBits(rest.left, bitsOfVariety(password));
  const total = bits + 4 * (named.count + rest.count) + (small === password ? 0 : 2);
  const level = LEVELS.filter((least) => total >= least).length;
  const reasons = [
    ['own-name', named.count > 0], ['frequent', rest.count > 0], ['repeats', isMonotonous],
    ['short', [...password].length < SHORTEST], ['longer', true],
  ];
  return { level, advice: level >= 3 ? null : reasons.find(([, holds]) => holds)[0] };
}
