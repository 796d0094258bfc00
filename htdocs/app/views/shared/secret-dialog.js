// secret-dialog.js - shows a secret once, to be copied. It is nowhere but in this dialog, and gone when that closes.

import { html, useId, useRef } from '../../html.js';
import { t } from '../../language/language.js';
import { Button } from './button.js';
import { CopyButton } from './copy-button.js';
import { Dialog } from './dialog.js';

/**
 * Children: what the secret is for. `note`: what to mind, if not that it is never shown again. A click beside it does
 * not close it.
 */
export function SecretDialog({ title, label, secret, note, onClose, children }) {
  const id = useId();
  const field = useRef(null);
  return html`<${Dialog} title=${title} onClose=${onClose} isKept>
    <div class="prose">${children}<p><strong>${note ?? t('secret.once')}</strong></p></div>
    <div class="field">
      <label for=${id}>${label}</label>
      <input ref=${field} id=${id} class="secret" readonly value=${secret} dir="ltr" spellcheck="false"
        autocomplete="off"
        onFocus=${(event) => event.currentTarget.select()} />
    </div>
    <div class="actions">
      <${CopyButton} text=${secret} field=${() => field.current} />
      <${Button} kind="primary" onClick=${onClose}>${t('secret.done')}<//>
    </div>
  <//>`;
}
