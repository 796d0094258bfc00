// admin.js - the administration page, from nothing to the first view.

import { html, render } from './html.js';
import english from './language/admin-en.js';
import { addTexts, t } from './language/language.js';
import { startLive } from './models/admin/live.js';
import { startRoute } from './models/admin/route.js';
import { admin, hasExpired, loadSession, signIn } from './models/admin/session.js';
import { startPreferences } from './models/preferences.js';
import { Frame } from './views/admin/frame.js';
import { SignIn } from './views/shared/sign-in.js';

const RETRY_MS = 3000;

const texts = { en: async () => ({ default: english }), de: () => import('./language/admin-de.js') };

function App() {
  if (admin.value === undefined) return html`<p class="splash" role="status">${t('frame.loading')}</p>`;
  if (admin.value) return html`<${Frame} />`;
  return html`<${SignIn} title=${t('admin.title')} hasExpired=${hasExpired.value} signIn=${signIn}
      help=${t('admin.sign-in.help')} />`;
}

/** A server that cannot be reached yet is asked again. */
async function findSession() {
  try {
    await loadSession();
  } catch {
    setTimeout(findSession, RETRY_MS);
  }
}

async function start() {
  startPreferences();
  startRoute();
  startLive();
  await addTexts(texts);
  render(html`<${App} />`, document.getElementById('app'));
  findSession();
}

start();
