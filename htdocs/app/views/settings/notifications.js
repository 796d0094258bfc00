// notifications.js - what may call one: the desktop, a tone; and which conversations may not.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { playTone } from '../../models/alerts.js';
import { channelById } from '../../models/channels.js';
import { isReady, loadError } from '../../models/chat.js';
import { conversations, keyOf, setMuted } from '../../models/conversations.js';
import { permission, requestNotifications } from '../../models/notifications.js';
import { fullNameOf, personById } from '../../models/people.js';
import { preferences } from '../../models/preferences.js';
import { Button } from '../shared/button.js';
import { Check } from '../shared/form.js';
import { attempt } from '../shared/toasts.js';

/** Ticked only where it works: the browser must have said yes. */
function Desktop() {
  const state = permission.value;
  const isOn = preferences.notifications.value && state === 'granted';
  const toggle = (event) => {
    const isWanted = event.currentTarget.checked;
    if (isWanted && state === 'default') {
      event.currentTarget.checked = false; // until the browser has answered
      attempt(requestNotifications);
    } else preferences.notifications.value = isWanted;
  };
  const isImpossible = state === 'denied' || state === 'unsupported';
  return html`<${Check} name="desktop" label=${t('settings.notifications.desktop')} hint=${t(`settings.notifications.${state}`)}
    checked=${isOn} disabled=${isImpossible} onChange=${toggle} />`;
}

function titleOf({ kind, id }) {
  if (kind === 'channel') return `#${channelById(id)?.name ?? '…'}`;
  const person = personById(id);
  return person ? fullNameOf(person) : t('settings.notifications.somebody');
}

function MutedList() {
  if (!isReady.value) return html`<p class="hint">${t(loadError.value ? 'frame.load-failed' : 'frame.loading')}</p>`;
  const muted = conversations.value.filter((conversation) => conversation.is_muted)
    .map((conversation) => ({ key: keyOf(conversation.kind, conversation.id), title: titleOf(conversation) }))
    .sort((one, other) => one.title.localeCompare(other.title));
  if (muted.length === 0) return html`<p class="hint">${t('settings.notifications.none-muted')}</p>`;
  return html`<ul class="settings-list">${muted.map(({ key, title }) => html`<li key=${key}>
    <bdi>${title}</bdi>
    <${Button} aria-label=${t('settings.notifications.unmute-one', { name: title })}
      onClick=${() => attempt(() => setMuted(key, false))}>${t('settings.notifications.unmute')}<//>
  </li>`)}</ul>`;
}

export function Notifications() {
  return html`<${Desktop} />
    <${Check} name="sound" label=${t('settings.notifications.sound')} hint=${t('settings.notifications.sound-hint')}
      checked=${preferences.sound.value} onChange=${(event) => { preferences.sound.value = event.currentTarget.checked; }} />
    <${Button} icon="bell" onClick=${playTone}>${t('settings.notifications.try-sound')}<//>
    <section class="settings-section" aria-labelledby="muted-title">
      <h2 id="muted-title">${t('settings.notifications.muted')}</h2>
      <p class="hint">${t('settings.notifications.muted-hint')}</p>
      <${MutedList} />
    </section>`;
}
