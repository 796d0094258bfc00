// group-call.js - a channel's call: a link to everybody else in it (a mesh). The server knows who is in it; whoever
// joins makes the offers.

import { signal } from '@preact/signals';
import { post } from '../../net/api.js';
import { channelById } from '../channels.js';
import { myId } from '../session.js';
import { forgetIceServers, iceServers } from './ice.js';
import { Link } from './link.js';
import { Media } from './media.js';
import { rules } from './rules.js';
import { addressOfUser, fullAddress, isPoliteTo, mediaOf, mention, myAddress } from './signals.js';

const NOTHING_KNOWN = { audio: true, video: null, screen: false };

const addressOf = ({ username, server_name: server }) => addressOfUser({ username, server });

/** Some clients send the description, some only its text. */
const descriptionOf = (type, { sdp, again }) => ({ type, again, sdp: typeof sdp === 'string' ? sdp : sdp?.sdp });

export class GroupCall {
  #servers = [];
  #settling = null;
  #entered;                              // a promise: those who join after us may offer before the server answers
  #turns = new Map();                    // address -> promise: what somebody says is handled one after the other

  constructor({ channelId }) {
    this.kind = 'group';
    this.channelId = channelId;
    this.state = signal('joining');      // joining, active, ended
    this.ending = signal(null);          // 'left', 'full', 'failed', 'elsewhere'
    this.startedAt = signal(null);
    this.members = signal(new Map());    // address -> {address, name, device, missingSince, link, remote}
    this.media = new Media((kind, track) => this.#mediaChanged(kind, track));
  }

  /** Throws an ApiError if the server will not have us. */
  join(options) {
    const joining = this.#join(options);
    this.#entered = joining.catch(() => {});
    return joining;
  }

  async #join({ withCamera, isMuted = false, startedAt }) {
    this.media.setMuted(isMuted);
    await this.media.openMicrophone();
    if (withCamera) await this.media.openCamera();
    this.#servers = await iceServers().catch(() => []);
    if (this.state.value === 'ended') return;
    const participants = await this.#enter();
    if (this.state.value === 'ended') {
      this.#tellServer();
      return;
    }
    mention(myAddress(), 'call-taken', { channel_id: this.channelId });
    this.state.value = 'active';
    this.startedAt.value = startedAt ? new Date(startedAt) : new Date();
    for (const participant of participants) this.#offerTo(addressOf(participant));
  }

  /** Others may have been faster, or the server bears fewer than it said: then it is over. */
  async #enter() {
    const { participants } = await post(`/api/channels/${this.channelId}/call/join`).catch((error) => {
      if (error.status === 409) {
        forgetIceServers();
        this.end('full');
      }
      throw error;
    });
    return participants.filter((participant) => participant.user_id !== myId());
  }

  #tellServer() {
    return post(`/api/channels/${this.channelId}/call/leave`).catch(() => {});
  }

  /** Done when the server knows. */
  leave() {
    const wasIn = this.state.value === 'active';
    for (const { address } of this.members.value.values()) mention(address, 'group-leave', this.#place());
    this.end('left');
    return wasIn ? this.#tellServer() : Promise.resolve();
  }

  /** The page goes away: the server waits a little for it to come back. */
  leavePage() {
    return this.state.value === 'active' ? { kind: 'group', channelId: this.channelId } : null;
  }

  end(ending) {
    if (this.state.value === 'ended') return;
    clearTimeout(this.#settling);
    this.ending.value = ending;
    this.state.value = 'ended';
    for (const member of this.members.value.values()) member.link.close();
    this.members.value = new Map();
    this.media.close();
  }

  reconnect() {
    for (const member of this.members.value.values()) member.link.restart();
  }

  // ---- what the server says ----

  /** Somebody has joined, and will offer; if nothing comes, one of the two does. */
  joined() {
    this.#settle();
  }

  /**
   * Somebody has left, or their server or ours has lost sight of them or of ourselves: a worker has died, or a
   * connection was away for too long. Where the link works, that may be mended in a moment.
   */
  left(participant) {
    if (participant.user_id === myId()) {
      this.#settle(0);
      return;
    }
    const member = this.members.value.get(addressOf(participant));
    if (member) this.#miss(member);
  }

  /** Somebody is not in the server's list. */
  #miss(member) {
    member.missingSince ??= Date.now();
    const wait = member.missingSince + rules.leaveMs - Date.now();
    if (member.device && member.link.state.value === 'connected' && wait > 0) this.#settle(wait);
    else this.#drop(member.address);
  }

  /** After a time without events: who is in it, says the server. */
  resynchronise() {
    this.#settle(0);
  }

  #settle(wait = rules.settleMs) {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#compare(), wait);
  }

  async #compare() {
    if (this.state.value !== 'active') return;
    const participants = await this.#enter().catch(() => null);
    if (this.state.value !== 'active') return;
    if (!participants) {
      this.#settle();
      return;
    }
    const addresses = new Set(participants.map(addressOf));
    for (const member of this.members.value.values()) {
      if (addresses.has(member.address)) member.missingSince = null;
      else this.#miss(member);
    }
    for (const address of addresses) {
      if (!this.members.value.has(address) && !isPoliteTo(address)) this.#offerTo(address);
    }
  }

  // ---- what the others say ----

  /** Whether a signal is of this call. `channel_id` is the sender's own server's id of the channel. */
  concerns(address, payload) {
    const channel = channelById(this.channelId);
    const { channel: named } = payload;
    if (named) return named.name === channel?.name && named.origin_server === channel?.origin_server;
    return address.includes('@') || payload.channel_id === this.channelId;
  }

  receive(type, address, from, payload) {
    const handle = {
      'group-offer': () => this.#receiveOffer(address, from, payload),
      'group-answer': (member) => {
        member.device ??= payload.device ?? null;
        return member.link.receive('description', descriptionOf('answer', payload));
      },
      'group-ice-candidate': (member) => member.link.receive('candidate', payload.candidate),
      'group-media-state': (member) => { member.remote.value = mediaOf(payload); },
      'group-leave': (member) => this.#drop(member.address),
    };
    if (!Object.hasOwn(handle, type)) return;
    this.#inTurn(address, () => {
      const member = this.members.value.get(address);
      const isTheirs = member && (!payload.device || !member.device || member.device === payload.device);
      return type === 'group-offer' || isTheirs ? handle[type](member) : undefined;
    });
  }

  /** What cannot be understood is left out: the link will tell whether it was needed. */
  #inTurn(address, work) {
    const last = this.#turns.get(address) ?? this.#entered;
    this.#turns.set(address, last.then(() => this.state.value === 'active' && work()).catch(() => {}));
  }

  async #receiveOffer(address, from, payload) {
    const description = descriptionOf('offer', payload);
    if (typeof description.sdp !== 'string') return;
    let member = this.members.value.get(address);
    if (!member && payload.again) { // of a link that is no more on this side
      this.#offerTo(address);
      return;
    }
    if (member?.link.isReplacedBy(description.sdp)) { // they have opened their page again
      this.#drop(address);
      member = undefined;
    }
    member ??= this.#add(address);
    member.device = payload.device ?? member.device;
    await member.link.receive('description', description);
    this.#tellMedia(member);
    this.#settle();
  }

  // ---- links ----

  #offerTo(address) {
    const member = this.#add(address);
    member.link.start().then(() => this.#tellMedia(member), () => this.#drop(address));
  }

  #add(address) {
    const link = new Link({
      servers: this.#servers,
      isPolite: isPoliteTo(address),
      mayRestart: () => member.device !== null,
      send: (kind, value) => this.#send(address, kind, value),
    });
    const member = { address, device: null, missingSince: null, link, remote: signal(NOTHING_KNOWN) };
    link.setTrack('audio', this.media.audio.value);
    link.setTrack('video', this.media.video);
    link.state.subscribe((state) => this.#linkChanged(member, state));
    this.members.value = new Map(this.members.value).set(address, member);
    return member;
  }

  /**
   * A link that breaks may mean that one side has been told that the other has left: joining again tells all that it
   * has not.
   */
  #linkChanged(member, state) {
    if (this.members.value.get(member.address) !== member) return;
    if (state === 'failed') this.#drop(member.address);
    if (state === 'failed' || state === 'reconnecting') this.#settle();
  }

  #drop(address) {
    const members = new Map(this.members.value);
    members.get(address)?.link.close();
    members.delete(address);
    this.members.value = members;
  }

  #place() {
    const { name, origin_server: originServer } = channelById(this.channelId) ?? {};
    return { channel_id: this.channelId, channel: { name, origin_server: originServer } };
  }

  #send(address, kind, value) {
    if (kind === 'candidate') {
      const from = fullAddress(myAddress());
      mention(address, 'group-ice-candidate', { ...this.#place(), candidate: value, from_peer: from });
    } else {
      const { type, sdp, again } = value;
      mention(address, `group-${type}`, { ...this.#place(), sdp: { type, sdp }, again });
    }
  }

  #mediaChanged(kind, track) {
    for (const member of this.members.value.values()) {
      member.link.setTrack(kind, track);
      this.#tellMedia(member);
    }
  }

  #tellMedia(member) {
    mention(member.address, 'group-media-state', { ...this.#place(), ...this.media.state });
  }
}
