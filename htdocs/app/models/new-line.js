// new-line.js - where the line is drawn above which everything was read before: as of when the conversation was opened,
// or of when the reader looked away. What is read meanwhile does not move it.

import { signal } from '@preact/signals';
import { myId } from './session.js';

export const isOthers = (message) => message.author_user_id !== myId();

export class NewLine {
  #isFollowed = false; // whether the reader looks at the newest message
  #isMarked = false;   // whether the line is where it belongs: a message that comes does not move it

  messageId = signal(null); // what the line stands before
  isHeld = false;           // marked as unread by the reader: looking at it does not make it read

  /** `firstUnread`: the id of the first message that is unread, undefined if none is. */
  open(firstUnread) {
    this.messageId.value = firstUnread ?? null;
    this.#isMarked = firstUnread !== undefined;
  }

  /** A message of somebody else came: the first that comes while nobody looks is where the line is drawn. */
  arrive(message) {
    if (this.#isMarked) return;
    this.#isMarked = true;
    this.messageId.value = message.message_id;
  }

  /** Whether the reader looks at the newest message: then nothing is new that comes. */
  follow(isFollowed) {
    if (isFollowed) this.#isMarked = true;
    else if (this.#isFollowed && !this.isHeld) this.#isMarked = false;
    this.#isFollowed = isFollowed;
  }

  /** The reader wants to read on here another time. */
  hold(messageId) {
    this.isHeld = true;
    this.#isMarked = true;
    this.messageId.value = messageId;
  }

  /** Everything is read, whatever was said before. */
  release() {
    this.isHeld = false;
    this.messageId.value = null;
  }
}
