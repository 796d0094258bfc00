// search-field.js - a box to search a list with: the search runs once the typing pauses.

import { html, useEffect, useId, useRef } from '../../html.js';
import { Icon } from './icon.js';

const PAUSE_MS = 250;

/** `onSearch(text)`. */
export function SearchField({ label, value, onSearch }) {
  const id = useId();
  const timer = useRef(null);
  useEffect(() => () => clearTimeout(timer.current), []);
  const later = (event) => {
    const text = event.currentTarget.value;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onSearch(text), PAUSE_MS);
  };
  return html`<div class="search" role="search" aria-label=${label}>
    <label class="hidden" for=${id}>${label}</label>
    <${Icon} name="search" />
    <input id=${id} class="input" type="search" placeholder=${label} defaultValue=${value} onInput=${later}
      maxlength="200"
      autocomplete="off" spellcheck="false" />
  </div>`;
}
