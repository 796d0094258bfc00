// account-menu.js - the foot of the sidebar: who one is, whether the server can be reached, and what concerns oneself.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { me, signOut } from '../../models/session.js';
import { connection } from '../../net/listen.js';
import { cleaned } from '../../text/names.js';
import { Avatar } from '../shared/avatar.js';
import { MenuButton } from '../shared/menu-button.js';
import { attempt } from '../shared/toasts.js';
import { showDialog, toggleConsole } from './dialogs.js';
import { HelpDialog } from './late.js';

const menu = () => [
  { text: t('account.settings'), icon: 'settings', href: '/chat/settings' },
  { text: t('help.title'), icon: 'help', run: () => showDialog(HelpDialog) },
  { text: t('console.title'), icon: 'bug', run: toggleConsole },
  { text: t('account.administration'), icon: 'people', href: '/admin/ui' },
  { text: t('account.sign-out'), icon: 'sign-out', run: () => attempt(signOut) },
];

export function AccountMenu() {
  if (!me.value) return null;
  const { user, server_name: server } = me.value;
  const name = cleaned(user.display_name) || user.username;
  const state = connection.value;
  return html`<div class="account">
    <${MenuButton} class="account-button" label=${t('account.menu')} items=${menu()}>
      <${Avatar} id=${user.id} name=${name} isOnline=${state === 'online'} />
      <span class="account-text"><bdi class="account-name">${name}</bdi>
        <span class="row-detail">${user.username}@${server}</span></span>
      <span class="account-state" data-state=${state}>${t(`account.${state}`)}</span>
    <//>
  </div>`;
}
