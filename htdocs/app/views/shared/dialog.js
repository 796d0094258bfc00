// dialog.js - a window over the page. The browser's own <dialog> keeps the focus inside, closes by Esc, and gives the
// focus back.

import { html, useId, useLayoutEffect, useRef } from '../../html.js';
import { t } from '../../language/language.js';
import { IconButton } from './button.js';

/**
 * `onClose` is called however it closes; the owner then stops drawing it. `isKept`: a click beside it does not close
 * it.
 */
export function Dialog({ title, onClose, isKept = false, class: extra = '', children }) {
  const self = useRef(null);
  const titleId = useId();
  useLayoutEffect(() => {
    const before = document.activeElement;
    const dialog = self.current;
    dialog.showModal();
    return () => {
      // one who has gone elsewhere meanwhile stays there
      const now = document.activeElement;
      const target = now === document.body || dialog.contains(now) ? before : now;
      dialog.close(); // until then, nothing outside of it takes the focus
      if (target?.isConnected) target.focus();
    };
  }, []);
  const closeByBackdrop = (event) => { if (!isKept && event.target === self.current) onClose(); };
  return html`<dialog ref=${self} class=${`dialog ${extra}`} aria-labelledby=${titleId} onClose=${() => self.current && onClose()}
      onCancel=${(event) => { event.preventDefault(); onClose(); }} onMouseDown=${closeByBackdrop}>
    <div class="dialog-head">
      <h2 id=${titleId}>${title}</h2>
      <${IconButton} icon="close" label=${t('action.close')} onClick=${onClose} />
    </div>
    <div class="dialog-body">${children}</div>
  </dialog>`;
}
