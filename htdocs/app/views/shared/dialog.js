// dialog.js - a window over the page. The browser's own <dialog> keeps the focus inside, closes by Esc, and gives the focus back.

import { html, useEffect, useId, useRef } from '../../html.js';
import { t } from '../../language/language.js';
import { IconButton } from './button.js';

/** `onClose` is called however it closes; the owner then stops drawing it. `isKept`: a click beside it does not close it. */
export function Dialog({ title, onClose, isKept = false, class: extra = '', children }) {
  const self = useRef(null);
  const titleId = useId();
  useEffect(() => {
    const before = document.activeElement;
    self.current.showModal();
    return () => before?.isConnected && before.focus();
  }, []);
  const closeByBackdrop = (event) => { if (!isKept && event.target === self.current) onClose(); };
  return html`<dialog ref=${self} class=${`dialog ${extra}`} aria-labelledby=${titleId} onClose=${onClose}
      onCancel=${(event) => { event.preventDefault(); onClose(); }} onMouseDown=${closeByBackdrop}>
    <div class="dialog-head">
      <h2 id=${titleId}>${title}</h2>
      <${IconButton} icon="close" label=${t('action.close')} onClick=${onClose} />
    </div>
    <div class="dialog-body">${children}</div>
  </dialog>`;
}
