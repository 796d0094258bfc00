// frame.js - the chat page as a whole: the sidebar beside a conversation, or, on a narrow screen, one of the two.

import { html, useEffect, useRef } from '../../html.js';
import { t } from '../../language/language.js';
import { loadError, timeline } from '../../models/chat.js';
import { declineNotifications, requestNotifications, shouldAsk } from '../../models/notifications.js';
import { noteOpened } from '../../models/recent.js';
import { route } from '../../models/route.js';
import { connection } from '../../net/listen.js';
import { CallSlot } from '../calls/call-slot.js';
import { Button } from '../shared/button.js';
import { Icon } from '../shared/icon.js';
import { Toasts } from '../shared/toasts.js';
import { UpdateNotice } from '../shared/update-notice.js';
import { startKeys } from './commands.js';
import { Conversation } from './conversation.js';
import { Dialogs, isConsoleOpen } from './dialogs.js';
import { DebugConsole } from './late.js';
import { Sidebar } from './sidebar.js';

/** Asks, once and quietly, whether one wants to be called; only who has exchanged a message is asked. */
function NotificationRequest() {
  if (!shouldAsk.value) return null;
  return html`<section class="notification-request" aria-label=${t('notification.ask-label')}>
    <${Icon} name="bell" /><p>${t('notification.ask')}</p>
    <${Button} kind="primary" onClick=${requestNotifications}>${t('notification.yes')}<//>
    <${Button} onClick=${declineNotifications}>${t('notification.not-now')}<//>
  </section>`;
}

/** It is there before it says something, so that it is read aloud when it does. */
function Banner() {
  const text = connection.value === 'offline' ? t('frame.offline') : loadError.value && t('frame.load-failed');
  return html`<div class="banners">
    <div role="status">${text && html`<p class="banner">${text}</p>`}</div>
    <${UpdateNotice} />
    <${NotificationRequest} />
  </div>`;
}

/** Where no conversation is open, on a screen that has room for both. */
function NothingOpen() {
  return html`<div class="nothing"><${Icon}
    name="people" /><h2>${t('frame.nothing-open')}</h2><p>${t('frame.nothing-open-hint')}</p></div>`;
}

export function Frame() {
  const main = useRef(null);
  const shown = timeline.value;
  const { key } = route.value;
  useEffect(startKeys, []);
  useEffect(() => { if (key) noteOpened(key); }, [key]);
  const skip = (event) => {
    event.preventDefault(); // the address says which conversation is open
    main.current.focus();
  };
  return html`<div class="frame" data-shows=${key ? 'main' : 'sidebar'}>
    <a class="skip" href="#conversation" onClick=${skip}>${t('frame.skip')}</a>
    <${Banner} />
    <${Sidebar} />
    <${CallSlot} />
    <main ref=${main} id="conversation" tabindex="-1">
      ${shown ? html`<${Conversation} key=${shown.key} timeline=${shown} />` : html`<${NothingOpen} />`}
    </main>
    ${isConsoleOpen.value && html`<${DebugConsole} />`}
    <${Dialogs} />
    <${Toasts} />
  </div>`;
}
