// return.js - the conversation that one left for the settings: each tab has its own, and it goes with the tab.

import { effect } from '@preact/signals';
import { addressOfConversation, route } from './route.js';
import { me } from './session.js';

const NAME = 'bering.return';

function keep(key) {
  try {
    if (key) sessionStorage.setItem(NAME, key);
    else sessionStorage.removeItem(NAME);
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
    key = sessionStorage.getItem(NAME);
  } catch { /* as above */ }
  return key ? addressOfConversation(key) : '/chat/ui';
}
