// audit.js - what administrators did: one page of the log, newest first, found by a text.
//
// Always holds: the rows are those of the newest question; an answer to an older one is dropped.

import { signal } from '@preact/signals';
import { get } from '../../net/api.js';

const PAGE = 50;

export class AuditLog {
  rows = signal(null);      // null: not loaded yet
  error = signal(null);
  hasOlder = signal(false);
  query = signal('');
  places = signal([]);      // where the pages before this one began: what `before` was, null for the newest
  #before = null;
  #asked = 0;

  async load() {
    this.#asked += 1;
    const asked = this.#asked;
    try {
      const rows = await get('/admin/audit', { q: this.query.value, limit: PAGE + 1,
        ...(this.#before && { before: this.#before }) });
      if (asked !== this.#asked) return;
      this.rows.value = rows.slice(0, PAGE);
      this.hasOlder.value = rows.length > PAGE;
      this.error.value = null;
    } catch (error) {
      if (asked === this.#asked) this.error.value = error;
    }
  }

  search(query) {
    this.query.value = query.trim();
    this.places.value = [];
    this.#before = null;
    return this.load();
  }

  older() {
    this.places.value = [...this.places.value, this.#before];
    this.#before = this.rows.value.at(-1).id;
    return this.load();
  }

  newer() {
    this.#before = this.places.value.at(-1);
    this.places.value = this.places.value.slice(0, -1);
    return this.load();
  }
}

/** What an entry says beside its object, as text: "name: news, private: true". */
export function detailsOf({ details }) {
  if (!details) return '';
  return Object.entries(JSON.parse(details)).map(([key, value]) => `${key}: ${value ?? '–'}`).join(', ');
}
