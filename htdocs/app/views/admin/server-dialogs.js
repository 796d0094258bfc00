// server-dialogs.js - registering, changing and deleting another server's entry.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { checkUrl, checkUsername } from '../../models/admin/checks.js';
import { loadOverview } from '../../models/admin/overview.js';
import { createServer, deleteServer, loadServers, updateServer } from '../../models/admin/servers.js';
import { ConfirmDialog } from '../shared/confirm-dialog.js';
import { Field } from '../shared/form.js';
import { FormDialog } from '../shared/form-dialog.js';
import { SecretDialog } from '../shared/secret-dialog.js';
import { say } from '../shared/toasts.js';
import { explained, useAdminForm } from './parts.js';

const FIELDS = ['name', 'base_url', 'token'];

const trimmed = ({ name, base_url: url, token }) => ({ name: name.trim(), base_url: url.trim(), token: token.trim() });
const check = ({ name, base_url: url }) => ({ name: checkUsername(name.trim()), base_url: checkUrl(url) });

const reload = () => Promise.all([loadServers(), loadOverview()]);

function Fields({ form, server, tokenHint }) {
  return html`<${Field} form=${form} name="name" label=${t('admin.server.name')} hint=${t('admin.server.name-hint')}
      defaultValue=${server?.name} autocomplete="off" autocapitalize="none" spellcheck="false" required autofocus />
    <${Field} form=${form} name="base_url" type="url" label=${t('admin.server.base-url')}
      hint=${t('admin.server.base-url-hint')}
      defaultValue=${server?.base_url} dir="ltr" autocomplete="off" spellcheck="false" required />
    <${Field} form=${form} name="token" type="password" label=${t('admin.server.token')} hint=${tokenHint}
      maxlength="512"
      autocomplete="new-password" />`;
}

function RegisterServer({ show, onClose }) {
  const form = useAdminForm({
    fields: FIELDS,
    validate: check,
    save: async (values) => {
      const { name, ...rest } = trimmed(values);
      const token = await createServer({ name, ...rest });
      await reload();
      if (token) return show('secret', { token, name });
      say(t('admin.server.registered', { name }));
      return onClose();
    },
  });
  return html`<${FormDialog} form=${form} title=${t('admin.servers.register')} submit=${t('admin.servers.register-do')}
      onClose=${onClose}>
    <${Fields} form=${form} tokenHint=${t('admin.server.token-hint')} />
  <//>`;
}

function EditServer({ server, onClose }) {
  const form = useAdminForm({
    fields: FIELDS,
    validate: check,
    save: async (values) => {
      await updateServer(server.id, trimmed(values));
      await reload();
      say(t('action.saved'));
      onClose();
    },
  });
  return html`<${FormDialog} form=${form} title=${t('admin.server.edit', { name: server.name })}
      submit=${t('action.save')} onClose=${onClose}>
    <${Fields} form=${form} server=${server} tokenHint=${t('admin.server.token-keep')} />
  <//>`;
}

function ShowToken({ token, name, onClose }) {
  return html`<${SecretDialog} title=${t('admin.server.registered', { name })} label=${t('admin.server.token-made')}
      secret=${token} onClose=${onClose}>
    <p>${t('admin.server.token-use', { name })}</p>
  <//>`;
}

function DeleteServer({ server, onClose }) {
  const run = explained(async () => {
    await deleteServer(server.id);
    await reload();
  });
  const done = () => {
    say(t('admin.server.deleted', { name: server.name }));
    onClose();
  };
  return html`<${ConfirmDialog} title=${t('admin.server.delete', { name: server.name })} action=${t('action.delete')}
      typed=${server.name}
      run=${run} onDone=${done} onClose=${onClose}>
    <p>${t('admin.server.delete-words', { name: server.name })}</p>
  <//>`;
}

export const SERVER_DIALOGS = { register: RegisterServer, edit: EditServer, secret: ShowToken, delete: DeleteServer };
