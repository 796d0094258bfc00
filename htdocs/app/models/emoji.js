// emoji.js - the emoji by name and by group, in the language of the page; which of them one uses; and in which skin
// tone.
//
// Names and uses are in this browser's IndexedDB, filled when somebody asks for an emoji for the first time. Where
// there is no IndexedDB, every question is answered with an error.

import { signal } from '@preact/signals';
import { languageCode } from '../language/language.js';
import { onRemembered, recall, remember } from './storage.js';

/** The groups of the data (Unicode's), in their order there; skin tones, group 2, are none to choose from. */
export const GROUPS = [
  { id: 0, name: 'smileys', sign: '😀' },
  { id: 1, name: 'people', sign: '👋' },
  { id: 3, name: 'nature', sign: '🐻' },
  { id: 4, name: 'food', sign: '🍎' },
  { id: 5, name: 'travel', sign: '🚗' },
  { id: 6, name: 'activities', sign: '⚽' },
  { id: 7, name: 'objects', sign: '💡' },
  { id: 8, name: 'symbols', sign: '❤️' },
  { id: 9, name: 'flags', sign: '🏁' },
];

const NEWEST = 15; // versions of Unicode that are not on most devices yet would show as boxes
const RECENT_MOST = 32;
const SHORTEST_QUERY = 2;

/** The same hand without and with the five tones: what one chooses a tone by. */
export const TONES = ['✋', '✋🏻', '✋🏼', '✋🏽', '✋🏾', '✋🏿'];

const asTone = (value) => (Number.isInteger(value) && value > 0 && value < TONES.length ? value : 0);

/** 0: none, 1 (light) to 5 (dark). */
export const skinTone = signal(asTone(recall('skinTone', 0)));
onRemembered('skinTone', (value) => { skinTone.value = asTone(value); });

export function setSkinTone(tone) {
  skinTone.value = asTone(tone);
  remember('skinTone', skinTone.value || null);
}

const databases = new Map(); // language -> promise of a Database

async function open(language) {
  const { default: Database } = await import('/vendor/emoji-database.js');
  const database = new Database({ dataSource: `/vendor/emoji/${language}.json`, locale: language });
  await database.ready();
  return database;
}

/** What could not be opened (no network) is tried again the next time. */
function database() {
  const language = languageCode();
  if (!databases.has(language)) {
    const opening = open(language);
    opening.catch(() => databases.delete(language));
    databases.set(language, opening);
  }
  return databases.get(language);
}

const isDrawable = (emoji) => emoji.version <= NEWEST && emoji.group !== 2;
const asItem = ({ unicode, annotation: name, shortcodes = [], skins }) => ({ unicode, name, shortcodes, skins });
const asItems = (list) => list.filter(isDrawable).map(asItem);

/** The emoji of a group, [{unicode, name, shortcodes, skins}]. */
export const emojiOfGroup = async (id) => asItems(await (await database()).getEmojiByGroup(id));

/** Those that one uses most. */
export const recentEmoji = async () => asItems(await (await database()).getTopFavoriteEmoji(RECENT_MOST));

/** Those whose name or another word for them begins like this, the best first. */
export async function searchEmoji(query) {
  const words = query.trim().toLowerCase();
  if (words.length < SHORTEST_QUERY) return [];
  const found = asItems(await (await database()).getEmojiBySearchQuery(words.replaceAll('_', ' ')));
  const isNamed = ({ name, shortcodes }) => name.toLowerCase() === words || shortcodes.includes(words);
  return [...found.filter(isNamed), ...found.filter((item) => !isNamed(item))];
}

/** The emoji in a skin tone, if it has any. */
export const inTone = (item, tone) => item.skins?.find((skin) => skin.tone === tone)?.unicode ?? item.unicode;

/** It has been used. Whether that can be remembered does not matter. */
export async function noteEmoji(unicode) {
  try {
    await (await database()).incrementFavoriteEmojiCount(unicode);
  } catch { /* nothing to be done */ }
}
