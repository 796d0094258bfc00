// media.js - what one sends in a call: the microphone, the camera, or the screen in its place.
//
// A camera that is off is let go of, so that its light goes out; a microphone that is muted stays open, so that it is
// back at once.

import { signal } from '@preact/signals';
import { preferences } from '../preferences.js';

/** Why there is no picture or sound, as the end of a key of the catalogue: calls.media.REASON. */
const REASONS = {
  NotAllowedError: 'denied',
  SecurityError: 'insecure',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

const GONE = new Set(['NotFoundError', 'OverconstrainedError']);

const VIDEO = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
const AUDIO = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

const WANTED = { audio: AUDIO, video: VIDEO };

async function openDevice(kind, id) {
  const wanted = id ? { ...WANTED[kind], deviceId: { exact: id } } : WANTED[kind];
  const stream = await navigator.mediaDevices.getUserMedia({ [kind]: wanted });
  return stream.getTracks()[0];
}

/** The device that was chosen in the settings; another one if it is not there. */
async function open(kind) {
  if (!navigator.mediaDevices) throw new DOMException('no secure context', 'SecurityError');
  const id = kind === 'audio' ? preferences.microphone.value : preferences.camera.value;
  try {
    return await openDevice(kind, id);
  } catch (error) {
    if (!id || !GONE.has(error.name)) throw error;
    return openDevice(kind, null);
  }
}

export class Media {
  #listener;
  #isClosed = false;

  /** `onTrack(kind, track|null)`: what is to be sent has changed. */
  constructor(onTrack) {
    this.#listener = onTrack;
    this.audio = signal(null);      // tracks, or null
    this.camera = signal(null);
    this.screen = signal(null);
    this.isMuted = signal(false);
    this.problems = signal({});     // {audio, video, screen: a reason}
  }

  get video() {
    return this.screen.value ?? this.camera.value;
  }

  /** The state that others are told of. */
  get state() {
    return {
      audio: this.audio.value !== null && !this.isMuted.value,
      video: this.camera.value !== null,
      screen: this.screen.value !== null,
    };
  }

  /** Whatever cannot be had is a problem that is shown, not a reason to have no call. */
  async openMicrophone() {
    const track = await this.#try('audio', () => open('audio'));
    if (!track) return;
    this.audio.value?.stop();
    track.enabled = !this.isMuted.value;
    track.onended = () => this.#ended('audio', track);
    this.audio.value = track;
    this.#listener('audio', track);
  }

  async openCamera() {
    const track = await this.#try('video', () => open('video'));
    if (!track) return;
    this.camera.value?.stop();
    track.onended = () => this.#ended('video', track);
    this.camera.value = track;
    this.#listener('video', this.video);
  }

  closeCamera() {
    this.camera.value?.stop();
    this.camera.value = null;
    this.#listener('video', this.video);
  }

  setMuted(isMuted) {
    this.isMuted.value = isMuted;
    if (this.audio.value) this.audio.value.enabled = !isMuted;
    this.#listener('audio', this.audio.value);
  }

  async shareScreen() {
    const track = await this.#try('screen', async () => {
      const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 15 } } });
      return stream.getVideoTracks()[0];
    });
    if (!track) return;
    track.contentHint = 'detail';
    track.onended = () => this.stopScreen();
    this.screen.value = track;
    this.#listener('video', track);
  }

  stopScreen() {
    this.screen.value?.stop();
    this.screen.value = null;
    this.#listener('video', this.video);
  }

  close() {
    this.#isClosed = true;
    for (const part of [this.audio, this.camera, this.screen]) {
      part.value?.stop();
      part.value = null;
    }
  }

  /** Whoever hangs up while the browser still asks for permission gets nothing. */
  async #try(part, work) {
    const { [part]: old, ...others } = this.problems.value;
    try {
      const track = await work();
      this.problems.value = others;
      if (!this.#isClosed) return track;
      track.stop();
      return null;
    } catch (error) {
      if (part === 'screen' && error.name === 'NotAllowedError') return null; // changed one's mind
      this.problems.value = { ...others, [part]: REASONS[error.name] ?? 'failed' };
      return null;
    }
  }

  #ended(kind, track) { // unplugged
    if (kind === 'audio' && this.audio.value === track) {
      this.audio.value = null;
      this.#listener('audio', null);
      this.openMicrophone();
    } else if (kind === 'video' && this.camera.value === track) {
      this.closeCamera();
    }
  }
}
