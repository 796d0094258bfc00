// pager.js - which part of a long list is shown, and the way to the others.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { number } from '../../text/format.js';
import { Button } from './button.js';

/** Nothing is drawn but the count where there is one page only. `onGo(offset)`. */
export function Pager({ label, offset, size, total, onGo }) {
  const last = Math.max(0, Math.floor((total - 1) / size) * size);
  const step = (key, icon, to, isOff) => html`<${Button} class="step" aria-disabled=${isOff ? 'true' : undefined}
    aria-label=${t(key)} title=${t(key)} onClick=${() => !isOff && onGo(to)}>${icon}<//>`;
  return html`<nav class="pager" aria-label=${label}>
    <p role="status">${total === 0 ? t('list.none')
      : t('list.range', { from: number(offset + 1), to: number(Math.min(offset + size, total)),
        total: number(total) })}</p>
    ${total > size && html`<div>
      ${step('list.first', '«', 0, offset === 0)}
      ${step('list.previous', '‹', Math.max(0, offset - size), offset === 0)}
      ${step('list.next', '›', offset + size, offset >= last)}
      ${step('list.last', '»', last, offset >= last)}
    </div>`}
  </nav>`;
}
