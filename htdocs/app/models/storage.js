// storage.js - what this browser remembers. A browser that remembers nothing (private windows, full disks) loses no more than
// that.

const PREFIX = 'bering.';

export function recall(name, otherwise) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

/** undefined and null forget it. */
export function remember(name, value) {
  try {
    if (value === undefined || value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch { /* nothing to be done */ }
}

/** Calls the function with the new value whenever another tab has changed it. Returns what takes it back. */
export function onRemembered(name, listener) {
  const hear = (event) => {
    if (event.key === PREFIX + name) listener(event.newValue === null ? undefined : JSON.parse(event.newValue));
  };
  window.addEventListener('storage', hear);
  return () => window.removeEventListener('storage', hear);
}
