// dialogs.js - what is open over the page or beside it: one dialog at a time, opened from anywhere, drawn by the frame;
// and the debug console.

import { signal } from '@preact/signals';
import { html } from '../../html.js';

const open = signal(null); // {View, properties, number}
let count = 0;

/** Opens a component that takes onClose and these properties. */
export function showDialog(View, properties = {}) {
  count += 1;
  open.value = { View, properties, number: count };
}

/** Returns whether there was one. */
export function closeDialog() {
  const was = open.value !== null;
  open.value = null;
  return was;
}

/** Whether this component is what is open. */
export const isShown = (View) => open.value?.View === View;

export function Dialogs() {
  if (!open.value) return null;
  const { View, properties, number } = open.value;
  return html`<${View} key=${number} ...${properties} onClose=${closeDialog} />`;
}

export const isConsoleOpen = signal(false);

export function toggleConsole() {
  isConsoleOpen.value = !isConsoleOpen.value;
}

/** Closes it. Returns whether it was open. */
export function closeConsole() {
  const was = isConsoleOpen.value;
  isConsoleOpen.value = false;
  return was;
}
