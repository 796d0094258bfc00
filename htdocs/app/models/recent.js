// recent.js - which conversations were used last.

import { signal } from '@preact/signals';
import { myId } from './session.js';
import { recall, remember } from './storage.js';

export const RECENT_MOST = 20;

/** Their keys, the last used first. */
export const recent = signal([]);

export function loadRecent() {
  recent.value = recall(`recent.${myId()}`, []);
}

/** A conversation was opened. */
export function noteOpened(key) {
  if (recent.value[0] === key) return;
  recent.value = [key, ...recent.value.filter((other) => other !== key)].slice(0, RECENT_MOST);
  remember(`recent.${myId()}`, recent.value);
}
