// frame.js - the chat page as a whole: the sidebar beside a conversation, or, on a narrow screen, one of the two.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { loadError, timeline } from '../../models/chat.js';
import { route } from '../../models/route.js';
import { connection } from '../../net/listen.js';
import { Toasts } from '../shared/toasts.js';
import { Conversation } from './conversation.js';
import { Sidebar } from './sidebar.js';

function Banner() {
  if (connection.value === 'offline') return html`<div class="banner" role="status">${t('frame.offline')}</div>`;
  if (loadError.value) return html`<div class="banner" role="status">${t('frame.load-failed')}</div>`;
  return null;
}

export function Frame() {
  const shown = timeline.value;
  return html`<div class="frame" data-shows=${route.value.key ? 'main' : 'sidebar'}>
    <a class="skip" href="#conversation">${t('frame.skip')}</a>
    <${Banner} />
    <${Sidebar} />
    <main id="conversation" tabindex="-1">${shown && html`<${Conversation} key=${shown.key} timeline=${shown} />`}</main>
    <${Toasts} />
  </div>`;
}
