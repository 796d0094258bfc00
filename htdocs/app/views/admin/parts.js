// parts.js - what the sections of the administration have in common.

import { html, useEffect, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { explain, fieldOf } from '../../models/admin/answers.js';
import { onLive } from '../../models/admin/live.js';
import { Button } from '../shared/button.js';
import { errorText, useForm } from '../shared/form.js';
import { Icon } from '../shared/icon.js';

const TITLE = 'section-title';

export function focusTitle() {
  document.getElementById(TITLE)?.focus();
}

/** A section's title, what can be made there, and what it is about. `back`: {href, text}. */
export function Title({ text, back, children }) {
  return html`<div class="title">
    ${back && html`<a class="back" href=${back.href}><${Icon} name="back" />${back.text}</a>`}
    <h1 id=${TITLE} tabindex="-1">${text}</h1>
    ${children}
  </div>`;
}

/** A form whose refusals are in the reader's language, beside the fields that they are about. */
export function useAdminForm({ fields = [], validate, save }) {
  return useForm({
    validate,
    save: async (values) => {
      try {
        await save(values);
      } catch (error) {
        throw explain(error);
      }
    },
    fieldOf: (error) => fieldOf(error, fields),
  });
}

/** Runs what a ConfirmDialog asks about, with refusals in the reader's language. */
export const explained = (run) => async () => {
  try {
    await run();
  } catch (error) {
    throw explain(error);
  }
};

/** Loads now, and again when something of these topics has changed. */
export function useLive(topics, load) {
  useEffect(() => {
    load();
    return onLive(topics, load);
  }, []);
}

/**
 * The dialogs of a section, one at a time: `show(kind, props)`, `close()`, and `Shown`, which draws it. When a dialog
 * has closed and what had the focus is gone, the title has it.
 */
export function useDialogs(kinds) {
  const shown = useSignal(null);
  const show = (kind, props = {}) => { shown.value = { kind, props }; };
  const close = () => {
    shown.value = null;
    requestAnimationFrame(() => { if (document.activeElement === document.body) focusTitle(); });
  };
  const current = shown.value;
  const dialog = current && html`<${kinds[current.kind]} key=${current.kind} ...${current.props} show=${show}
      onClose=${close} />`;
  return { show, close, dialog };
}

/** Says that something loads, or that it could not be loaded. Nothing where there is something to show. */
export function LoadState({ isLoaded, error, retry }) {
  if (error) {
    return html`<div class="note warning" role="alert"><p>${errorText(error)}</p>
      <${Button} icon="refresh" onClick=${retry}>${t('action.retry')}<//></div>`;
  }
  return isLoaded ? null : html`<p class="empty" role="status">${t('frame.loading')}</p>`;
}

/** A list that has nothing in it: why, and what to do. */
export const Empty = ({ title, children }) =>
    html`<div class="empty"><p><strong>${title}</strong></p>${children && html`<p>${children}</p>`}</div>`;
