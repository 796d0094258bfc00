// form-dialog.js - a dialog that is one form: what is wrong beside the fields, one way to send it, one to leave.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { Button } from './button.js';
import { Dialog } from './dialog.js';
import { FormError } from './form.js';

/** `form`: what useForm gave. Fields are the children. */
export function FormDialog({ form, title, submit, kind = 'primary', onClose, children, ...rest }) {
  return html`<${Dialog} title=${title} onClose=${onClose} ...${rest}>
    <form onSubmit=${form.submit} novalidate>
      ${children}
      <${FormError} form=${form} />
      <div class="actions">
        <${Button} onClick=${onClose}>${t('action.cancel')}<//>
        <${Button} type="submit" kind=${kind} isBusy=${form.isBusy.value}>${submit}<//>
      </div>
    </form>
  <//>`;
}
