// preferences.js - how this person likes it on this device: one table of names and defaults, each a signal.

import { effect, signal } from '@preact/signals';
import { useLanguage } from '../language/language.js';
import { onRemembered, recall, remember } from './storage.js';

const DEFAULTS = {
  theme: 'system',          // system, light, dark
  contrast: 'system',       // system, high
  density: 'comfortable',   // comfortable, compact
  language: null,           // null: the browser's
  notifications: false,     // desktop notifications: asked for
  sound: false,             // a tone for what notifies
  showGifs: true,           // load GIFs from where they are, or only on a click
  camera: null,             // ids of devices; null: the browser's choice
  microphone: null,
  speaker: null,
};

/** preferences.theme.value and so on; setting one remembers it, here and in the other tabs. */
export const preferences = Object.fromEntries(Object.entries(DEFAULTS).map(([name, value]) => [name, signal(recall(name, value))]));

/** --paper-2 of style/base.css: what the browser gives its own bars. */
const COLOURS = { light: '#f3f6f8', dark: '#182127' };

const ATTRIBUTES = { theme: 'theme', contrast: 'contrast', density: 'density' };

/** The page has one <meta> for light and one for dark systems: a chosen theme is that of both. */
function colourBars(theme) {
  for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
    meta.content = COLOURS[theme] ?? COLOURS[meta.media.includes('dark') ? 'dark' : 'light'];
  }
}

/** Makes the page follow the preferences. Called once. */
export function startPreferences() {
  for (const [name, preference] of Object.entries(preferences)) {
    onRemembered(name, (value) => { preference.value = value ?? DEFAULTS[name]; });
    effect(() => remember(name, preference.value === DEFAULTS[name] ? null : preference.value));
  }
  for (const [name, attribute] of Object.entries(ATTRIBUTES)) {
    effect(() => { document.documentElement.dataset[attribute] = preferences[name].value; });
  }
  effect(() => colourBars(preferences.theme.value));
  effect(() => { useLanguage(preferences.language.value); });
}
