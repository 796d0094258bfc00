// language.js - every text that people read, by key, from one catalogue a language. English is the fallback.

import { signal } from '@preact/signals';
import english from './en.js';

const catalogues = { en: async () => english, de: async () => (await import('./de.js')).default };

/** The languages that there are, each with its own name for itself. */
export const languages = { en: 'English', de: 'Deutsch' };

const current = signal({ code: 'en', texts: english });

/** The language in use ('en'). */
export const languageCode = () => current.value.code;

function preferred() {
  const wanted = (navigator.languages ?? ['en']).map((tag) => tag.split('-')[0].toLowerCase());
  return wanted.find((code) => code in catalogues) ?? 'en';
}

/** Uses a language from now on; null: what the browser prefers. */
export async function useLanguage(code) {
  const chosen = code in catalogues ? code : preferred();
  const texts = await catalogues[chosen]();
  const { direction } = texts;
  current.value = { code: chosen, texts };
  document.documentElement.lang = chosen;
  document.documentElement.dir = direction;
}

function choose(entry, values) {
  if (typeof entry === 'string') return entry;
  return entry[new Intl.PluralRules(current.value.code).select(values.count)] ?? entry.other;
}

/**
 * The text of a key, {names} in it replaced by values; one with plural forms ({one, other}) is chosen by values.count. Views that
 * call it are drawn again when the language changes.
 */
export function t(key, values = {}) {
  const entry = current.value.texts.texts[key] ?? english.texts[key];
  if (entry === undefined) throw new Error(`no text for ${key}`);
  return choose(entry, values).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
