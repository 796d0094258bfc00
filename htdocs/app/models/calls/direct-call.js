// direct-call.js - a call between two people, from the first ring to its end.
//
//   out:  calling -> connecting -> active -> ended          in:  ringing -> connecting -> active -> ended
//
// The offer is what rings. Every page of the callee rings; the one that answers tells the others. A page that is opened again in
// the middle of the call takes it up where it was.

import { signal } from '@preact/signals';
import { newIdentifier } from '../../text/identifier.js';
import { me } from '../session.js';
import { iceServers } from './ice.js';
import { Link } from './link.js';
import { Media } from './media.js';
import { device, myAddress, sendLastSignal, sendSignal } from './signals.js';

const NO_ANSWER_MS = 45000;
const AWAY_MS = 8000; // that the other page may take to come back

/** Why calls end: what each means to others is said once, here. `type`: the signal; `isMissed`: the caller leaves a note. */
const ENDINGS = {
  'hung-up': { type: 'hangup' },
  declined: { type: 'reject' },
  cancelled: { type: 'hangup', isMissed: true },
  'no-answer': { type: 'hangup', isMissed: true },
  offline: { isMissed: true },
  busy: {}, 'is-declined': {}, 'is-hung-up': {}, 'is-cancelled': {}, elsewhere: {}, lost: { type: 'hangup' }, failed: { type: 'hangup' },
};

export class DirectCall {
  #onEnd;
  #link = null;
  #theirDevice = null;
  #isOurKind = false;    // the other page is one of this project: it understands what we add
  #early = [];           // signals that came before one has answered
  #timer = null;
  #away = null;

  /** `onEnd(call, isMissed)`; isMissed: the caller's page leaves a note in the conversation. */
  constructor({ address, name, isOutgoing, callId = newIdentifier(), withVideo = false, onEnd }) {
    this.kind = 'direct';
    this.address = address;
    this.name = name;
    this.callId = callId;
    this.isOutgoing = isOutgoing;
    this.withVideo = withVideo;
    this.#onEnd = onEnd;
    this.state = signal(isOutgoing ? 'calling' : 'ringing');
    this.ending = signal(null);                // a key of ENDINGS
    this.startedAt = signal(null);             // when it became active
    this.link = signal(null);                  // for the views
    this.remote = signal({ audio: true, video: withVideo, screen: false });
    this.media = new Media((kind, track) => this.#mediaChanged(kind, track));
  }

  get #isPolite() {
    return `${me.value.user.username}@${me.value.server_name}` < (this.address.includes('@') ? this.address : `${this.address}@${me.value.server_name}`);
  }

  // ---- one's own part ----

  /** Rings there. */
  async ring() {
    this.#timer = setTimeout(() => this.end('no-answer'), NO_ANSWER_MS);
    await this.#openMedia(this.withVideo);
    await this.#openLink();
    await this.#link?.start();
  }

  /** Takes an incoming call. */
  async accept(withCamera) {
    if (this.state.value !== 'ringing') return;
    this.state.value = 'connecting';
    clearTimeout(this.#timer);
    sendSignal(myAddress(), 'call-taken', { call_id: this.callId }).catch(() => {});
    await this.#openMedia(withCamera);
    await this.#openLink();
    for (const [kind, value] of this.#early.splice(0)) await this.#link?.receive(kind, value);
    this.#tellMedia();
  }

  /** Takes up a call that this browser was in before the page was opened again. */
  async resume({ withCamera, isMuted }) {
    this.state.value = 'connecting';
    this.#isOurKind = true;
    this.media.setMuted(isMuted);
    await this.#openMedia(withCamera);
    await this.#openLink();
    await this.#link?.start();
    this.#timer = setTimeout(() => this.state.value !== 'active' && this.end('lost'), AWAY_MS);
  }

  decline() {
    sendSignal(myAddress(), 'call-taken', { call_id: this.callId }).catch(() => {});
    this.end('declined');
  }

  hangUp() {
    this.end(this.state.value === 'calling' ? 'cancelled' : 'hung-up');
  }

  /** The page goes away: it may come back at once, if the other side can wait for that. */
  leavePage() {
    if (this.state.value === 'ended' || this.state.value === 'ringing') return null;
    const waits = this.#isOurKind && this.state.value === 'active';
    sendLastSignal(this.address, waits ? 'away' : 'hangup', { call_id: this.callId });
    return waits ? { kind: 'direct', address: this.address, name: this.name, callId: this.callId } : null;
  }

  reconnect() {
    this.#link?.restart();
  }

  end(ending) {
    if (this.state.value === 'ended') return;
    const { type, isMissed = false } = ENDINGS[ending];
    clearTimeout(this.#timer);
    clearTimeout(this.#away);
    this.state.value = 'ended';
    this.ending.value = ending;
    this.#link?.close();
    this.media.close();
    if (type) sendSignal(this.address, type, { call_id: this.callId }).catch(() => {});
    this.#onEnd(this, isMissed && this.isOutgoing);
  }

  // ---- what the other side says ----

  /** Whether a signal from this address is of this call: those of other clients do not name calls. */
  concerns(address, payload) {
    if (address !== this.address) return false;
    if (payload.call_id && payload.call_id !== this.callId) return false;
    return !payload.device || !this.#theirDevice || payload.device === this.#theirDevice || payload.type === 'offer';
  }

  async receive(type, payload) {
    const handle = {
      offer: () => this.#receiveOffer(payload),
      answer: () => this.#receiveAnswer(payload),
      'ice-candidate': () => this.#give('candidate', payload),
      hangup: () => this.end(this.state.value === 'ringing' ? 'is-cancelled' : 'is-hung-up'),
      reject: () => this.end('is-declined'),
      busy: () => this.end('busy'),
      away: () => this.#goneAway(),
      'media-state': () => { this.remote.value = { ...this.remote.value, ...pick(payload) }; },
      'screen-share-start': () => { this.remote.value = { ...this.remote.value, screen: true }; },
      'screen-share-stop': () => { this.remote.value = { ...this.remote.value, screen: false }; },
    }[type];
    await handle?.();
  }

  async #receiveOffer(payload) {
    const isNewPage = payload.device && this.#theirDevice && payload.device !== this.#theirDevice;
    this.#isOurKind ||= Boolean(payload.device);
    this.#theirDevice = payload.device ?? null;
    clearTimeout(this.#away);
    if (isNewPage && this.state.value !== 'ringing') { // they have opened their page again
      this.#link?.close();
      await this.#openLink();
    }
    await this.#give('description', { type: 'offer', sdp: payload.sdp });
    if (isNewPage) this.#tellMedia();
  }

  async #receiveAnswer(payload) {
    if (!this.#link) return;
    this.#isOurKind ||= Boolean(payload.device);
    this.#theirDevice ??= payload.device ?? null;
    if (this.state.value === 'calling') {
      clearTimeout(this.#timer);
      this.state.value = 'connecting';
    }
    await this.#give('description', { type: 'answer', sdp: payload.sdp });
    this.#tellMedia();
  }

  async #give(kind, value) {
    if (this.#link) await this.#link.receive(kind, value);
    else this.#early.push([kind, value]);
  }

  #goneAway() {
    clearTimeout(this.#away);
    this.#away = setTimeout(() => this.end('is-hung-up'), AWAY_MS);
  }

  // ---- the connection ----

  async #openMedia(withCamera) {
    await this.media.openMicrophone();
    if (withCamera) await this.media.openCamera();
    if (this.state.value === 'ended') this.media.close();
  }

  async #openLink() {
    const servers = await iceServers().catch(() => []);
    if (this.state.value === 'ended') return;
    const link = new Link({
      iceServers: servers,
      isPolite: this.#isPolite,
      mayRestart: () => this.#isOurKind,
      send: (kind, value) => this.#sendOut(kind, value),
    });
    this.#link = link;
    this.link.value = link;
    link.setTrack('audio', this.media.audio.value);
    link.setTrack('video', this.media.video);
    link.state.subscribe((state) => { if (link === this.#link) this.#linkChanged(state); });
  }

  async #sendOut(kind, value) {
    const fields = { ...value, call_id: this.callId };
    if (kind === 'candidate') {
      sendSignal(this.address, 'ice-candidate', fields).catch(() => {});
      return;
    }
    try {
      const answer = await sendSignal(this.address, value.type, { ...fields, video: this.withVideo });
      if (answer === 'offline' && this.state.value === 'calling') this.end('offline');
    } catch {
      this.end('failed');
    }
  }

  #linkChanged(state) {
    if (state === 'connected' && this.state.value !== 'active') {
      clearTimeout(this.#timer);
      this.state.value = 'active';
      this.startedAt.value ??= new Date();
    }
    if (state === 'failed') this.end('lost');
  }

  #mediaChanged(kind, track) {
    this.#link?.setTrack(kind, track);
    this.#tellMedia();
  }

  #lastScreen = false;

  #tellMedia() {
    if (this.state.value !== 'connecting' && this.state.value !== 'active') return;
    const state = this.media.state;
    sendSignal(this.address, 'media-state', { ...state, call_id: this.callId }).catch(() => {});
    if (state.screen === this.#lastScreen) return;
    this.#lastScreen = state.screen;
    sendSignal(this.address, state.screen ? 'screen-share-start' : 'screen-share-stop').catch(() => {});
  }
}

const pick = ({ audio, video, screen }) => ({ audio: Boolean(audio), video: Boolean(video), screen: Boolean(screen) });

/** This page's part of a call is told from that of the person's other pages by this. */
export const isThisPage = (payload) => payload.device === device;
