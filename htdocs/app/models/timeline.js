// timeline.js - the messages of one conversation, as far as they are loaded: a window of its history, oldest first.
//
// Always holds: the window has no hole and no message twice, and is in the server's order. It grows by pages at either
// end and is cut at the other, so that a history of any length costs the same. While it does not reach the newest
// message, new ones only wait to be loaded. What one has sent oneself enters it as the server tells of it, never by the
// answer to the sending: others may have been stored before.

import { batch, signal } from '@preact/signals';
import { ApiError, get } from '../net/api.js';
import { partsOf } from './conversations.js';
import { NewLine, isOthers } from './new-line.js';

const PAGE = 50;
const CATCH_UP_PAGE = 200; // the server's most
const WINDOW_MOST = 300;

/** Each message once, where it came first. */
function unique(messages) {
  const seen = new Set();
  return messages.filter(({ message_id: id }) => !seen.has(id) && seen.add(id));
}

/**
 * Whether it was stored before the last of these: perhaps an event of it came again, and it is older than the window.
 * Only the server knows what is between.
 */
const isLate = (message, messages) => messages.length > 0 && message.sequence < messages.at(-1).sequence;

export class Timeline {
  #work = Promise.resolve();  // loads, one after the other
  #failed = null;             // the last load, if it failed: [place, work]
  #arrived = [];              // by events, while a load was under way
  #behind = 0;                // how many times events were missed and have not been caught up with yet

  constructor(key) {
    this.key = key;
    this.newLine = new NewLine();
    this.messages = signal([]);
    this.stored = signal([]);          // one's own that the server has, but has not told of yet
    this.hasOlder = signal(true);
    this.hasNewer = signal(true);
    this.loading = signal(null);       // where: 'all', 'older', 'newer'
    this.error = signal(null);         // {place, error}: the last page could not be loaded, an ApiError
    this.jumps = signal(0);            // how often the reader wanted to see the newest message
    this.lastArrived = signal(null);   // the last message of somebody else that an event told of
    this.isAtEnd = false;              // whether the reader sees the newest message; what shows the timeline says so
  }

  // ---- loading ----

  #page(parameters) {
    const { kind, id } = partsOf(this.key);
    return get(`/api/messages/${kind}/${id}`, { limit: PAGE, ...parameters });
  }

  /** What fails is shown, and can be tried again. */
  #load(place, work) {
    const run = async () => {
      this.loading.value = place;
      try {
        await work();
        this.#failed = null;
        this.error.value = null;
      } catch (error) {
        this.#failed = [place, work];
        this.error.value = { place, error };
        if (!(error instanceof ApiError)) throw error;
      } finally {
        this.loading.value = null;
      }
    };
    this.loading.value = place;
    const done = this.#work.then(run);
    this.#work = done.catch(() => {});
    return done;
  }

  /** What has failed, once more. */
  retry() {
    return this.#failed ? this.#load(...this.#failed) : undefined;
  }

  /** The page where unread messages begin, whose first is `firstUnread`; or the newest, if none is. */
  open(firstUnread) {
    this.newLine.open(firstUnread);
    return firstUnread ? this.#openAround(firstUnread) : this.openNewest();
  }

  async #setNewest() {
    const page = await this.#page({});
    this.#set(page, page.length === PAGE, false);
  }

  openNewest() {
    return this.#load('all', () => this.#setNewest());
  }

  /** The messages around one of them; the newest page if that one is not there any more. */
  #openAround(messageId) {
    return this.#load('all', async () => {
      const page = await this.#page({ around: messageId }).catch((error) => {
        if (error.status === 404) return [];
        throw error;
      });
      const place = page.findIndex((message) => message.message_id === messageId);
      if (place === -1) await this.#setNewest();
      else this.#set(page, place + 1 >= PAGE / 2, page.length - place - 1 >= PAGE / 2);
    });
  }

  /** To the newest message, wherever the reader is: what shows the timeline follows. */
  jumpToNewest() {
    this.newLine.isHeld = false;
    const done = this.hasNewer.value ? this.openNewest() : undefined;
    this.jumps.value += 1;
    return done;
  }

  #isReady(more) {
    return more.value && !this.loading.value && !this.error.value && this.messages.value.length > 0;
  }

  /** As one scrolls up. */
  loadOlder() {
    if (!this.#isReady(this.hasOlder)) return undefined;
    return this.#load('older', async () => {
      const page = await this.#page({ before: this.messages.value[0].message_id }).catch((error) => {
        if (error.status === 404) return null; // it is too old, and gone
        throw error;
      });
      if (!page) {
        await this.#setNewest();
        return;
      }
      const all = [...page, ...this.messages.value];
      this.#set(all.slice(0, WINDOW_MOST), page.length === PAGE, this.hasNewer.value || all.length > WINDOW_MOST);
    });
  }

  /** As one scrolls down. */
  loadNewer() {
    return this.#isReady(this.hasNewer) ? this.#load('newer', () => this.#append(PAGE, true)) : undefined;
  }

  /** Cut is what the reader does not look at: the oldest, or what has just come. */
  async #append(limit, cutsOldest, onAnswer = () => {}) {
    const last = this.messages.value.at(-1);
    const page = await this.#page(last ? { after: last.message_id, limit } : { limit });
    onAnswer();
    const all = [...this.messages.value, ...page];
    const isCut = all.length > WINDOW_MOST;
    const isWhole = page.length < limit || !last;
    if (cutsOldest) this.#set(all.slice(-WINDOW_MOST), this.hasOlder.value || isCut, !isWhole);
    else this.#set(all.slice(0, WINDOW_MOST), this.hasOlder.value, isCut || !isWhole);
  }

  /**
   * After a time in which events were missed: what is newer than what is here, if the newest was. Of very many the
   * first page; the others are loaded as one reads on. Until then what comes waits: it belongs behind what was missed.
   */
  async catchUp() {
    let isDone = false;
    const done = () => {
      if (!isDone) this.#behind -= 1;
      isDone = true;
    };
    this.#behind += 1;
    if (this.error.value) await this.retry();
    await this.#work; // what is under way may be older than what was missed
    if (this.error.value) this.hasNewer.value = true;
    if (this.hasNewer.value) done();
    else await this.#load('newer', () => this.#appendMissed(done));
  }

  async #appendMissed(done) {
    try {
      await this.#append(CATCH_UP_PAGE, this.isAtEnd, done);
    } catch (error) {
      this.hasNewer.value = true;
      done();
      throw error;
    }
  }

  // ---- what comes by itself ----

  #has(message) {
    return this.messages.value.some((present) => present.message_id === message.message_id);
  }

  /** An event told of a message. */
  add(message) {
    if (this.#has(message)) return;
    if (isOthers(message)) {
      this.newLine.arrive(message);
      this.lastArrived.value = message;
    }
    if (this.loading.value || this.#behind) this.#arrived.push(message);
    else if (!this.hasNewer.value) this.#take(message);
  }

  #take(message) {
    const { value: messages } = this.messages;
    if (isLate(message, messages)) this.catchUp();
    else if (!this.isAtEnd && messages.length >= WINDOW_MOST) this.hasNewer.value = true;
    else this.#set([...messages, message], this.hasOlder.value, false);
  }

  /**
   * The oldest are gone, because of their age: the history begins with this one, null: it is empty. A window that does not
   * reach that far learns of it when it asks for what is older.
   */
  expire(firstId) {
    const { value: messages } = this.messages;
    const place = messages.findIndex(({ message_id: id }) => id === firstId);
    if (place !== -1) this.#set(messages.slice(place), false, this.hasNewer.value);
    else if (!firstId || !this.hasOlder.value) this.openNewest();
  }

  /** One's own was stored, says the answer. */
  addStored(message) {
    if (!this.#has(message)) this.stored.value = unique([...this.stored.value, message]);
  }

  /** What has arrived meanwhile and belongs behind these messages. */
  #takeArrived(messages) {
    const ids = new Set(messages.map((message) => message.message_id));
    const fresh = this.#arrived.filter((message) => !ids.has(message.message_id));
    const late = fresh.filter((message) => isLate(message, messages));
    if (late.length) this.#work.then(() => this.catchUp());
    return fresh.filter((message) => !late.includes(message));
  }

  #set(messages, hasOlder, hasNewer) {
    const isWhole = !hasNewer && !this.#behind;
    const all = unique(isWhole ? [...messages, ...this.#takeArrived(messages)] : messages);
    const ids = new Set(all.map((message) => message.message_id));
    if (!this.#behind) this.#arrived = [];
    batch(() => {
      this.messages.value = all.slice(hasNewer ? 0 : -WINDOW_MOST);
      this.stored.value = this.stored.value.filter((message) => !ids.has(message.message_id));
      this.hasOlder.value = hasOlder || (!hasNewer && all.length > WINDOW_MOST);
      this.hasNewer.value = hasNewer;
    });
  }

  /** The id of the message before that one, or null. */
  async idBefore(messageId) {
    const { value: messages } = this.messages;
    const place = messages.findIndex((message) => message.message_id === messageId);
    if (place > 0) return messages[place - 1].message_id;
    const [before] = await this.#page({ before: messageId, limit: 1 });
    return before?.message_id ?? null;
  }

  /** Everything is read. */
  release() {
    this.newLine.release();
  }
}
