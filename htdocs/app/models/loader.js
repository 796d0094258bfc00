// loader.js - loads lists and applies events, so that no list that is on its way wipes out what an event has said
// meanwhile.
//
// Always holds: while something is being loaded, events wait; they are applied after it, in their order. What cannot
// be loaded is tried again until it can.

const RETRY_MS = 3000;

export class Loader {
  #wanted = new Set();
  #held = null; // events, while a load is under way
  #isRunning = false;
  #isStopped = false;
  #wake = () => {};

  /**
   * `apply(events)`: what is to be done with events; `onState(error)`: after each attempt, null if it
   * succeeded; `onLoaded()`: all that was wanted is there.
   */
  constructor({ apply, onState, onLoaded }) {
    Object.assign(this, { apply, onState, onLoaded });
  }

  /** Asks for these functions, each of which loads something, to be run: once, however often they are asked for. */
  want(...loads) {
    loads.forEach((load) => this.#wanted.add(load));
    if (!this.#isRunning) this.#run();
  }

  /** An event has come. */
  take(event) {
    if (this.#held) this.#held.push(event);
    else this.apply([event]);
  }

  stop() {
    this.#isStopped = true;
    this.#wake();
  }

  async #run() {
    this.#isRunning = true;
    while (this.#wanted.size && !this.#isStopped) await this.#attempt();
    this.#isRunning = false;
    if (!this.#isStopped) this.onLoaded();
  }

  async #attempt() {
    const loads = [...this.#wanted];
    this.#wanted.clear();
    this.#held ??= [];
    let error = null;
    try {
      await Promise.all(loads.map((load) => load()));
    } catch (problem) {
      error = problem;
    }
    if (this.#isStopped) return;
    const held = this.#held;
    this.#held = null;
    this.apply(held);
    this.onState(error);
    if (!error) return;
    loads.forEach((load) => this.#wanted.add(load));
    await this.#pause();
  }

  #pause() {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, RETRY_MS);
      this.#wake = () => { clearTimeout(timer); resolve(); };
    });
  }
}
