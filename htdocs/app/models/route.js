// route.js - which view is shown: the page's address is the only place that says it.
//
//   /chat/ui                nothing chosen        /chat/ui#dm:ID, #channel:ID   a conversation
//   /chat/settings          settings              /chat/settings#NAME           one of its parts

import { effect, signal } from '@preact/signals';
import { me } from './session.js';

const CONVERSATION = /^(?:dm|channel):[0-9a-f-]{36}$/;

function read() {
  const view = location.pathname.startsWith('/chat/settings') ? 'settings' : 'chat';
  const part = decodeURIComponent(location.hash.slice(1));
  if (view === 'settings') return { view, part };
  return { view, key: CONVERSATION.test(part) ? part : null };
}

/** {view: 'chat', key} or {view: 'settings', part}. */
export const route = signal(read());

const update = () => { route.value = read(); };

export function startRoute() {
  window.addEventListener('popstate', update);
  window.addEventListener('hashchange', update);
}

/** Goes to an address of this page; the browser's back button comes back. */
export function go(address) {
  if (address !== location.pathname + location.hash) history.pushState(null, '', address);
  update();
}

export const addressOfConversation = (key) => `/chat/ui#${key}`;
export const openConversation = (key) => go(addressOfConversation(key));

// ---- the conversation that one left for the settings: each tab has its own, and it goes with the tab ----

const RETURN = 'bering.return';

function keep(key) {
  try {
    if (key) sessionStorage.setItem(RETURN, key);
    else sessionStorage.removeItem(RETURN);
  } catch { /* then one returns to the list */ }
}

/** Follows the route. Called once. */
export function startReturn() {
  effect(() => {
    if (me.value === null) keep(null);
    else if (route.value.view === 'chat') keep(route.value.key);
  });
}

/** Where the way back from the settings leads. */
export function returnAddress() {
  let key = null;
  try {
    key = sessionStorage.getItem(RETURN);
  } catch { /* as above */ }
  return key ? addressOfConversation(key) : '/chat/ui';
}
