// popover.js - a small window of the composer, over the conversation; on a narrow screen, over the lower part of it. The page
// stays usable: it closes by Esc, by a click beside it, and when the focus goes elsewhere.

import { html, useEffect, useRef } from '../../html.js';

/** `onClose(isLeft)`: true when the focus has found another place. `trigger`: the button that opened it, which closes it by itself. */
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
      if (target.isConnected && !isInside(target)) onClose(Boolean(document.activeElement?.matches('a, button, input, textarea')));
    };
    document.addEventListener('click', closeByClick);
    return () => document.removeEventListener('click', closeByClick);
  }, []);
  return html`<div ref=${self} class=${`popover ${extra}`} role="dialog" aria-label=${label} onKeyDown=${closeByKey}
    onFocusOut=${closeByFocus}>${children}</div>`;
}
