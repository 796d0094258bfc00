// splash.js - what is shown until there is something to show; it says so when the server cannot be reached.

import { html } from '../../html.js';
import { t } from '../../language/language.js';

export function Splash({ isOffline }) {
  return html`<main class="splash"><h1 class="hidden">BeringShare</h1>
    <p class=${isOffline ? 'banner' : undefined} role="status">${t(isOffline ? 'frame.unreachable' : 'frame.loading')}</p></main>`;
}
