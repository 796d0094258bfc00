// event-source.js - server-sent events (WHATWG HTML, 9.2) by fetch. Unlike the browser's EventSource it says which
// status refused it, resumes after any id, and notices by the server's comments when a connection has died silently.

/** Splits a stream of text into frames: {id, event, data}; a frame without data still carries its id. */
export class FrameParser {
  #buffer = '';

  /** Takes a piece; calls the function for each frame that it completes. */
  push(text, onFrame) {
    this.#buffer += text;
    const frames = this.#buffer.split(/\r?\n\r?\n/);
    this.#buffer = frames.pop();
    for (const frame of frames) onFrame(FrameParser.#read(frame));
  }

  static #read(text) {
    const frame = { id: null, event: 'message', data: null, retry: null };
    for (const line of text.split(/\r?\n/)) {
      const colon = line.indexOf(':');
      const name = colon === -1 ? line : line.slice(0, colon);
      const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (name === 'data') frame.data = frame.data === null ? value : `${frame.data}\n${value}`;
      else if (name === 'id') frame.id = value;
      else if (name === 'event') frame.event = value;
      else if (name === 'retry' && /^\d+$/.test(value)) frame.retry = Number(value);
    }
    return frame;
  }
}

/**
 * Reads one connection to its end. Throws {status} if it was refused; returns when the server has ended it or the
 * signal has. `onOpen()` once the server has accepted, `onFrame(frame)` for each frame, `onSign()` whenever anything
 * comes.
 */
export async function readEvents(path, { lastEventId, signal, onOpen, onFrame, onSign }) {
  const headers = { accept: 'text/event-stream' };
  if (lastEventId) headers['last-event-id'] = lastEventId;
  const answer = await fetch(path, { headers, signal, credentials: 'same-origin', cache: 'no-store' });
  if (!answer.ok) {
    await answer.body?.cancel();
    throw Object.assign(new Error(`refused with ${answer.status}`), { status: answer.status });
  }
  onOpen();
  const parser = new FrameParser();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    onSign();
    parser.push(value, onFrame);
  }
}
