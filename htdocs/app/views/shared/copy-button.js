// copy-button.js - puts a text on the clipboard, also where the page has no secure context; and a button that does.

import { html, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { Button } from './button.js';

const SHOWN_MS = 3000;

function copyBySelection(text) {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'hidden';
  field.setAttribute('aria-hidden', 'true');
  const before = document.activeElement;
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand('copy');
  field.remove();
  before?.focus?.();
  return isCopied;
}

/** Whether it was copied. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** `field()`: the element whose text it is, to be marked where copying fails. */
export function CopyButton({ text, field, ...rest }) {
  const state = useSignal('copy');
  const run = async () => {
    state.value = await copyText(text) ? 'copied' : 'copy-by-hand';
    if (state.value === 'copy-by-hand') field?.()?.select();
    setTimeout(() => { state.value = 'copy'; }, SHOWN_MS);
  };
  return html`<${Button} icon=${state.value === 'copied' ? 'check' : 'copy'} onClick=${run}
      ...${rest}>${t('action.copy')}<//>
    <span class=${state.value === 'copy-by-hand' ? 'hint' : 'hidden'} role="status">
      ${state.value === 'copy' ? '' : t(`action.${state.value}`)}</span>`;
}
