// settings.js - the settings as a whole: the list of parts, and the part that the address names.

import { html, useEffect, useRef } from '../../html.js';
import { t } from '../../language/language.js';
import { go, returnAddress, route } from '../../models/route.js';
import { connection } from '../../net/listen.js';
import { CallSlot } from '../calls/call-slot.js';
import { Icon } from '../shared/icon.js';
import { Toasts } from '../shared/toasts.js';
import { UpdateNotice } from '../shared/update-notice.js';
import { About } from './about.js';
import { Appearance } from './appearance.js';
import { Devices } from './devices.js';
import { Notifications } from './notifications.js';
import { Password } from './password.js';
import { Profile } from './profile.js';
import { Sessions } from './sessions.js';

/** In the order of the navigation. The first is shown where the address names none. */
const PARTS = [
  { name: 'profile', icon: 'people', View: Profile },
  { name: 'password', icon: 'lock', View: Password },
  { name: 'devices', icon: 'phone', View: Devices },
  { name: 'notifications', icon: 'bell', View: Notifications },
  { name: 'appearance', icon: 'eye', View: Appearance },
  { name: 'sessions', icon: 'sign-out', View: Sessions },
  { name: 'about', icon: 'help', View: About },
];

const addressOf = (name) => `/chat/settings#${name}`;

const isPlainClick = (event) =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

/** A link within the page. */
function PageLink({ href, children, ...rest }) {
  const follow = (event) => {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    go(href);
  };
  return html`<a href=${href} onClick=${follow} ...${rest}>${children}</a>`;
}

function Navigation({ current }) {
  return html`<nav class="settings-nav" aria-label=${t('settings.title')}>
    <ul>${PARTS.map(({ name, icon }) => html`<li key=${name}>
      <${PageLink} href=${addressOf(name)} aria-current=${name === current ? 'page' : undefined}>
        <${Icon} name=${icon} /><span>${t(`settings.part.${name}`)}</span><//>
    </li>`)}</ul>
  </nav>`;
}

/** Whoever chooses a part begins to read at its heading. */
function usePartFocus(name) {
  const heading = useRef(null);
  const last = useRef(name);
  useEffect(() => {
    if (last.current !== name) heading.current.focus();
    last.current = name;
  }, [name]);
  return heading;
}

export function Settings() {
  const { name, View } = PARTS.find((part) => part.name === route.value.part) ?? PARTS[0];
  const heading = usePartFocus(name);
  const skip = (event) => {
    event.preventDefault(); // the address says which part is shown
    heading.current.focus();
  };
  return html`<div class="settings">
    <a class="skip" href="#part" onClick=${skip}>${t('settings.skip')}</a>
    <header class="settings-head">
      <${PageLink} class="settings-back" href=${returnAddress()}><${Icon} name="back" /><span>${t('settings.back')}</span><//>
      <p class="settings-title">${t('settings.title')}</p>
    </header>
    <div class="settings-banners" role="status">
      ${connection.value === 'offline' && html`<p class="banner">${t('settings.offline')}</p>`}
    </div>
    <${UpdateNotice} />
    <${Navigation} current=${name} />
    <main class="settings-part" id="part">
      <h1 ref=${heading} tabindex="-1">${t(`settings.part.${name}`)}</h1>
      <${View} key=${name} />
    </main>
    <${CallSlot} isFloating />
    <${Toasts} />
  </div>`;
}
