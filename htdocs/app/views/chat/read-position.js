// read-position.js - tells the server what has been read: the newest message, while it is in view and somebody looks.

import { signal, useEffect, useMemo, useSignalEffect } from '../../html.js';
import { t } from '../../language/language.js';
import { conversationByKey, markRead } from '../../models/conversations.js';
import { attempt, say } from '../shared/toasts.js';

const PAUSE_MS = 250; // several messages at once are read at once

const look = () => document.visibilityState === 'visible' && document.hasFocus();

/** Whether somebody looks at this page: it is visible and has the focus. */
const hasAttention = signal(look());

const update = () => { hasAttention.value = look(); };
document.addEventListener('visibilitychange', update);
window.addEventListener('focus', update);
window.addEventListener('blur', update);

class Reader {
  #timeline;
  #isAtEnd;
  #timer = null;
  #isBusy = false;

  constructor(timeline, isAtEnd) {
    this.#timeline = timeline;
    this.#isAtEnd = isAtEnd;
  }

  get #isFollowed() {
    const { hasNewer, loading } = this.#timeline;
    return this.#isAtEnd.value && hasAttention.value && !hasNewer.value && loading.value !== 'all';
  }

  get #isUnread() {
    return !this.#timeline.newLine.isHeld && Boolean(conversationByKey(this.#timeline.key)?.unread);
  }

  look() {
    const [isFollowed, isUnread] = [this.#isFollowed, this.#isUnread];
    this.#timeline.isAtEnd = this.#isAtEnd.value;
    this.#timeline.newLine.follow(isFollowed);
    if (isFollowed && isUnread) this.#timer ??= setTimeout(() => this.#mark(), PAUSE_MS);
  }

  async #mark() {
    this.#timer = null;
    const newest = this.#timeline.messages.value.at(-1);
    if (!newest || !this.#isFollowed || !this.#isUnread || this.#isBusy) return;
    this.#isBusy = true;
    try {
      await markRead(this.#timeline.key, newest.message_id);
    } catch { /* what comes next, or the connection when it is back, tries again */ }
    this.#isBusy = false;
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timeline.isAtEnd = false;
    this.#timeline.newLine.follow(false);
  }
}

export function useReadPosition(timeline, isAtEnd) {
  const reader = useMemo(() => new Reader(timeline, isAtEnd), [timeline]);
  useSignalEffect(() => reader.look());
  useEffect(() => () => reader.stop(), [reader]);
}

/** From this message on everything is unread again, on all devices. */
export async function markUnread(timeline, messageId) {
  timeline.newLine.hold(messageId);
  await attempt(async () => {
    await markRead(timeline.key, await timeline.idBefore(messageId), true);
    say(t('message.marked-unread'));
  });
}
