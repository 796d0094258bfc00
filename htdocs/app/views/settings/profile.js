// profile.js - how one is called here.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { saveDisplayName } from '../../models/profile.js';
import { me } from '../../models/session.js';
import { cleaned, isShown } from '../../text/names.js';
import { byteLength, wellFormed } from '../../text/size.js';
import { Avatar } from '../shared/avatar.js';
import { Button } from '../shared/button.js';
import { Field, FormError, useForm } from '../shared/form.js';
import { say } from '../shared/toasts.js';

const BYTES_MOST = 128; // the server's limit

function problemOf(name) {
  if (!isShown(name)) return t('settings.profile.control');
  return byteLength(name) > BYTES_MOST ? t('settings.profile.too-long') : '';
}

export function Profile() {
  const { user, server_name: server } = me.value;
  const form = useForm({
    validate: ({ display_name: name }) => ({ display_name: problemOf(name.trim()) }),
    save: async ({ display_name: name }) => {
      await saveDisplayName(wellFormed(name.trim()) || null);
      say(t('action.saved'));
    },
    fieldOf: (error) => (error.status === 400 ? 'display_name' : ''),
  });
  const name = cleaned(user.display_name) || user.username;
  return html`<div class="settings-person">
      <${Avatar} id=${user.id} name=${name} />
      <p><bdi class="settings-name">${name}</bdi><bdi class="hint">${user.username}@${server}</bdi></p>
    </div>
    <form onSubmit=${form.submit} novalidate>
      <${Field} form=${form} name="display_name" label=${t('settings.profile.name')} hint=${t('settings.profile.name-hint')}
        defaultValue=${user.display_name ?? ''} placeholder=${user.username} autocomplete="name" />
      <${FormError} form=${form} />
      <${Button} type="submit" kind="primary" isBusy=${form.isBusy.value}>${t('action.save')}<//>
    </form>
    <dl class="settings-facts">
      <dt>${t('sign-in.username')}</dt><dd><bdi>${user.username}</bdi></dd>
      <dt>${t('settings.profile.address')}</dt><dd><bdi>${user.username}@${server}</bdi>
        <p class="hint">${t('settings.profile.address-hint')}</p></dd>
    </dl>`;
}
