// scroll-keeper.js - keeps what one reads where it is, whatever is put in above or taken away, and the end at the end.
//
// Always holds: between take() and restore() the first message in view does not move by a pixel; or, if the end was in
// view, the end is afterwards, too. The browser's own anchoring is off (conversation.css): not all have it, and two
// would fight.

import { signal } from '@preact/signals';

const NEAR_END = 24; // pixels
const MARGIN = 0.15; // of the height, above a message that one is taken to

export class ScrollKeeper {
  #box = null;
  #list = null;
  #anchor = null;       // {row, top}
  #noted = {};          // the sizes of the box when it was last looked at
  #isWhole = () => true;
  #target = null;       // a function that says where to go at the next restore

  /** Whether the newest message is in view. */
  isAtEnd = signal(false);

  /**
   * `box` scrolls `list`, whose messages have a data-key. `isWhole()`: whether the list ends with the newest message.
   * Returns what ends it.
   */
  attach(box, list, isWhole, onMove) {
    this.#box = box;
    this.#list = list;
    this.#isWhole = isWhole;
    const moved = () => {
      if (this.#wasResized()) this.restore();
      else this.#note();
      onMove();
    };
    const resized = new ResizeObserver(() => {
      this.restore();
      onMove();
    });
    box.addEventListener('scroll', moved, { passive: true });
    resized.observe(box);
    resized.observe(list);
    return () => {
      box.removeEventListener('scroll', moved);
      resized.disconnect();
    };
  }

  #top(row) {
    return row.getBoundingClientRect().top - this.#box.getBoundingClientRect().top;
  }

  /**
   * Whether the end went out of view because something grew or the box shrank, and not because somebody scrolled away
   * from it.
   */
  #wasResized() {
    const { scrollHeight, scrollTop, clientHeight } = this.#box;
    const { height, shown, top } = this.#noted;
    return this.isAtEnd.peek() && scrollTop >= top && (scrollHeight !== height || clientHeight !== shown);
  }

  /** The first message that is not wholly above the view. */
  #firstInView() {
    const rows = this.#list.querySelectorAll('[data-key]');
    let [from, to] = [0, rows.length - 1];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#top(rows[middle]) + rows[middle].offsetHeight <= 0) from = middle + 1;
      else to = middle;
    }
    return rows[from];
  }

  #note() {
    const { scrollHeight, scrollTop, clientHeight } = this.#box;
    this.#noted = { height: scrollHeight, shown: clientHeight, top: scrollTop };
    this.isAtEnd.value = this.#isWhole() && scrollHeight - scrollTop - clientHeight <= NEAR_END;
    this.take();
  }

  /** Before a change. */
  take() {
    if (!this.#box) return;
    const row = this.#firstInView();
    this.#anchor = row ? { row, top: this.#top(row) } : null;
  }

  /** After a change. */
  restore() {
    if (!this.#box?.clientHeight) return;
    if (this.#target?.(this.#box)) this.#target = null;
    else if (this.#target) return;
    else if (this.isAtEnd.peek() && this.#isWhole()) this.#box.scrollTop = this.#box.scrollHeight;
    else if (this.#anchor?.row.isConnected) this.#box.scrollTop += this.#top(this.#anchor.row) - this.#anchor.top;
    this.#note();
  }

  /** From the next restore() on where the function puts the box; it returns false as long as it cannot yet. */
  goTo(target) {
    this.#target = target;
  }

  /** The reader has changed the height of something: the end need not stay in view. */
  release() {
    this.isAtEnd.value = false;
  }

  /** How far the box is from its ends, in heights of its own. */
  distances() {
    const { scrollHeight, scrollTop, clientHeight } = this.#box;
    return { above: scrollTop / clientHeight, below: (scrollHeight - scrollTop - clientHeight) / clientHeight };
  }
}

export const toEnd = (box) => {
  box.scrollTop = box.scrollHeight;
  return true;
};

/** To the row that the selector finds; to the end if there is none. */
export const toRow = (selector) => (box) => {
  const row = box.querySelector(selector);
  if (!row) return toEnd(box);
  const top = row.getBoundingClientRect().top - box.getBoundingClientRect().top;
  box.scrollTop += top - MARGIN * box.clientHeight;
  return true;
};
