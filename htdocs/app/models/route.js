// route.js - which view is shown: the page's address is the only place that says it.
//
//   /chat/ui                nothing chosen        /chat/ui#dm:ID, #channel:ID   a conversation
//   /chat/settings          settings              /chat/settings#NAME           one of its parts

import { signal } from '@preact/signals';

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
