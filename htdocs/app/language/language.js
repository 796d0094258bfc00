// language.js - every text that people read, by key. The catalogue of a language is made of parts: what each page
// needs, and what only some views need, which they add before they are drawn.

import { signal } from '@preact/signals';
import english from './en.js';

/** The languages that there are, each with its own name for itself. */
export const languages = { en: 'English', de: 'Deutsch' };

/** Rows of {code: () => a promise of the module}; the first is what each page needs. */
const parts = [{ en: async () => ({ default: english }), de: () => import('./de.js') }];

const current = signal({ code: 'en', tag: 'en', texts: english.texts });
let last = Promise.resolve();

/** The language in use ('en'). */
export const languageCode = () => current.value.code;

/** The same with its region, if the browser names one ('en-GB'): how dates and numbers are written. */
export const localeTag = () => current.value.tag;

const browserTags = () => globalThis.navigator?.languages ?? ['en'];
const codeOf = (tag) => tag.split('-')[0].toLowerCase();
const preferred = () => browserTags().map(codeOf).find((code) => code in languages) ?? 'en';

/** A tag that no formatter understands would break every date. */
function isUsable(tag) {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

const tagOf = (code) => browserTags().find((tag) => codeOf(tag) === code && isUsable(tag)) ?? code;

async function load(code) {
  const catalogues = (await Promise.all(parts.map((part) => part[code]()))).map((module) => module.default);
  const texts = Object.assign({}, ...catalogues.map((catalogue) => catalogue.texts));
  return { code, tag: tagOf(code), texts, direction: catalogues[0].direction };
}

async function use(code) {
  const { direction, ...loaded } = await load(code);
  current.value = loaded;
  return direction;
}

/** Changes come one after another: none overtakes one that has less. */
function inTurn(work) {
  last = last.then(work, work);
  return last;
}

/** Uses a language from now on; null: what the browser prefers. */
export const useLanguage = (code) => inTurn(async () => {
  const chosen = code in languages ? code : preferred();
  document.documentElement.dir = await use(chosen);
  document.documentElement.lang = chosen;
});

/**
 * Adds a part, {code: () => import(...)} with all languages: after that its texts are there, in each language that is
 * used.
 */
export const addTexts = (part) => inTurn(() => {
  if (!parts.includes(part)) parts.push(part);
  return use(current.peek().code);
});

function choose(entry, values) {
  if (typeof entry === 'string') return entry;
  return entry[new Intl.PluralRules(current.value.code).select(values.count)] ?? entry.other;
}

/**
 * The text of a key, {names} in it replaced by values; one with plural forms ({one, other}) is chosen by values.count.
 * Views that call it are drawn again when the language changes.
 */
export function t(key, values = {}) {
  const entry = current.value.texts[key];
  if (entry === undefined) throw new Error(`no text for ${key}`);
  return choose(entry, values).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
