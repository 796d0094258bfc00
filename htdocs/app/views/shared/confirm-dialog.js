// confirm-dialog.js - a question before what cannot be undone.

import { html, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { Button } from './button.js';
import { Dialog } from './dialog.js';
import { errorText } from './form.js';

/** `run` is what the button named `action` does; it may throw, and then the dialog stays and says why. */
export function ConfirmDialog({ title, text, action, run, onClose }) {
  const error = useSignal('');
  const isBusy = useSignal(false);
  const confirm = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    try {
      await run();
      onClose();
    } catch (problem) {
      error.value = errorText(problem);
    }
    isBusy.value = false;
  };
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <p>${text}</p>
    ${error.value && html`<p class="error" role="alert">${error.value}</p>`}
    <div class="actions">
      <${Button} onClick=${onClose}>${t('action.cancel')}<//>
      <${Button} kind="danger" isBusy=${isBusy.value} onClick=${confirm}>${action}<//>
    </div>
  <//>`;
}
