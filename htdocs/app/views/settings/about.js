// about.js - which server this is.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { me } from '../../models/session.js';

export function About() {
  const { server_name: server, version } = me.value;
  return html`<dl class="settings-facts">
      <dt>${t('settings.about.server')}</dt><dd><bdi>${server}</bdi></dd>
      <dt>${t('settings.about.version')}</dt><dd>BeringShare ${version}</dd>
    </dl>
    <section class="settings-section" aria-labelledby="keys-title">
      <h2 id="keys-title">${t('settings.about.keys')}</h2>
      <p>${t('settings.about.keys-before')} <kbd>?</kbd> ${t('settings.about.keys-after')}</p>
    </section>`;
}
