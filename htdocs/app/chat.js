// chat.js - the chat page and its settings, from nothing to the first view.

import { html, render } from './html.js';
import { t } from './language/language.js';
import { isReady, startChat } from './models/chat.js';
import { startServiceWorker } from './models/installed.js';
import { startTitle } from './models/notifications.js';
import { startPreferences } from './models/preferences.js';
import { route, startRoute } from './models/route.js';
import { hasExpired, loadSession, me, signIn } from './models/session.js';
import { Frame } from './views/chat/frame.js';
import { Settings } from './views/settings/settings.js';
import { SignIn } from './views/shared/sign-in.js';

const RETRY_MS = 3000;

function App() {
  if (me.value === undefined) return html`<p class="splash" role="status">${t('frame.loading')}</p>`;
  if (me.value === null) {
    return html`<${SignIn} title="BeringShare" hasExpired=${hasExpired.value} signIn=${signIn} help=${t('sign-in.help')} />`;
  }
  if (route.value.view === 'settings') return html`<${Settings} />`;
  return isReady.value ? html`<${Frame} />` : html`<p class="splash" role="status">${t('frame.loading')}</p>`;
}

/** A server that cannot be reached yet is asked again. */
async function findSession() {
  try {
    await loadSession();
  } catch {
    setTimeout(findSession, RETRY_MS);
  }
}

startPreferences();
startRoute();
startChat();
startTitle();
startServiceWorker();
render(html`<${App} />`, document.getElementById('app'));
findSession();
