// password.js - a new password, with an honest guess at how well it would stand.

import { html, useId, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { changePassword } from '../../models/profile.js';
import { me } from '../../models/session.js';
import { passwordStrength } from '../../text/password.js';
import { byteLength, wellFormed } from '../../text/size.js';
import { Button } from '../shared/button.js';
import { Field, FormError, useForm } from '../shared/form.js';
import { say } from '../shared/toasts.js';

const BYTES_MOST = 72; // what the server's hash reads; longer ones are refused
const LEVELS = 5;

function problemOf(next, current) {
  if (!next) return t('settings.password.missing-new');
  if (byteLength(next) > BYTES_MOST) return t('settings.password.too-long');
  if (next.includes('\0') || wellFormed(next) !== next) return t('settings.password.broken');
  return next === current ? t('settings.password.same') : '';
}

function validate({ current, next, again }) {
  return {
    current: current ? '' : t('settings.password.missing-current'),
    next: problemOf(next, current),
    again: again === next ? '' : t('settings.password.differs'),
  };
}

/** Said in words; the bar beside it is for those who see it. */
function Strength({ password }) {
  const id = useId();
  if (!password) return html`<p class="hint">${t('settings.password.strength-hint')}</p>`;
  const { user, server_name: server } = me.value;
  const { level, advice } = passwordStrength(password, [user.username, user.display_name ?? '', server]);
  return html`<div class="strength" data-level=${level}>
    <span id=${id}>${t('settings.password.strength')}</span>
    <meter aria-labelledby=${id} min="0" max=${LEVELS} value=${level + 1}>${level + 1}</meter>
    <p role="status"><strong>${t(`settings.password.level-${level}`)}</strong>${' '}
      ${advice && t(`settings.password.advice.${advice}`)}</p>
  </div>`;
}

function WhatIsGuessed() {
  return html`<details class="settings-details"><summary>${t('settings.password.explain')}</summary>
    <p>${t('settings.password.explanation')}</p></details>`;
}

export function Password() {
  const next = useSignal('');
  const isShown = useSignal(false);
  const form = useForm({
    validate,
    save: async ({ current, next: password }, element) => {
      await changePassword(current, password);
      element.reset();
      next.value = '';
      say(t('settings.password.changed'));
    },
    fieldOf: (error) => ({ 403: 'current', 400: 'next' })[error.status] ?? '',
  });
  const type = isShown.value ? 'text' : 'password';
  const shared = { form, type, spellcheck: 'false', autocapitalize: 'none', dir: isShown.value ? 'auto' : undefined };
  return html`<p class="settings-lead">${t('settings.password.lead')}</p>
    <form onSubmit=${form.submit} novalidate>
      <input class="hidden" type="text" name="username" autocomplete="username" value=${me.value.user.username} readonly
        tabindex="-1" aria-hidden="true" />
      <${Field} ...${shared} name="current" label=${t('settings.password.current')} autocomplete="current-password" />
      <${Field} ...${shared} name="next" label=${t('settings.password.new')} autocomplete="new-password"
        onInput=${(event) => { next.value = event.currentTarget.value; }} />
      <${Strength} password=${next.value} />
      <${WhatIsGuessed} />
      <${Field} ...${shared} name="again" label=${t('settings.password.again')} autocomplete="new-password" />
      <div class="check"><input type="checkbox" id="show-passwords" checked=${isShown.value}
        onChange=${(event) => { isShown.value = event.currentTarget.checked; }} />
        <label for="show-passwords">${t('settings.password.show')}</label></div>
      <${FormError} form=${form} />
      <${Button} type="submit" kind="primary" isBusy=${form.isBusy.value}>${t('settings.password.submit')}<//>
    </form>`;
}
