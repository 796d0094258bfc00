// format.js - times, days and sizes as the reader's language writes them.

import { localeTag, t } from '../language/language.js';

const formats = new Map();

function format(kind, options) {
  const key = `${localeTag()} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Intl[kind](localeTag(), options));
  return formats.get(key);
}

const asDate = (time) => (time instanceof Date ? time : new Date(time));

/** The calendar day of a time where the reader is, as a key that compares ("2026-11-25"). */
export function dayKey(time) {
  const date = asDate(time);
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
}

/** "14:05" */
export const clockTime = (time) =>
  format('DateTimeFormat', { hour: '2-digit', minute: '2-digit' }).format(asDate(time));

/** "Today", "Yesterday", or "Monday, 23 November 2026". */
export function dayName(time, now = new Date()) {
  const date = asDate(time);
  if (dayKey(date) === dayKey(now)) return t('day.today');
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (dayKey(date) === dayKey(yesterday)) return t('day.yesterday');
  return format('DateTimeFormat', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(date);
}

/** Everything of a time, for a tooltip. */
export const fullTime = (time) =>
  format('DateTimeFormat', { dateStyle: 'full', timeStyle: 'medium' }).format(asDate(time));

/** "25 Nov 2026, 14:05" */
export const shortTime = (time) =>
  format('DateTimeFormat', { dateStyle: 'medium', timeStyle: 'short' }).format(asDate(time));

const UNITS = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];

/** "3 minutes ago" */
export function ago(time, now = Date.now()) {
  const seconds = (asDate(time).getTime() - now) / 1000;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? UNITS.at(-1);
  return format('RelativeTimeFormat', { numeric: 'auto' }).format(Math.round(seconds / size), unit);
}

export const number = (value) => format('NumberFormat', {}).format(value);

/** "12.4 MB" */
export function bytes(value) {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  const options = { style: 'unit', unit: units[power], unitDisplay: 'short', maximumFractionDigits: 1 };
  return format('NumberFormat', options).format(value / 1000 ** power);
}
