// health.js - how the link to another server is: as a word with a colour, and in sentences.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { healthOf } from '../../models/admin/servers.js';
import { ago, fullTime, number } from '../../text/format.js';

/** "3 minutes ago", with the time as a tooltip; a dash where there is none. */
export function since(time) {
  return time ? html`<time datetime=${time} title=${fullTime(time)}>${ago(time)}</time>` : '–';
}

export function HealthMark({ link }) {
  const health = healthOf(link);
  return html`<span class="health" data-health=${health}>${t(`admin.health.${health}`)}</span>`;
}

/** What it means, and what to do. */
export function HealthWords({ link, name }) {
  const health = healthOf(link);
  return html`<div class=${`note ${health === 'good' ? 'good' : ['failing', 'refuses-us'].includes(health) ? 'warning'
      : ''}`}>
    <p>${t(`admin.health.${health}.words`, { name, count: link.failures, number: number(link.failures) })}</p>
    ${link.last_error && html`<p class="quiet">${t('admin.health.last-error')} <bdi
      class="said">${link.last_error}</bdi></p>`}
  </div>`;
}
