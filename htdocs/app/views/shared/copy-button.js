// copy-button.js - a button that copies a text. Where the browser lets no page do that (no secure context), it marks
// the text.

import { html, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { Button } from './button.js';

const SHOWN_MS = 3000;

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** `field()`: the element whose text it is, to be marked where copying fails. */
export function CopyButton({ text, field, ...rest }) {
  const state = useSignal('copy');
  const run = async () => {
    state.value = await copy(text) ? 'copied' : 'copy-by-hand';
    if (state.value === 'copy-by-hand') field?.()?.select();
    setTimeout(() => { state.value = 'copy'; }, SHOWN_MS);
  };
  return html`<${Button} icon=${state.value === 'copied' ? 'check' : 'copy'} onClick=${run}
      ...${rest}>${t('action.copy')}<//>
    <span class=${state.value === 'copy-by-hand' ? 'hint' : 'hidden'} role="status">
      ${state.value === 'copy' ? '' : t(`action.${state.value}`)}</span>`;
}
