// storage.js - what this browser remembers. A browser that remembers nothing (private windows, full disks) loses no
// more than that.

const PREFIX = 'bering.';

function read(text, otherwise) {
  try {
    return JSON.parse(text) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function recall(name, otherwise) {
  try {
    return read(localStorage.getItem(PREFIX + name), otherwise);
  } catch {
    return otherwise;
  }
}

/** All that is remembered under names that begin with this one: [[rest of the name, value]]. */
export function recallAll(start) {
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX + start));
    return names.map((name) => [name.slice(PREFIX.length + start.length), recall(name.slice(PREFIX.length))])
      .filter(([, value]) => value !== undefined);
  } catch {
    return [];
  }
}

/** undefined and null forget it. */
export function remember(name, value) {
  try {
    if (value === undefined || value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch { /* nothing to be done */ }
}

/** Forgets all names that begin with this one. */
export function forgetAll(start) {
  for (const [rest] of recallAll(start)) remember(start + rest, null);
}

/** Calls the function with the new value whenever another tab has changed it. Returns what takes it back. */
export function onRemembered(name, listener) {
  return onRememberedAll(name, (rest, value) => { if (rest === '') listener(value); });
}

/** The same for all names that begin with this one: the function gets the rest of the name, and the value. */
export function onRememberedAll(start, listener) {
  const hear = ({ key, newValue }) => {
    if (key?.startsWith(PREFIX + start)) listener(key.slice(PREFIX.length + start.length), read(newValue, undefined));
  };
  window.addEventListener('storage', hear);
  return () => window.removeEventListener('storage', hear);
}
