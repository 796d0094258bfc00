// devices.js - cameras, microphones and speakers of this computer, and trying them out.
//
// Always holds: a camera or microphone is on only while its trial says so; whoever starts a trial ends it, and an
// answer of the browser that comes after that end switches off again at once.

import { signal } from '@preact/signals';
import { preferences } from './preferences.js';

/** [{id, label}] each; labels are '' until the browser has been allowed to tell them. */
export const devices = { camera: signal([]), microphone: signal([]), speaker: signal([]) };

const KINDS = { camera: 'videoinput', microphone: 'audioinput', speaker: 'audiooutput' };

/** Browsers lend devices to pages of a secure context only. */
export const canUseDevices = () => Boolean(navigator.mediaDevices?.getUserMedia);

export const canChooseSpeaker = () => canUseDevices() && 'setSinkId' in HTMLMediaElement.prototype;

async function listDevices() {
  let found = [];
  try {
    found = await navigator.mediaDevices.enumerateDevices();
  } catch { /* none that one could use */ }
  for (const [kind, type] of Object.entries(KINDS)) {
    const list = found.filter((device) => device.kind === type && device.deviceId !== '');
    devices[kind].value = list.map(({ deviceId: id, label }) => ({ id, label }));
  }
}

/** Keeps the lists up to date as devices come and go, until the function that it returns is called. */
export function followDevices() {
  if (!canUseDevices()) return () => {};
  navigator.mediaDevices.addEventListener('devicechange', listDevices);
  listDevices();
  return () => navigator.mediaDevices.removeEventListener('devicechange', listDevices);
}

/** What a refusal of getUserMedia means. */
const PROBLEMS = {
  NotAllowedError: 'refused', SecurityError: 'refused', NotFoundError: 'missing', NotReadableError: 'busy', AbortError: 'busy',
};

const MEDIA = { camera: 'video', microphone: 'audio' };

async function askFor(kind, id) {
  return navigator.mediaDevices.getUserMedia({ [MEDIA[kind]]: id ? { deviceId: { exact: id } } : true });
}

const isGone = (error) => error.name === 'OverconstrainedError' || error.name === 'NotFoundError';

const stopStream = (stream) => stream.getTracks().forEach((track) => track.stop());

/** One camera or microphone that is tried out. */
export class Trial {
  /** 'off', 'asking', 'on', or what is wrong: 'refused', 'missing', 'busy', 'gone', 'failed', 'unsupported'. */
  state = signal('off');
  /** The MediaStream while it is on, else null. */
  stream = signal(null);
  /** True if another one is on than the one that was chosen, which is not there. */
  isReplaced = signal(false);
  #kind;
  #attempt = 0;

  constructor(kind) {
    this.#kind = kind;
    if (!canUseDevices()) this.state.value = 'unsupported';
  }

  /** Asks for the device that was chosen. Called from a click: the browser may ask whether it may. */
  async start() {
    if (!canUseDevices()) return;
    this.stop();
    const attempt = this.#attempt;
    this.state.value = 'asking';
    try {
      const stream = await this.#open(preferences[this.#kind].value);
      if (attempt !== this.#attempt) {
        stopStream(stream);
        return;
      }
      this.#use(stream);
    } catch (error) {
      if (attempt === this.#attempt) this.state.value = PROBLEMS[error.name] ?? 'failed';
    }
    listDevices(); // now with their names
  }

  async #open(id) {
    this.isReplaced.value = false;
    try {
      return await askFor(this.#kind, id);
    } catch (error) {
      if (!id || !isGone(error)) throw error;
      const stream = await askFor(this.#kind, null);
      this.isReplaced.value = true;
      return stream;
    }
  }

  #use(stream) {
    this.stream.value = stream;
    this.state.value = 'on';
    stream.getTracks()[0].addEventListener('ended', () => { // not by us: unplugged, or taken back
      if (this.stream.value !== stream) return;
      this.stop();
      this.state.value = 'gone';
    });
  }

  stop() {
    this.#attempt += 1;
    const stream = this.stream.value;
    this.stream.value = null;
    if (stream) stopStream(stream);
    if (this.state.value === 'on' || this.state.value === 'asking') this.state.value = 'off';
  }
}

/** Calls the function with how loud a stream is, 0 to 1, each frame, until the function that it returns is called. */
export function measureLevel(stream, onLevel) {
  const audio = new AudioContext();
  const analyser = new AnalyserNode(audio, { fftSize: 1024 });
  const samples = new Float32Array(analyser.fftSize);
  audio.createMediaStreamSource(stream).connect(analyser);
  let frame;
  const measure = () => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    const decibels = 10 * Math.log10(power + 1e-9);
    onLevel(Math.min(1, Math.max(0, (decibels + 60) / 60)));
    frame = requestAnimationFrame(measure);
  };
  measure();
  return () => {
    cancelAnimationFrame(frame);
    audio.close();
  };
}

const TONE_SECONDS = 0.8;

/** A tone from the speaker that was chosen. Throws what the browser throws where it cannot. */
export async function playTestTone() {
  const audio = new AudioContext();
  const destination = audio.createMediaStreamDestination();
  const element = new Audio();
  element.srcObject = destination.stream;
  try {
    if (canChooseSpeaker()) await element.setSinkId(preferences.speaker.value ?? '');
    const tone = new OscillatorNode(audio, { frequency: 523 });
    const volume = new GainNode(audio, { gain: 0.15 });
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + TONE_SECONDS);
    tone.connect(volume).connect(destination);
    await element.play();
    const ended = new Promise((resolve) => { tone.onended = resolve; });
    tone.start();
    tone.stop(audio.currentTime + TONE_SECONDS);
    await ended;
  } finally {
    element.pause();
    element.srcObject = null;
    audio.close();
  }
}
