// link.js - the connection to one other person in a call: WebRTC with "perfect negotiation" (W3C WebRTC 1.0, 10.7).
//
// Always holds: there is one audio and one video channel from the first offer on, whether or not there is something to
// send. So muting, changing devices and sharing the screen never need another offer, which clients of other kinds may
// not expect.

import { signal } from '@preact/signals';
import { iceServers } from './ice.js';
import { measure } from './quality.js';
import { rules } from './rules.js';

const MEASURE_MS = 2000;
const KINDS = ['audio', 'video'];

const fingerprintOf = (sdp) => /^a=fingerprint:(.*)$/m.exec(sdp ?? '')?.[1];

export class Link {
  #connection;
  #send;
  #isPolite;
  #mayRestart;
  #sending = new MediaStream(); // what the others' pages find our tracks under
  #tracks = { audio: null, video: null };
  #turn = Promise.resolve();
  #isOffering = false;
  #waitingCandidates = [];      // until there is a description
  #restartTimer = null;
  #giveUpTimer = null;
  #measuring = null;
  #lastMeasure = null;

  /**
   * `send(kind, value)` tells the other side: 'description' or 'candidate'. `isPolite`: gives way when both offer at
   * once; the two sides differ in it. `mayRestart()`: the other side understands an offer in the middle of a call.
   */
  constructor({ servers, isPolite, send, mayRestart = () => true }) {
    this.#connection = new RTCPeerConnection({ iceServers: servers, iceTransportPolicy: rules.iceTransportPolicy });
    this.#isPolite = isPolite;
    this.#send = send;
    this.#mayRestart = mayRestart;
    /** 'new', 'connected', 'reconnecting', 'failed', 'closed' */
    this.state = signal('new');
    /** What comes from there. */
    this.stream = new MediaStream();
    /** Changes whenever a track is added to the stream. */
    this.tracks = signal(0);
    /** Whether a picture comes. */
    this.hasPicture = signal(false);
    /** 'good', 'fair', 'poor', or null: not known. */
    this.quality = signal(null);
    this.#follow();
  }

  get connection() {
    return this.#connection;
  }

  /** Makes the first offer. */
  start() {
    const options = { direction: 'sendrecv', streams: [this.#sending] };
    for (const kind of KINDS) this.#connection.addTransceiver(kind, options);
    this.#putTracks();
    return this.#offer();
  }

  /** Sends this track from now on; null: nothing. */
  setTrack(kind, track) {
    this.#tracks[kind] = track;
    return this.#putTracks().catch(() => {}); // closed meanwhile
  }

  /** One after the other. Throws what the browser throws of a description that it cannot use. */
  receive(kind, value) {
    const received = this.#turn.then(() => {
      if (this.state.value === 'closed') return undefined;
      return kind === 'description' ? this.#receiveDescription(value) : this.#receiveCandidate(value);
    });
    this.#turn = received.catch(() => {});
    return received;
  }

  /** Whether an offer is of another connection than the one that was described before: their page was opened again. */
  isReplacedBy(sdp) {
    const known = this.#connection.remoteDescription;
    return known !== null && fingerprintOf(known.sdp) !== fingerprintOf(sdp);
  }

  /** New candidates over the same connection: after a change of network. */
  restart() {
    if (this.state.value === 'closed' || !this.#mayRestart()) return;
    const { signalingState, localDescription } = this.#connection;
    if (signalingState === 'have-local-offer') this.#describe(localDescription); // the last one was lost
    else this.#renew();
  }

  /** With credentials that still hold: a call may last longer than those with which it began. */
  async #renew() {
    const servers = await iceServers().catch(() => null);
    if (this.state.value === 'closed') return;
    const { iceTransportPolicy } = rules;
    if (servers) this.#connection.setConfiguration({ iceServers: servers, iceTransportPolicy });
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
    connection.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) this.#send('candidate', candidate.toJSON());
    };
    connection.ontrack = ({ track }) => {
      this.stream.addTrack(track);
      this.tracks.value += 1;
      if (track.kind !== 'video') return;
      const look = () => { this.hasPicture.value = !track.muted; };
      Object.assign(track, { onmute: look, onunmute: look });
      look();
    };
    connection.onnegotiationneeded = () => {
      // the first offer is made by start(); later ones come from restartIce
      if (connection.remoteDescription) this.#offer().catch(() => {});
    };
    connection.onconnectionstatechange = () => this.#connectionChanged();
  }

  async #offer() {
    try {
      this.#isOffering = true;
      await this.#connection.setLocalDescription();
      this.#describe(this.#connection.localDescription);
      if (this.state.value === 'new') this.#restartLater(rules.restartEveryMs);
    } catch (error) {
      if (this.state.value !== 'closed') throw error;
    } finally {
      this.#isOffering = false;
    }
  }

  /** `again`: it goes on with a connection that there was, of which a page that was opened again knows nothing. */
  #describe({ type, sdp }) {
    this.#send('description', { type, sdp, again: this.#connection.currentRemoteDescription !== null });
  }

  async #receiveDescription({ type, sdp, again = false }) {
    const connection = this.#connection;
    if (again && type === 'offer' && connection.remoteDescription === null) return; // an offer of ours is on its way
    const isCollision = type === 'offer' && (this.#isOffering || connection.signalingState !== 'stable');
    if (isCollision && !this.#isPolite) return; // ours stands
    const isTooLate = connection.signalingState !== 'have-local-offer' || this.isReplacedBy(sdp);
    if (type === 'answer' && isTooLate) return;
    await connection.setRemoteDescription({ type, sdp }); // rolls back an offer of ours
    for (const candidate of this.#waitingCandidates.splice(0)) await this.#receiveCandidate(candidate);
    if (type !== 'offer') return;
    await this.#putTracks();
    await connection.setLocalDescription();
    this.#describe(connection.localDescription);
  }

  /** One that is of no use, be it of an offer that was not taken, is no reason to end anything. */
  async #receiveCandidate(candidate) {
    if (!this.#connection.remoteDescription) this.#waitingCandidates.push(candidate);
    else await this.#connection.addIceCandidate(candidate).catch(() => {});
  }

  /**
   * Puts what is to be sent on the channels that there are; those that an offer made are only for receiving at first.
   * Those of an own offer that gave way to it are not needed any more.
   */
  async #putTracks() {
    const transceivers = this.#connection.getTransceivers().filter((one) => one.currentDirection !== 'stopped');
    for (const kind of KINDS) {
      if (this.#connection.signalingState === 'closed') return; // while the one before was put
      const ofKind = transceivers.filter((one) => one.receiver.track.kind === kind);
      const transceiver = ofKind.find((one) => one.mid !== null) ?? ofKind[0];
      if (!transceiver) continue;
      if (transceiver.mid !== null) ofKind.filter((one) => one.mid === null).forEach((one) => one.stop());
      if (transceiver.direction === 'recvonly') {
        transceiver.direction = 'sendrecv';
        transceiver.sender.setStreams(this.#sending);
      }
      if (transceiver.sender.track !== this.#tracks[kind]) await this.#replace(transceiver.sender, this.#tracks[kind]);
    }
  }

  async #replace(sender, track) {
    await sender.replaceTrack(track).catch((error) => {
      if (this.#connection.signalingState !== 'closed') throw error;
    });
  }

  // ---- how it goes ----

  #connectionChanged() {
    const { connectionState } = this.#connection;
    if (connectionState === 'connected') {
      clearTimeout(this.#restartTimer);
      clearTimeout(this.#giveUpTimer);
      this.#giveUpTimer = null;
      this.state.value = 'connected';
      this.#measuring ??= setInterval(() => this.#measure(), MEASURE_MS);
    } else if (connectionState === 'disconnected' || connectionState === 'failed') {
      this.state.value = 'reconnecting';
      this.#giveUpTimer ??= setTimeout(() => { this.state.value = 'failed'; }, rules.giveUpMs);
      this.#restartLater(connectionState === 'failed' ? 0 : rules.restartAfterMs);
    }
  }

  /** Again and again: what is said while the network is away does not arrive. */
  #restartLater(wait) {
    clearTimeout(this.#restartTimer);
    this.#restartTimer = setTimeout(() => {
      const isLost = this.state.value === 'new' && this.#connection.signalingState === 'have-local-offer';
      if (isLost || this.state.value === 'reconnecting') this.restart();
      if (this.state.value === 'connected' || this.state.value === 'closed') return;
      this.#restartLater(rules.restartEveryMs);
    }, wait);
  }

  async #measure() {
    const { quality, sum } = measure(await this.#connection.getStats(), this.#lastMeasure);
    this.#lastMeasure = sum;
    this.quality.value = quality;
  }
}
