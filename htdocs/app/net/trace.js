// trace.js - the last requests, answers and events, for the debug console. Nothing secret is kept: it may be copied.

import { signal } from '@preact/signals';

const MOST = 100;
const TEXT_MOST = 4000;
const SECRET = /^(?:token|server_token|password|current_password|new_password|authorization)$/i;

/** The newest last: {at: Date, kind: 'request' | 'answer' | 'event' | 'state', title, detail}. */
export const trace = signal([]);

/** The value as JSON, tokens and passwords masked, cut where it is long. */
export function masked(value) {
  if (value === undefined || value === null) return '';
  const text = JSON.stringify(value, (key, inner) => (SECRET.test(key) && inner ? '***' : inner));
  return text.length > TEXT_MOST ? `${text.slice(0, TEXT_MOST)}…` : text;
}

export function note(kind, title, detail) {
  const entry = { at: new Date(), kind, title, detail: masked(detail) };
  trace.value = [...trace.value.slice(1 - MOST), entry];
}

export function clearTrace() {
  trace.value = [];
}

/** All of it as text, one line an entry. */
export function traceText() {
  return trace.value.map((entry) => `${entry.at.toISOString()} ${entry.kind} ${entry.title} ${entry.detail}`.trimEnd()).join('\n');
}
