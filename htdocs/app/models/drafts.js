// drafts.js - what one has begun to write, one text a conversation, kept in this browser for this user.
//
// Each text is remembered by itself, so that two tabs in two conversations never overwrite each other's; in two tabs of
// one conversation it is the same text.

import { computed, signal } from '@preact/signals';
import { onRememberedAll, recallAll, remember } from './storage.js';

const drafts = signal({}); // key -> text
let place = null;          // the start of the names that they are remembered under; null: nobody is signed in

function keep(key, text) {
  const { [key]: old, ...others } = drafts.value;
  if ((old ?? '') !== text) drafts.value = text === '' ? others : { ...others, [key]: text };
}

/** Brings back this user's, and follows other tabs. Returns what ends it. */
export function startDrafts(userId) {
  place = `draft.${userId}.`;
  drafts.value = Object.fromEntries(recallAll(place).filter(([, text]) => typeof text === 'string'));
  const stopFollowing = onRememberedAll(place, (key, text) => keep(key, typeof text === 'string' ? text : ''));
  return () => {
    stopFollowing();
    place = null;
    drafts.value = {}; // they stay remembered
  };
}

export const draftOf = (key) => drafts.value[key] ?? '';

/** The keys as one text, which changes when there is one more or less, and not with each letter. */
const begun = computed(() => Object.keys(drafts.value).filter((key) => drafts.value[key].trim()).join(' '));
const begunKeys = computed(() => new Set(begun.value.split(' ')));

export const hasDraft = (key) => begunKeys.value.has(key);

export function saveDraft(key, text) {
  if (place === null || draftOf(key) === text) return;
  keep(key, text);
  remember(place + key, text === '' ? null : text);
}
