// timeline.js - the messages of one conversation, as far as they are loaded: a window of its history, oldest first.
//
// Always holds: the window has no hole, and no message twice. It grows by pages at either end and is cut at the other, so that a
// history of any length costs the same. While it does not reach the newest message, new ones only wait to be loaded.

import { batch, signal } from '@preact/signals';
import { ApiError, get } from '../net/api.js';
import { partsOf } from './conversations.js';

const PAGE = 50;
const WINDOW_MOST = 300;

export class Timeline {
  #work = Promise.resolve(); // loads, one after the other
  #arrived = [];             // by events, while a load was under way

  constructor(key) {
    this.key = key;
    this.messages = signal([]);
    this.hasOlder = signal(true);
    this.hasNewer = signal(true);
    this.isLoading = signal(false);
    this.error = signal(null);         // an ApiError: the last page could not be loaded
    this.firstUnreadId = signal(null); // where the "new" line is drawn, as of when the conversation was opened
  }

  // ---- loading ----

  #page(parameters) {
    const { kind, id } = partsOf(this.key);
    return get(`/api/messages/${kind}/${id}`, { limit: PAGE, ...parameters });
  }

  /** What fails is shown, and can be tried again. */
  #load(work) {
    this.isLoading.value = true;
    this.#work = this.#work.then(async () => {
      this.isLoading.value = true;
      try {
        await work();
        this.error.value = null;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.error.value = error;
      } finally {
        this.isLoading.value = false;
      }
    });
    return this.#work;
  }

  /** The newest page. */
  openNewest() {
    return this.#load(async () => {
      const page = await this.#page({});
      this.#set(page, page.length === PAGE, false);
    });
  }

  /** The messages around one of them; the newest page if that one is not there any more. */
  openAround(messageId) {
    return this.#load(async () => {
      const page = await this.#page({ around: messageId }).catch((error) => {
        if (error.status === 404) return null;
        throw error;
      });
      if (page === null) {
        const newest = await this.#page({});
        this.#set(newest, newest.length === PAGE, false);
        return;
      }
      const place = page.findIndex((message) => message.message_id === messageId);
      this.#set(page, place + 1 >= PAGE / 2, page.length - place - 1 >= PAGE / 2);
    });
  }

  /** As one scrolls up. */
  loadOlder() {
    if (this.isLoading.value || !this.hasOlder.value || !this.messages.value.length) return undefined;
    return this.#load(async () => {
      const page = await this.#page({ before: this.messages.value[0].message_id });
      const all = [...page, ...this.messages.value];
      this.#set(all.slice(0, WINDOW_MOST), page.length === PAGE, this.hasNewer.value || all.length > WINDOW_MOST);
    });
  }

  /** As one scrolls down. */
  loadNewer() {
    return this.isLoading.value || !this.hasNewer.value ? undefined : this.#load(() => this.#appendPage());
  }

  async #appendPage() {
    const last = this.messages.value.at(-1);
    const page = await this.#page(last ? { after: last.message_id } : {});
    const all = [...this.messages.value, ...page];
    const isWhole = page.length < PAGE || !last;
    this.#set(all.slice(-WINDOW_MOST), this.hasOlder.value || all.length > WINDOW_MOST, !isWhole);
  }

  /** After a time in which events were missed: everything that is newer than what is here, if the newest was. */
  catchUp() {
    if (this.hasNewer.value && !this.isLoading.value) return undefined;
    this.hasNewer.value = true;
    return this.#load(async () => {
      while (this.hasNewer.value) await this.#appendPage();
    });
  }

  // ---- what comes by itself ----

  /** A message came, or one's own was stored. */
  add(message) {
    if (this.isLoading.value) this.#arrived = [...this.#arrived.slice(1 - WINDOW_MOST), message];
    else if (!this.hasNewer.value) this.#set(this.#with([message]), this.hasOlder.value, false);
  }

  #with(messages, present = this.messages.value) {
    const known = new Set(present.map((message) => message.message_id));
    return [...present, ...messages.filter((message) => !known.has(message.message_id))];
  }

  #set(messages, hasOlder, hasNewer) {
    const all = hasNewer ? messages : this.#with(this.#arrived, messages);
    this.#arrived = [];
    batch(() => {
      this.messages.value = all.slice(hasNewer ? 0 : -WINDOW_MOST);
      this.hasOlder.value = hasOlder || (!hasNewer && all.length > WINDOW_MOST);
      this.hasNewer.value = hasNewer;
    });
  }
}
