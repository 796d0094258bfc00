// paged-list.js - a long list of which the server gives one page: what is searched for, which page, and its rows.
//
// Always holds: the rows are those of the newest question; an answer to an older one is dropped.

import { signal } from '@preact/signals';
import { getPage } from '../../net/api.js';

export const PAGE_SIZE = 50;

export class PagedList {
  rows = signal(null); // null: not loaded yet
  total = signal(0);
  error = signal(null);
  isLoading = signal(false);
  query = signal('');
  filters = signal({});
  offset = signal(0);
  #path;
  #asked = 0;

  constructor(path) {
    this.#path = path;
  }

  /**
   * Asks for the page; a failure stands in `error`, and the rows stay. A page that is no more: the last that there is.
   */
  async load() {
    this.#asked += 1;
    const asked = this.#asked;
    this.isLoading.value = true;
    try {
      const parameters = { q: this.query.value, ...this.filters.value, limit: PAGE_SIZE, offset: this.offset.value };
      const { rows, total } = await getPage(this.#path, parameters);
      if (asked === this.#asked) await this.#take(rows, total);
    } catch (error) {
      if (asked === this.#asked) this.error.value = error;
    } finally {
      if (asked === this.#asked) this.isLoading.value = false;
    }
  }

  async #take(rows, total) {
    this.error.value = null;
    if (rows.length === 0 && total > 0) {
      await this.goTo(Math.floor((total - 1) / PAGE_SIZE) * PAGE_SIZE);
      return;
    }
    this.rows.value = rows;
    this.total.value = total;
  }

  goTo(offset) {
    this.offset.value = offset;
    return this.load();
  }

  search(query) {
    this.query.value = query.trim();
    return this.goTo(0);
  }

  filter(filters) {
    this.filters.value = filters;
    return this.goTo(0);
  }
}
