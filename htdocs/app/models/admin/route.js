// route.js - which part of the administration is shown. The address says it alone: #users, #servers/ID,
// #servers/ID/visibility.

import { signal } from '@preact/signals';

export const SECTIONS = ['overview', 'users', 'servers', 'channels', 'federation', 'audit'];

const ADDRESS = /^(\w+)(?:\/([0-9a-f-]{36})(?:\/(\w+))?)?$/;

function read() {
  const [, section, id = null, part = null] = ADDRESS.exec(location.hash.slice(1)) ?? [];
  return SECTIONS.includes(section) ? { section, id, part } : { section: SECTIONS[0], id: null, part: null };
}

/** {section, id, part}: id of a server or channel, part 'visibility'; null where there is none. */
export const route = signal(read());

const update = () => { route.value = read(); };

export function startRoute() {
  window.addEventListener('popstate', update);
  window.addEventListener('hashchange', update);
}

/** The address of a section, or of one thing in it. */
export const addressOf = (...parts) => `#${parts.join('/')}`;

/** Goes there; the browser's back button comes back. */
export function go(...parts) {
  history.pushState(null, '', addressOf(...parts));
  update();
}
