// filtered-list.js - a long list with a box that filters it, drawn by pages.

import { html, useId, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { fold, holdsAny } from '../../text/search.js';
import { number } from '../../text/format.js';
import { Button } from './button.js';

const PAGE = 50;

/**
 * `rows`: what is listed; `textsOf(row)`: what is searched; `draw(row)`: an <li>; `nothing`: said when there are no
 * rows.
 */
export function FilteredList({ label, rows, textsOf, draw, nothing, autofocus = false }) {
  const query = useSignal('');
  const most = useSignal(PAGE);
  const id = useId();
  const folded = fold(query.value.trim());
  const found = folded ? rows.filter((row) => holdsAny(textsOf(row), folded)) : rows;
  const type = (event) => {
    query.value = event.currentTarget.value;
    most.value = PAGE;
  };
  return html`<div class="filtered">
    <label class="hidden" for=${id}>${label}</label>
    <input id=${id} class="input" type="search" placeholder=${label} autocomplete="off" spellcheck="false"
      maxlength="300"
      autofocus=${autofocus} value=${query.value} onInput=${type} />
    ${found.length === 0 && html`<p class="filtered-nothing">${rows.length ? t('sidebar.nothing-found') : nothing}</p>`}
    ${found.length > 0 && html`<ul class="filtered-rows">${found.slice(0, most.value).map(draw)}</ul>`}
    ${found.length > most.value && html`<${Button} class="show-more" onClick=${() => { most.value += PAGE; }}>
      ${t('sidebar.show-more', { count: Math.min(PAGE, found.length - most.value), of: number(found.length - most.value) })}<//>`}
  </div>`;
}
