// link.js - the connection to one other person in a call: WebRTC with "perfect negotiation" (W3C WebRTC 1.0, 10.7).
//
// Always holds: there is one audio and one video channel from the first offer on, whether or not there is something to send. So
// muting, changing devices and sharing the screen never need another offer, which clients of other kinds may not expect.

import { signal } from '@preact/signals';

const RESTART_AFTER_MS = 2000;  // of "disconnected", which often mends itself; "failed" comes some 30 s late
const MEASURE_MS = 2000;
const GIVE_UP_MS = 45000;

const KINDS = ['audio', 'video'];

export class Link {
  #connection;
  #send;
  #isPolite;
  #tracks = { audio: null, video: null };
  #isOffering = false;
  #ignoresOffer = false;
  #waitingCandidates = [];   // until there is a description
  #restartTimer = null;
  #giveUpTimer = null;
  #measuring = null;
  #lastMeasure = null;
  #mayRestart;

  /**
   * `send(kind, value)` tells the other side: 'description' or 'candidate'. `isPolite`: gives way when both offer at once; the
   * two sides differ in it. `mayRestart()`: the other side understands an offer in the middle of a call.
   */
  constructor({ iceServers, iceTransportPolicy = 'all', isPolite, send, mayRestart = () => true }) {
    this.#connection = new RTCPeerConnection({ iceServers, iceTransportPolicy });
    this.#isPolite = isPolite;
    this.#send = send;
    this.#mayRestart = mayRestart;
    /** 'new', 'connected', 'reconnecting', 'failed', 'closed' */
    this.state = signal('new');
    /** What comes from there. */
    this.stream = new MediaStream();
    /** Changes whenever a track is added to the stream. */
    this.tracks = signal(0);
    /** 'good', 'fair', 'poor', or null: not known. */
    this.quality = signal(null);
    this.#follow();
  }

  get connection() {
    return this.#connection;
  }

  /** Makes the first offer. */
  start() {
    for (const kind of KINDS) this.#connection.addTransceiver(kind, { direction: 'sendrecv' });
    this.#putTracks();
    return this.#offer();
  }

  /** Sends this track from now on; null: nothing. */
  setTrack(kind, track) {
    this.#tracks[kind] = track;
    return this.#putTracks();
  }

  async receive(kind, value) {
    if (this.state.value === 'closed') return;
    if (kind === 'description') await this.#receiveDescription(value);
    else await this.#receiveCandidate(value);
  }

  /** New candidates over the same connection: after a change of network. */
  restart() {
    if (this.state.value === 'closed' || !this.#mayRestart()) return;
    this.#connection.restartIce(); // makes "negotiationneeded" fire
  }

  close() {
    clearTimeout(this.#restartTimer);
    clearTimeout(this.#giveUpTimer);
    clearInterval(this.#measuring);
    this.#connection.close();
    this.state.value = 'closed';
  }

  // ---- negotiation ----

  #follow() {
    const connection = this.#connection;
    connection.onicecandidate = ({ candidate }) => { if (candidate) this.#send('candidate', candidate.toJSON()); };
    connection.ontrack = ({ track }) => {
      this.stream.addTrack(track);
      this.tracks.value += 1;
    };
    connection.onnegotiationneeded = () => {
      // the first offer is made by start(); later ones come from restartIce
      if (connection.remoteDescription) this.#offer();
    };
    connection.onconnectionstatechange = () => this.#connectionChanged();
  }

  async #offer() {
    try {
      this.#isOffering = true;
      await this.#connection.setLocalDescription();
      this.#send('description', this.#connection.localDescription.toJSON());
    } catch (error) {
      if (this.state.value !== 'closed') throw error;
    } finally {
      this.#isOffering = false;
    }
  }

  async #receiveDescription(description) {
    const connection = this.#connection;
    const isCollision = description.type === 'offer' && (this.#isOffering || connection.signalingState !== 'stable');
    this.#ignoresOffer = isCollision && !this.#isPolite;
    if (this.#ignoresOffer) return;
    if (description.type === 'answer' && connection.signalingState !== 'have-local-offer') return; // one too many
    await connection.setRemoteDescription(description); // rolls back an offer of ours
    await this.#takeWaitingCandidates();
    if (description.type !== 'offer') return;
    await this.#putTracks();
    await connection.setLocalDescription();
    this.#send('description', connection.localDescription.toJSON());
  }

  async #receiveCandidate(candidate) {
    if (!this.#connection.remoteDescription) {
      this.#waitingCandidates.push(candidate);
      return;
    }
    try {
      await this.#connection.addIceCandidate(candidate);
    } catch (error) {
      if (!this.#ignoresOffer && this.state.value !== 'closed') throw error;
    }
  }

  async #takeWaitingCandidates() {
    const waiting = this.#waitingCandidates;
    this.#waitingCandidates = [];
    for (const candidate of waiting) await this.#receiveCandidate(candidate);
  }

  /** Puts what is to be sent on the channels that there are; those that an offer made are only for receiving at first. */
  async #putTracks() {
    const transceivers = this.#connection.getTransceivers().filter((one) => one.currentDirection !== 'stopped' && !one.stopped);
    for (const kind of KINDS) {
      const transceiver = transceivers.find((one) => one.receiver.track.kind === kind);
      if (!transceiver) continue;
      if (transceiver.direction === 'recvonly') transceiver.direction = 'sendrecv';
      if (transceiver.sender.track !== this.#tracks[kind]) await transceiver.sender.replaceTrack(this.#tracks[kind]);
    }
  }

  // ---- how it goes ----

  #connectionChanged() {
    const { connectionState } = this.#connection;
    clearTimeout(this.#restartTimer);
    if (connectionState === 'connected') {
      clearTimeout(this.#giveUpTimer);
      this.#giveUpTimer = null;
      this.state.value = 'connected';
      this.#measuring ??= setInterval(() => this.#measure(), MEASURE_MS);
    } else if (connectionState === 'disconnected' || connectionState === 'failed') {
      this.state.value = 'reconnecting';
      this.#giveUpTimer ??= setTimeout(() => { this.state.value = 'failed'; }, GIVE_UP_MS);
      this.#restartTimer = setTimeout(() => this.restart(), connectionState === 'failed' ? 0 : RESTART_AFTER_MS);
    }
  }

  /** Losses and delays since the last look. */
  async #measure() {
    const sum = { lost: 0, received: 0, delay: 0 };
    for (const report of (await this.#connection.getStats()).values()) {
      if (report.type === 'inbound-rtp') {
        sum.lost += report.packetsLost ?? 0;
        sum.received += report.packetsReceived ?? 0;
      } else if (report.type === 'candidate-pair' && report.nominated && report.currentRoundTripTime !== undefined) {
        sum.delay = Math.max(sum.delay, report.currentRoundTripTime);
      }
    }
    const last = this.#lastMeasure ?? sum;
    this.#lastMeasure = sum;
    const lost = sum.lost - last.lost;
    const share = lost / Math.max(1, lost + sum.received - last.received);
    if (share > 0.08 || sum.delay > 0.6) this.quality.value = 'poor';
    else if (share > 0.02 || sum.delay > 0.25) this.quality.value = 'fair';
    else this.quality.value = 'good';
  }
}
