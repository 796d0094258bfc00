// form.js - forms: fields with a label and, beside the field, what is wrong with it.

import { html, useId, useRef, useSignal } from '../../html.js';
import { ApiError } from '../../net/api.js';
import { t } from '../../language/language.js';

/** What people read of an error. */
export function errorText(error) {
  if (!(error instanceof ApiError)) return t('error.unexpected');
  if (error.status === 0) return t('error.unreachable');
  if (error.status === 429) return t('error.too-many', { count: error.retryAfter || 1 });
  if (error.status >= 500) return t('error.server');
  return error.message.charAt(0).toUpperCase() + error.message.slice(1);
}

/**
 * The state of a form: `errors` by field name ('' for the whole), `isBusy`, and `submit`, an event handler that calls
 * `validate(values)`, which returns errors by field name, then `save(values)`. A failed save is shown beside the field
 * that `fieldOf(error)` names, or above the buttons.
 */
export function useForm({ validate = () => ({}), save, fieldOf = () => '' }) {
  const errors = useSignal({});
  const isBusy = useSignal(false);
  const form = useRef(null);
  const show = (found) => {
    errors.value = found;
    const [first] = Object.keys(found);
    if (first) form.current?.elements.namedItem(first)?.focus?.();
  };
  const submit = async (event) => {
    event.preventDefault();
    if (isBusy.value) return;
    form.current = event.currentTarget;
    const values = Object.fromEntries(new FormData(form.current));
    const found = Object.fromEntries(Object.entries(validate(values)).filter(([, text]) => text));
    show(found);
    if (Object.keys(found).length) return;
    isBusy.value = true;
    try {
      await save(values, form.current);
    } catch (error) {
      show({ [fieldOf(error)]: errorText(error) });
    } finally {
      isBusy.value = false;
    }
  };
  return { errors, isBusy, submit };
}

/** A labelled field. `as`: 'input' or 'textarea'; what is not known here goes to it. */
export function Field({ form, name, label, hint, as = 'input', children, ...rest }) {
  const id = useId();
  const error = form?.errors.value[name];
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined;
  const Tag = as;
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <${Tag} id=${id} name=${name} aria-describedby=${described} aria-invalid=${error ? 'true' : undefined} ...${rest}>${children}<//>
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
    ${error && html`<p class="error" id=${`${id}-error`} role="alert">${error}</p>`}
  </div>`;
}

/** A box to tick, with its text behind it. */
export function Check({ name, label, hint, ...rest }) {
  const id = useId();
  return html`<div class="check">
    <input type="checkbox" id=${id} name=${name} aria-describedby=${hint ? `${id}-hint` : undefined} ...${rest} />
    <label for=${id}>${label}</label>
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
  </div>`;
}

/** What is wrong with the form as a whole. */
export function FormError({ form }) {
  const text = form.errors.value[''];
  return text ? html`<p class="error" role="alert">${text}</p>` : null;
}
