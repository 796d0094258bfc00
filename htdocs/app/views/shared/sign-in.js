// sign-in.js - the form that lets people in: to the chat and, with other words, to the administration.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { Button } from './button.js';
import { Field, FormError, useForm } from './form.js';

/** `signIn(username, password)` as in models/session.js; `hasExpired`: there was a session. */
export function SignIn({ title, hasExpired, signIn, help }) {
  const form = useForm({
    validate: ({ username, password }) => ({
      username: username.trim() ? '' : t('sign-in.username-missing'),
      password: password ? '' : t('sign-in.password-missing'),
    }),
    save: async ({ username, password }) => {
      try {
        await signIn(username.trim(), password);
      } catch (error) {
        if (error.status === 401) error.message = t('sign-in.wrong');
        throw error;
      }
    },
    fieldOf: (error) => (error.status === 401 ? 'password' : ''),
  });
  return html`<main class="sign-in">
    <form onSubmit=${form.submit} novalidate>
      <h1><img src="/favicon.svg" alt="" />${title}</h1>
      ${hasExpired && html`<p class="note" role="status">${t('sign-in.expired')}</p>`}
      <${Field} form=${form} name="username" label=${t('sign-in.username')} autocomplete="username" autocapitalize="none"
        spellcheck="false" maxlength="256" required autofocus />
      <${Field} form=${form} name="password" type="password" label=${t('sign-in.password')} autocomplete="current-password"
        maxlength="1024" required />
      <${FormError} form=${form} />
      <${Button} type="submit" kind="primary" isBusy=${form.isBusy.value}>${t('sign-in.submit')}<//>
      ${help && html`<p class="hint">${help}</p>`}
    </form>
  </main>`;
}
