// direct-call.js - a call between two people, from the first ring to its end.
//
//   out:  calling -> connecting -> active -> ended          in:  ringing -> connecting -> active -> ended
//
// The offer is what rings. Every page of the callee rings; the one that answers tells the others. A page that is opened
// again in the middle of the call takes it up where it was.

import { signal } from '@preact/signals';
import { newIdentifier } from '../../text/identifier.js';
import { iceServers } from './ice.js';
import { Link } from './link.js';
import { Media } from './media.js';
import { rules } from './rules.js';
import { isPoliteTo, mediaOf, mention, myAddress, sendLastSignal, sendSignal } from './signals.js';

/**
 * Why calls end: what each means to others is said once, here. `type`: the signal; `isMissed`: the caller leaves a
 * note.
 */
const ENDINGS = {
  'hung-up': { type: 'hangup' },
  declined: { type: 'reject' },
  cancelled: { type: 'hangup', isMissed: true },
  'no-answer': { type: 'hangup', isMissed: true },
  offline: { isMissed: true },
  busy: { isMissed: true },
  'is-declined': {},
  'is-hung-up': {},
  'is-cancelled': {},
  elsewhere: {},
  lost: { type: 'hangup' },
  failed: { type: 'hangup' },
};

const NOTHING_KNOWN = { audio: true, video: null, screen: false };

export class DirectCall {
  #onEnd;
  #link = null;
  #theirDevice = null;
  #isOurKind = false;    // the other page is one of this project: it understands what we add
  #early = [];           // descriptions and candidates that came before one has answered
  #turn = Promise.resolve();
  #timer = null;         // of the state that the call is in
  #away = null;
  #toldScreen = false;

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
    this.remote = signal(NOTHING_KNOWN);       // what they say they send; video null: what comes says it
    this.media = new Media((kind, track) => this.#mediaChanged(kind, track));
    if (!isOutgoing) this.#endAfter(rules.ringMs, 'is-cancelled');
  }

  #endAfter(wait, ending) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end(ending), wait);
  }

  // ---- one's own part ----

  /** Rings there. */
  async ring() {
    await this.#openMedia(this.withVideo);
    if (this.state.value === 'ended') return;
    this.#endAfter(rules.noAnswerMs, 'no-answer');
    await this.#openLink();
    await this.#link?.start();
  }

  /** Takes an incoming call. */
  accept(withCamera) {
    if (this.state.value !== 'ringing') return;
    this.state.value = 'connecting';
    clearTimeout(this.#timer);
    mention(myAddress(), 'call-taken', { call_id: this.callId });
    this.#inTurn(async () => {
      await this.#openMedia(withCamera);
      this.#endAfter(rules.connectMs, 'lost');
      await this.#openLink();
      for (const [kind, value] of this.#early.splice(0)) await this.#link?.receive(kind, value);
      this.#tellMedia();
    });
  }

  /** Takes up a call that this browser was in before the page was opened again. */
  async resume({ withCamera, isMuted, startedAt }) {
    this.state.value = 'connecting';
    this.#endAfter(rules.connectMs, 'lost');
    this.#isOurKind = true;
    if (startedAt) this.startedAt.value = new Date(startedAt);
    this.media.setMuted(isMuted);
    await this.#openMedia(withCamera);
    await this.#openLink();
    await this.#link?.start();
  }

  decline() {
    mention(myAddress(), 'call-taken', { call_id: this.callId });
    this.end('declined');
  }

  /** Hangs up; done when the other side has been told. */
  leave() {
    return this.end(this.state.value === 'calling' ? 'cancelled' : 'hung-up');
  }

  /** The page goes away: it may come back at once, if the other side can wait for that. */
  leavePage() {
    const waits = this.#isOurKind && this.state.value === 'active';
    sendLastSignal(this.address, waits ? 'away' : 'hangup', { call_id: this.callId });
    const { address, name, callId, withVideo } = this;
    return waits ? { kind: 'direct', address, name, callId, withVideo } : null;
  }

  reconnect() {
    this.#link?.restart();
  }

  async end(ending) {
    if (this.state.value === 'ended') return;
    const { type, isMissed = false } = ENDINGS[ending];
    clearTimeout(this.#timer);
    clearTimeout(this.#away);
    this.ending.value = ending;
    this.state.value = 'ended';
    this.#link?.close();
    this.media.close();
    this.#onEnd(this, isMissed && this.isOutgoing);
    // who was busy in one place may ring in another: clients of other kinds would take it for the end of their own call
    const tells = type ?? (ending === 'busy' && this.#isOurKind ? 'hangup' : null);
    if (tells) await sendSignal(this.address, tells, { call_id: this.callId }).catch(() => {});
  }

  // ---- what the other side says ----

  /** Whether a signal from this address is of this call: those of other clients do not name calls. */
  concerns(address, type, payload) {
    if (address !== this.address) return false;
    if (payload.call_id && payload.call_id !== this.callId) return false;
    return !payload.device || !this.#theirDevice || payload.device === this.#theirDevice || type === 'offer';
  }

  receive(type, payload) {
    const handle = {
      offer: () => this.#inTurn(() => this.#receiveOffer(payload)),
      answer: () => this.#inTurn(() => this.#receiveAnswer(payload)),
      'ice-candidate': () => this.#inTurn(() => this.#give('candidate', payload)),
      hangup: () => this.end(this.state.value === 'ringing' ? 'is-cancelled' : 'is-hung-up'),
      reject: () => this.end('is-declined'),
      busy: () => this.#isBusyThere(payload),
      away: () => this.#goneAway(),
      'media-state': () => { this.remote.value = mediaOf(payload); },
      'screen-share-start': () => { this.remote.value = { ...this.remote.value, screen: true }; },
      'screen-share-stop': () => { this.remote.value = { ...this.remote.value, screen: false }; },
    };
    if (Object.hasOwn(handle, type)) handle[type]();
  }

  /** One after the other; what cannot be understood ends a call that has not begun. */
  #inTurn(work) {
    this.#turn = this.#turn.then(() => this.state.value !== 'ended' && work()).catch(() => {
      if (this.state.value !== 'active') this.end('failed');
    });
  }

  async #receiveOffer({ device = null, sdp, again }) {
    const isNewPage = this.#link !== null && this.#link.isReplacedBy(sdp);
    this.#isOurKind ||= device !== null;
    this.#theirDevice = device;
    clearTimeout(this.#away);
    if (isNewPage) { // they have opened their page again
      this.#link.close();
      await this.#openLink();
    }
    await this.#give('description', { type: 'offer', sdp, again });
    if (isNewPage) this.#tellMedia();
  }

  async #receiveAnswer({ device = null, sdp }) {
    if (!this.#link) return;
    this.#isOurKind ||= device !== null;
    this.#theirDevice ??= device;
    if (this.state.value === 'calling') {
      this.state.value = 'connecting';
      this.#endAfter(rules.connectMs, 'lost');
    }
    await this.#give('description', { type: 'answer', sdp });
    this.#tellMedia();
  }

  async #give(kind, value) {
    if (this.#link) await this.#link.receive(kind, value);
    else this.#early.push([kind, value]);
  }

  #isBusyThere({ device = null }) {
    if (this.state.value !== 'calling') return;
    this.#isOurKind ||= device !== null;
    this.end('busy');
  }

  #goneAway() {
    clearTimeout(this.#away);
    this.#away = setTimeout(() => this.end('is-hung-up'), rules.awayMs);
  }

  // ---- the connection ----

  async #openMedia(withCamera) {
    await this.media.openMicrophone();
    if (withCamera) await this.media.openCamera();
  }

  async #openLink() {
    const servers = await iceServers().catch(() => []);
    if (this.state.value === 'ended') return;
    const link = new Link({
      servers,
      isPolite: isPoliteTo(this.address),
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
      mention(this.address, 'ice-candidate', fields);
      return;
    }
    const isFirst = this.state.value === 'calling';
    const added = value.type === 'offer' ? { video: this.withVideo, is_resumed: !isFirst } : {};
    try {
      const answer = await sendSignal(this.address, value.type, { ...fields, ...added });
      if (answer === 'offline' && this.state.value === 'calling') this.end('offline');
    } catch {
      if (this.state.value !== 'active') this.end('failed');
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

  // ---- what one sends ----

  #mediaChanged(kind, track) {
    this.#link?.setTrack(kind, track);
    this.#tellMedia();
  }

  #tellMedia() {
    if (this.state.value !== 'connecting' && this.state.value !== 'active') return;
    const { state } = this.media;
    mention(this.address, 'media-state', { ...state, call_id: this.callId });
    if (state.screen === this.#toldScreen) return;
    this.#toldScreen = state.screen;
    mention(this.address, state.screen ? 'screen-share-start' : 'screen-share-stop');
  }
}
