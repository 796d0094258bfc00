// notification-request.js - asks, once and quietly, whether one wants to be called; only who has exchanged a message
// is asked.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { declineNotifications, requestNotifications, shouldAsk } from '../../models/notifications.js';
import { Button } from '../shared/button.js';
import { Icon } from '../shared/icon.js';

export function NotificationRequest() {
  if (!shouldAsk.value) return null;
  return html`<section class="notification-request" aria-label=${t('notification.ask-label')}>
    <${Icon} name="bell" /><p>${t('notification.ask')}</p>
    <${Button} kind="primary" onClick=${requestNotifications}>${t('notification.yes')}<//>
    <${Button} onClick=${declineNotifications}>${t('notification.not-now')}<//>
  </section>`;
}
