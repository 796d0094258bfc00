// toasts.js - short notes that something was done or went wrong; they go by themselves, and are read aloud politely.

import { signal } from '@preact/signals';
import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { IconButton } from './button.js';
import { errorText } from './form.js';

const SHOWN_MS = 6000;

const toasts = signal([]);
let last = 0;

function drop(id) {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** kind: 'done' or 'error'. */
export function say(text, kind = 'done') {
  last += 1;
  const id = last;
  toasts.value = [...toasts.value, { id, text, kind }];
  setTimeout(() => drop(id), kind === 'error' ? 2 * SHOWN_MS : SHOWN_MS);
}

export const sayError = (error) => say(errorText(error), 'error');

/** Runs what a button started: its error is shown. */
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    sayError(error);
    return undefined;
  }
}

export function Toasts() {
  return html`<div class="toasts" role="status" aria-live="polite">
    ${toasts.value.map(({ id, text, kind }) => html`<div key=${id} class=${`toast ${kind}`}>
      <span>${text}</span><${IconButton} icon="close" label=${t('action.dismiss')} onClick=${() => drop(id)} />
    </div>`)}
  </div>`;
}
