// popover.js - a small window of the composer, over the conversation; on a narrow screen, over the lower part of it.
// The page stays usable: it closes by Esc, by a click beside it, and when the focus goes elsewhere.

import { html, useEffect, useRef } from '../../html.js';
import { t } from '../../language/language.js';
import { IconButton } from '../shared/button.js';
import { isTouch } from './text-field.js';

/**
 * `onClose(isLeft)`: true when the focus has found another place. `trigger`: the button that opened it, which closes it
 * by itself.
 */
export function Popover({ label, trigger, onClose, class: extra = '', children }) {
  const self = useRef(null);
  const isInside = (element) => self.current?.contains(element) || trigger.current?.contains(element);
  const closeByKey = (event) => {
    if (event.key !== 'Escape' || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    onClose(false);
  };
  const closeByFocus = ({ relatedTarget: next }) => { if (next && !isInside(next)) onClose(true); };
  useEffect(() => {
    const closeByClick = ({ target }) => {
      if (!target.isConnected || isInside(target)) return;
      onClose(document.activeElement?.matches('a, button, input, textarea') ?? false);
    };
    document.addEventListener('click', closeByClick);
    return () => document.removeEventListener('click', closeByClick);
  }, []);
  return html`<div ref=${self} class=${`popover ${extra}`} role="dialog" aria-label=${label} tabindex="-1"
    onKeyDown=${closeByKey} onFocusOut=${closeByFocus}>${children}</div>`;
}

/**
 * The upper part of a picker: the field that it is searched by. The focus is there from the beginning, but where it
 * would open a keyboard over what there is to see (hasMore): there it is on the window.
 */
export function PickerHead({ field, query, label, hasMore, onKeyDown, onClose, ...rest }) {
  const self = useRef(null);
  useEffect(() => {
    if (isTouch() && hasMore) self.current.closest('.popover').focus();
    else field.current.select();
  }, []);
  const input = (event) => { query.value = event.currentTarget.value; };
  return html`<div ref=${self} class="picker-head">
    <input ref=${field} type="search" class="input" value=${query} placeholder=${label} aria-label=${label}
      autocomplete="off" onKeyDown=${onKeyDown} onInput=${input} ...${rest} />
    <${IconButton} icon="close" label=${t('action.close')} onClick=${() => onClose(false)} />
  </div>`;
}
