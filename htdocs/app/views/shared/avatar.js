// avatar.js - a person's or channel's mark: initials on a colour of their own, with a dot where presence is known.

import { html } from '../../html.js';

const COLOURS = 8;

function initials(name) {
  const words = name.replace(/@.*/, '').split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)].map((word) => [...word][0]) : [...(words[0] ?? '?')].slice(0, 2);
  return letters.join('').toUpperCase();
}

function colourOf(text) {
  let sum = 2166136261; // FNV-1a: ids that differ in little get different colours
  for (const character of text) sum = Math.imul(sum ^ character.codePointAt(0), 16777619);
  return ((sum ^ (sum >>> 15)) >>> 0) % COLOURS;
}

/** `isOnline` undefined: not shown. The name is said by what it stands beside. */
export function Avatar({ id, name, isOnline }) {
  return html`<span class="avatar" data-colour=${colourOf(id)} aria-hidden="true">${initials(name)}
    ${isOnline !== undefined && html`<span class=${isOnline ? 'dot online' : 'dot'}></span>`}</span>`;
}
