// confirm-dialog.js - asks before something is done that cannot be undone, and says what it is.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { Field, useForm } from './form.js';
import { FormDialog } from './form-dialog.js';

/**
 * `run` is what the button named `action` does; it may throw, and then the dialog stays and says why. Otherwise
 * `onDone`, if there is one, else `onClose` follows. `text` or children: what will happen. `typed`: what must be typed
 * first.
 */
export function ConfirmDialog({ title, text, action, kind = 'danger', typed, run, onDone, onClose, children }) {
  const form = useForm({
    validate: (values) => ({ typed: typed && values.typed?.trim() !== typed.trim()
      ? t('confirm.differs', { text: typed }) : '' }),
    save: async () => {
      await run();
      (onDone ?? onClose)();
    },
  });
  return html`<${FormDialog} form=${form} title=${title} submit=${action} kind=${kind} onClose=${onClose}>
    <div class="prose">${text && html`<p>${text}</p>`}${children}</div>
    ${typed && html`<${Field} form=${form} name="typed" label=${t('confirm.type', { text: typed })} autocomplete="off"
      autocapitalize="none" spellcheck="false" autofocus />`}
  <//>`;
}
