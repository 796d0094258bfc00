// dialogs.js - which dialog is open: one at a time, opened from anywhere, drawn by the frame.

import { signal } from '@preact/signals';
import { html } from '../../html.js';

const open = signal(null); // {View, properties}

/** Opens a component that takes onClose and these properties. */
export function showDialog(View, properties = {}) {
  open.value = { View, properties };
}

export function closeDialog() {
  open.value = null;
}

/** Whether this component is what is open. */
export const isShown = (View) => open.value?.View === View;

export function Dialogs() {
  if (!open.value) return null;
  const { View, properties } = open.value;
  return html`<${View} key=${View.name} ...${properties} onClose=${closeDialog} />`;
}
