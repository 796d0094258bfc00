// frame.js - the administration as a whole: who is signed in, the way to each section, and the section.

import { html, useEffect, useRef, useSignalEffect } from '../../html.js';
import { t } from '../../language/language.js';
import { isLive } from '../../models/admin/live.js';
import { addressOf, route, SECTIONS } from '../../models/admin/route.js';
import { admin, signOut } from '../../models/admin/session.js';
import { IconButton } from '../shared/button.js';
import { Icon } from '../shared/icon.js';
import { attempt, Toasts } from '../shared/toasts.js';
import { Audit } from './audit.js';
import { Channel } from './channel.js';
import { Channels } from './channels.js';
import { Federation } from './federation.js';
import { Overview } from './overview.js';
import { focusTitle } from './parts.js';
import { Server } from './server.js';
import { Servers } from './servers.js';
import { Users } from './users.js';
import { ServerVisibility } from './visibility.js';

const ICONS = { overview: 'gauge', users: 'people', servers: 'server', channels: 'hash', federation: 'key',
  audit: 'clock' };
const LISTS = { overview: Overview, users: Users, servers: Servers, channels: Channels, federation: Federation,
  audit: Audit };
const DETAILS = { servers: Server, channels: Channel };

function viewOf({ section, id, part }) {
  if (!id || !DETAILS[section]) return LISTS[section];
  return section === 'servers' && part === 'visibility' ? ServerVisibility : DETAILS[section];
}

/** Nothing of what was shown stays in a page that is loaded anew. */
async function leave() {
  await signOut();
  location.reload();
}

function Head() {
  const { username, server_name: serverName } = admin.value;
  return html`<header class="admin-head">
    <p class="brand"><img src="/favicon.svg" alt="" /><strong>${t('admin.brand')}</strong><bdi
      class="tag">${serverName}</bdi></p>
    <span class=${isLive.value ? 'live on' : 'live'} title=${t(isLive.value ? 'admin.live.hint' : 'admin.polled.hint')}>
      ${t(isLive.value ? 'admin.live' : 'admin.polled')}</span>
    ${username && html`<bdi class="who">${username}</bdi>`}
    <${IconButton} icon="sign-out" label=${t('admin.sign-out')} onClick=${() => attempt(leave)} />
  </header>`;
}

function Navigation() {
  return html`<nav class="sections"
      aria-label=${t('admin.sections')}><ul>${SECTIONS.map((section) => html`<li key=${section}>
    <a href=${addressOf(section)} aria-current=${route.value.section === section ? 'page' : undefined}>
      <${Icon} name=${ICONS[section]} /><span>${t(`admin.section.${section}`)}</span></a></li>`)}</ul></nav>`;
}

/** Whoever goes to another section by keyboard or ear goes on at its title. */
function useTitles() {
  const isFirst = useRef(true);
  const { section, id, part } = route.value;
  useSignalEffect(() => {
    document.title = `${t(`admin.section.${route.value.section}`)} – ${t('admin.title')} – ${admin.value?.server_name
      ?? ''}`;
  });
  useEffect(() => {
    if (!isFirst.current) focusTitle();
    isFirst.current = false;
  }, [section, id, part]);
}

export function Frame() {
  const View = viewOf(route.value);
  useTitles();
  const skip = (event) => { // the address says where one is: it stays
    event.preventDefault();
    focusTitle();
  };
  return html`<div class="admin">
    <a class="skip" href="#main" onClick=${skip}>${t('admin.skip')}</a>
    <${Head} />
    <${Navigation} />
    <main id="main"><${View} key=${route.value.id} id=${route.value.id} /></main>
    <${Toasts} />
  </div>`;
}
