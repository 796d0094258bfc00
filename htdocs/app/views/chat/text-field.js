// text-field.js - what a view does to the text that somebody is writing, as if they had typed it: it can be undone.

/**
 * Whether fingers are what this device is used with: no key then stands for the button, and no field opens a keyboard
 * by itself.
 */
export const isTouch = () => window.matchMedia('(hover: none) and (pointer: coarse)').matches;

/** Puts a text in the place of another, and the selection where it belongs, by default after the text. */
export function replaceIn(field, { start, end, insert, selectionStart, selectionEnd }) {
  field.focus();
  field.setSelectionRange(start, end);
  const isDone = insert === '' ? document.execCommand('delete') : document.execCommand('insertText', false, insert);
  if (!isDone) {
    field.setRangeText(insert, start, end, 'end');
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }
  const after = start + insert.length;
  field.setSelectionRange(selectionStart ?? after, selectionEnd ?? selectionStart ?? after);
}

/** At the cursor, in the place of what is selected. */
export function insertIn(field, insert) {
  replaceIn(field, { start: field.selectionStart, end: field.selectionEnd, insert });
}

/**
 * The field becomes as high as its text; the sheet says how high at most. Browsers that know field-sizing do it by
 * themselves.
 */
export function fitHeight(field) {
  if (CSS.supports('field-sizing', 'content')) return;
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
}

const WORKING = 'a[href], button, input, select, textarea, summary, [contenteditable], [tabindex="0"]';

/** Whether nothing that works with keys has the focus, and no window stands over the page. */
export function isFocusFree() {
  return !document.activeElement?.closest(WORKING) && !document.querySelector('dialog[open], [role="dialog"]');
}
