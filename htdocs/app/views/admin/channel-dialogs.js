// channel-dialogs.js - making, changing and deleting a channel.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { channels, createChannel, deleteChannel, updateChannel } from '../../models/admin/channels.js';
import { checkName } from '../../models/admin/checks.js';
import { admin } from '../../models/admin/session.js';
import { number } from '../../text/format.js';
import { ConfirmDialog } from '../shared/confirm-dialog.js';
import { Check, Field } from '../shared/form.js';
import { FormDialog } from '../shared/form-dialog.js';
import { say } from '../shared/toasts.js';
import { explained, useAdminForm } from './parts.js';

function Fields({ form, channel }) {
  return html`<${Field} form=${form} name="name" label=${t('admin.channel.name')} defaultValue=${channel?.name}
      autocomplete="off" required autofocus />
    <${Check} name="private" label=${t('admin.channel.private')} hint=${t('admin.channel.private-hint')}
      defaultChecked=${channel?.is_private} />`;
}

/** `save(fields)`, then the list anew. */
function useChannelForm(save, said, onClose) {
  return useAdminForm({
    fields: ['name'],
    validate: ({ name }) => ({ name: checkName(name) }),
    save: async ({ name, private: isPrivate }) => {
      await save({ name: name.trim(), isPrivate: isPrivate === 'on' });
      await channels.load();
      say(said());
      onClose();
    },
  });
}

function CreateChannel({ onClose }) {
  const form = useChannelForm(createChannel, () => t('admin.channel.created'), onClose);
  return html`<${FormDialog} form=${form} title=${t('admin.channels.create')} submit=${t('action.create')}
      onClose=${onClose}>
    <${Fields} form=${form} />
  <//>`;
}

function EditChannel({ channel, onClose }) {
  const form = useChannelForm((fields) => updateChannel(channel.id, fields), () => t('action.saved'), onClose);
  return html`<${FormDialog} form=${form} title=${t('admin.channel.edit', { name: channel.name })}
      submit=${t('action.save')} onClose=${onClose}>
    <${Fields} form=${form} channel=${channel} />
  <//>`;
}

function DeleteChannel({ channel, onClose }) {
  const run = explained(async () => {
    await deleteChannel(channel.id);
    await channels.load();
  });
  const done = () => {
    say(t('admin.channel.deleted', { name: channel.name }));
    onClose();
  };
  const isOurs = channel.origin_server === admin.value?.server_name;
  return html`<${ConfirmDialog} title=${t('admin.channel.delete', { name: channel.name })} action=${t('action.delete')}
      typed=${channel.name}
      run=${run} onDone=${done} onClose=${onClose}>
    <p>${t('admin.channel.delete-words', { count: channel.members, number: number(channel.members) })}</p>
    <p>${t(isOurs ? 'admin.channel.delete-ours' : 'admin.channel.delete-theirs', { server: channel.origin_server })}</p>
  <//>`;
}

export const CHANNEL_DIALOGS = { create: CreateChannel, edit: EditChannel, delete: DeleteChannel };
