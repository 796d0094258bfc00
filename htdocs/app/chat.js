// chat.js - the chat page and its settings, from nothing to the first view.

import { html, render, signal } from './html.js';
import { t } from './language/language.js';
import { isReady, startChat } from './models/chat.js';
import { startServiceWorker } from './models/installed.js';
import { startTitle } from './models/notifications.js';
import { startPreferences } from './models/preferences.js';
import { route, startReturn, startRoute } from './models/route.js';
import { followTabs, hasExpired, loadSession, me, signIn } from './models/session.js';
import { connection } from './net/listen.js';
import { Frame } from './views/chat/frame.js';
import { Settings } from './views/chat/late.js';
import { SignIn } from './views/shared/sign-in.js';
import { Splash } from './views/shared/splash.js';

const RETRY_MS = 3000;

const isUnreachable = signal(false);

function App() {
  if (me.value === undefined) return html`<${Splash} isOffline=${isUnreachable.value} />`;
  if (me.value === null) {
    return html`<${SignIn} title="BeringShare" hasExpired=${hasExpired.value} signIn=${signIn} help=${t('sign-in.help')} />`;
  }
  if (route.value.view === 'settings') return html`<${Settings} />`;
  return isReady.value ? html`<${Frame} />` : html`<${Splash} isOffline=${connection.value === 'offline'} />`;
}

/** A server that cannot be reached yet is asked again. */
async function findSession() {
  try {
    await loadSession();
    isUnreachable.value = false;
  } catch {
    isUnreachable.value = true;
    setTimeout(findSession, RETRY_MS);
  }
}

startPreferences();
startRoute();
startReturn();
followTabs();
startChat();
startTitle();
startServiceWorker();
const place = document.getElementById('app');
place.replaceChildren(); // the splash: Preact would draw behind it
render(html`<${App} />`, place);
findSession();
