// drafts.js - what one has begun to write, one text a conversation, kept in this browser for this user.

import { signal } from '@preact/signals';
import { myId } from './session.js';
import { recall, remember } from './storage.js';

const drafts = signal({}); // key -> text

export function loadDrafts() {
  drafts.value = recall(`drafts.${myId()}`, {});
}

export const draftOf = (key) => drafts.value[key] ?? '';
export const hasDraft = (key) => draftOf(key).trim() !== '';

export function saveDraft(key, text) {
  const { [key]: old, ...others } = drafts.value;
  if ((old ?? '') === text) return;
  drafts.value = text === '' ? others : { ...others, [key]: text };
  remember(`drafts.${myId()}`, drafts.value);
}
