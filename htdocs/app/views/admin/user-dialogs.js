// user-dialogs.js - what is done to an account, each in a dialog.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { checkDisplayName, checkPassword, checkUsername } from '../../models/admin/checks.js';
import { createUser, deleteUser, rotateToken, setPassword, updateUser, users } from '../../models/admin/users.js';
import { ConfirmDialog } from '../shared/confirm-dialog.js';
import { Field } from '../shared/form.js';
import { FormDialog } from '../shared/form-dialog.js';
import { SecretDialog } from '../shared/secret-dialog.js';
import { say } from '../shared/toasts.js';
import { explained, useAdminForm } from './parts.js';

function Names({ form, user }) {
  return html`<${Field} form=${form} name="username" label=${t('admin.user.username')}
      hint=${t('admin.user.username-hint')}
      defaultValue=${user?.username} autocomplete="off" autocapitalize="none" spellcheck="false" required autofocus />
    <${Field} form=${form} name="display_name" label=${t('admin.user.display-name')} hint=${t('admin.optional')}
      defaultValue=${user?.display_name ?? ''} autocomplete="off" />`;
}

const checkNames = ({ username, display_name: displayName }) =>
  ({ username: checkUsername(username), display_name: checkDisplayName(displayName) });

function CreateUser({ show, onClose }) {
  const form = useAdminForm({
    fields: ['username', 'display_name', 'password'],
    validate: (values) => ({ ...checkNames(values), password: values.password ? checkPassword(values.password) : '' }),
    save: async (values) => {
      const token = await createUser(values);
      users.load();
      show('secret', { token, name: values.username, isNew: true });
    },
  });
  return html`<${FormDialog} form=${form} title=${t('admin.users.create')} submit=${t('action.create')}
      onClose=${onClose}>
    <${Names} form=${form} />
    <${Field} form=${form} name="password" type="password" label=${t('admin.user.new-password')}
      hint=${t('admin.user.password-optional')}
      autocomplete="new-password" />
  <//>`;
}

function EditUser({ user, onClose }) {
  const form = useAdminForm({
    fields: ['username', 'display_name'],
    validate: checkNames,
    save: async (values) => {
      await updateUser(user.id, values);
      await users.load();
      say(t('action.saved'));
      onClose();
    },
  });
  return html`<${FormDialog} form=${form} title=${t('admin.user.edit', { name: user.username })}
      submit=${t('action.save')} onClose=${onClose}>
    <${Names} form=${form} user=${user} />
  <//>`;
}

function SetPassword({ user, onClose }) {
  const form = useAdminForm({
    fields: ['password'],
    validate: ({ password, repeated }) => ({
      password: checkPassword(password),
      repeated: password === repeated ? '' : t('admin.check.repeated'),
    }),
    save: async ({ password }) => {
      await setPassword(user.id, password);
      await users.load();
      say(t('admin.user.password-set', { name: user.username }));
      onClose();
    },
  });
  const title = t(user.has_password ? 'admin.user.password-reset' : 'admin.user.password-first',
      { name: user.username });
  return html`<${FormDialog} form=${form} title=${title} submit=${t('action.save')} onClose=${onClose}>
    <div class="prose"><p>${t('admin.user.password-words')}</p></div>
    <${Field} form=${form} name="password" type="password" label=${t('admin.user.new-password')}
      autocomplete="new-password" required autofocus />
    <${Field} form=${form} name="repeated" type="password" label=${t('admin.user.repeated')} autocomplete="new-password"
      required />
  <//>`;
}

function RotateToken({ user, show, onClose }) {
  const run = explained(async () => {
    const token = await rotateToken(user.id);
    show('secret', { token, name: user.username });
  });
  return html`<${ConfirmDialog} title=${t('admin.user.token', { name: user.username })}
      action=${t('admin.user.token-make')} kind="primary"
      run=${run} onDone=${() => {}} onClose=${onClose}>
    <p>${t('admin.user.token-words')}</p>
  <//>`;
}

function ShowToken({ token, name, isNew, onClose }) {
  return html`<${SecretDialog} title=${t(isNew ? 'admin.user.created' : 'admin.user.token-made', { name })}
      label=${t('admin.user.token-label')}
      secret=${token} onClose=${onClose}>
    <p>${t('admin.user.token-use', { name })}</p>
  <//>`;
}

function DeleteUser({ user, onClose }) {
  const run = explained(async () => {
    await deleteUser(user.id);
    await users.load();
  });
  const done = () => {
    say(t('admin.user.deleted', { name: user.username }));
    onClose();
  };
  return html`<${ConfirmDialog} title=${t('admin.user.delete', { name: user.username })} action=${t('action.delete')}
      typed=${user.username}
      run=${run} onDone=${done} onClose=${onClose}>
    <p>${t('admin.user.delete-words')}</p>
  <//>`;
}

export const USER_DIALOGS = {
  create: CreateUser, edit: EditUser, password: SetPassword, token: RotateToken, secret: ShowToken, delete: DeleteUser,
};
