// create-channel-dialog.js - a new channel. Whoever makes it is in it, and sees it at once.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { createChannel } from '../../models/channels.js';
import { openConversation } from '../../models/route.js';
import { Button } from '../shared/button.js';
import { Dialog } from '../shared/dialog.js';
import { Check, Field, FormError, useForm } from '../shared/form.js';

const BYTES_MOST = 128; // as the server has it

const lengthOf = (text) => new TextEncoder().encode(text).length;

/** What is wrong with a name, or ''. */
export function nameProblem(name) {
  if (!name.trim()) return t('channel.name-missing');
  return lengthOf(name.trim()) > BYTES_MOST ? t('channel.name-long') : '';
}

/** What the server refuses about the name stands beside it, in the reader's words. */
const REFUSALS = { 400: 'channel.name-refused', 409: 'channel.name-taken' };
const fieldOf = (error) => (error.status in REFUSALS ? 'name' : '');

async function create({ name, private: isPrivate }) {
  try {
    return await createChannel(name.trim(), isPrivate === 'on');
  } catch (error) {
    if (error.status in REFUSALS) error.message = t(REFUSALS[error.status]);
    throw error;
  }
}

export function CreateChannelDialog({ onClose }) {
  const form = useForm({
    validate: ({ name }) => ({ name: nameProblem(name) }),
    save: async (values) => {
      const channel = await create(values);
      onClose();
      openConversation(`channel:${channel.id}`);
    },
    fieldOf,
  });
  return html`<${Dialog} title=${t('channel.create')} onClose=${onClose}>
    <form onSubmit=${form.submit} novalidate>
      <${Field} form=${form} name="name" label=${t('channel.name')} hint=${t('channel.name-hint')}
        autocomplete="off" required autofocus />
      <${Check} name="private" label=${t('channel.make-private')} hint=${t('channel.make-private-hint')} />
      <${FormError} form=${form} />
      <div class="actions">
        <${Button} onClick=${onClose}>${t('action.cancel')}<//>
        <${Button} type="submit" kind="primary" isBusy=${form.isBusy.value}>${t('action.create')}<//>
      </div>
    </form>
  <//>`;
}
