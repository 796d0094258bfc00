// group-call.js - a channel's call: a link to everybody else in it (a mesh). The server knows who is in it; whoever joins makes
// the offers.

import { signal } from '@preact/signals';
import { post } from '../../net/api.js';
import { channelById } from '../channels.js';
import { me, myId } from '../session.js';
import { iceServers } from './ice.js';
import { Link } from './link.js';
import { Media } from './media.js';
import { myAddress, sendSignal } from './signals.js';

/** What a mesh bears: each sends to each. */
export const VIDEO_MOST = 6;
export const AUDIO_MOST = 8;

const SETTLE_MS = 4000; // after which a link that should be there is offered by one side

const fullAddress = (address) => (address.includes('@') ? address : `${address}@${me.value.server_name}`);

export class GroupCall {
  #onEnd;
  #servers = [];
  #settling = null;

  constructor({ channelId, onEnd }) {
    this.kind = 'group';
    this.channelId = channelId;
    this.#onEnd = onEnd;
    this.state = signal('joining');      // joining, active, ended
    this.ending = signal(null);          // 'left', 'full', 'failed', 'elsewhere'
    this.startedAt = signal(null);
    this.members = signal(new Map());    // address -> {address, userId, name, device, link, remote: signal}
    this.media = new Media((kind, track) => this.#mediaChanged(kind, track));
  }

  /** Throws an ApiError if the server will not have us. */
  async join({ withCamera, isMuted = false }) {
    sendSignal(myAddress(), 'call-taken', { channel_id: this.channelId }).catch(() => {});
    this.media.setMuted(isMuted);
    await this.media.openMicrophone();
    if (withCamera) await this.media.openCamera();
    this.#servers = await iceServers().catch(() => []);
    const participants = await this.#enter();
    if (this.state.value === 'ended') return;
    this.state.value = 'active';
    this.startedAt.value = new Date();
    for (const participant of participants) this.#offerTo(participant);
  }

  async #enter() {
    const { participants } = await post(`/api/channels/${this.channelId}/call/join`);
    return participants.filter((participant) => participant.user_id !== myId());
  }

  leave() {
    this.end('left');
    return post(`/api/channels/${this.channelId}/call/leave`).catch(() => {});
  }

  /** The page goes away: the server waits a little for it to come back. */
  leavePage() {
    return this.state.value === 'active' ? { kind: 'group', channelId: this.channelId } : null;
  }

  end(ending) {
    if (this.state.value === 'ended') return;
    clearTimeout(this.#settling);
    this.state.value = 'ended';
    this.ending.value = ending;
    for (const member of this.members.value.values()) member.link.close();
    this.members.value = new Map();
    this.media.close();
    this.#onEnd(this);
  }

  reconnect() {
    for (const member of this.members.value.values()) member.link.restart();
  }

  // ---- what the server says ----

  /** Somebody has joined, and will offer; if nothing comes, one of the two does. */
  joined() {
    this.#settle();
  }

  left({ user_id: userId }) {
    if (userId === myId()) { // the server has lost us: a worker has died, or the connection was away for too long
      this.#settle(0);
      return;
    }
    const member = [...this.members.value.values()].find((one) => one.userId === userId);
    if (member) this.#drop(member.address);
  }

  /** After a time without events: who is in it, says the server. */
  resynchronise() {
    this.#settle(0);
  }

  #settle(wait = SETTLE_MS) {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#compare(), wait);
  }

  async #compare() {
    if (this.state.value !== 'active') return;
    const participants = await this.#enter().catch(() => null);
    if (!participants || this.state.value !== 'active') return;
    const addresses = new Set(participants.map((participant) => this.#addressOf(participant)));
    for (const address of this.members.value.keys()) if (!addresses.has(address)) this.#drop(address);
    for (const participant of participants) {
      const address = this.#addressOf(participant);
      if (!this.members.value.has(address) && !this.#isPolite(address)) this.#offerTo(participant);
    }
  }

  // ---- what the others say ----

  /** Whether a signal is of this call. `channel_id` is the sender's own server's id of the channel. */
  concerns(address, payload) {
    const channel = channelById(this.channelId);
    if (payload.channel) return payload.channel.name === channel?.name && payload.channel.origin_server === channel?.origin_server;
    return address.includes('@') || payload.channel_id === this.channelId;
  }

  async receive(type, address, from, payload) {
    const member = this.members.value.get(address);
    const isTheirs = !member || !payload.device || !member.device || member.device === payload.device;
    if (type === 'group-offer') await this.#receiveOffer(address, from, payload);
    else if (!member || !isTheirs) return;
    else if (type === 'group-answer') {
      member.device ??= payload.device ?? null;
      await member.link.receive('description', descriptionOf('answer', payload.sdp));
    } else if (type === 'group-ice-candidate') await member.link.receive('candidate', payload.candidate);
    else if (type === 'group-media-state') member.remote.value = { audio: !!payload.audio, video: !!payload.video, screen: !!payload.screen };
  }

  async #receiveOffer(address, from, payload) {
    let member = this.members.value.get(address);
    if (member && payload.device && member.device && member.device !== payload.device) { // they have opened their page again
      this.#drop(address);
      member = undefined;
    }
    member ??= this.#add(address, { name: from.display_name || address });
    member.device = payload.device ?? member.device;
    await member.link.receive('description', descriptionOf('offer', payload.sdp));
    this.#tellMedia(member);
    this.#settle();
  }

  // ---- links ----

  #addressOf({ username, server_name: server }) {
    return server && server !== me.value.server_name ? `${username}@${server}` : username;
  }

  #isPolite(address) {
    return fullAddress(myAddress()) < fullAddress(address);
  }

  #offerTo(participant) {
    const address = this.#addressOf(participant);
    const member = this.#add(address, { userId: participant.user_id });
    member.link.start().then(() => this.#tellMedia(member));
  }

  #add(address, fields) {
    const link = new Link({
      iceServers: this.#servers,
      isPolite: this.#isPolite(address),
      send: (kind, value) => this.#send(address, kind, value),
    });
    const remote = signal({ audio: true, video: true, screen: false });
    const member = { address, userId: null, name: address, device: null, ...fields, link, remote };
    link.setTrack('audio', this.media.audio.value);
    link.setTrack('video', this.media.video);
    link.state.subscribe((state) => {
      if (state === 'failed' && this.members.value.get(address) === member) {
        this.#drop(address);
        this.#settle();
      }
    });
    this.members.value = new Map(this.members.value).set(address, member);
    return member;
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
    const sent = kind === 'candidate'
      ? sendSignal(address, 'group-ice-candidate', { ...this.#place(), candidate: value, from_peer: fullAddress(myAddress()) })
      : sendSignal(address, `group-${value.type}`, { ...this.#place(), sdp: value });
    sent.catch(() => {});
  }

  #mediaChanged(kind, track) {
    for (const member of this.members.value.values()) {
      member.link.setTrack(kind, track);
      this.#tellMedia(member);
    }
  }

  #tellMedia(member) {
    sendSignal(member.address, 'group-media-state', { ...this.#place(), ...this.media.state }).catch(() => {});
  }
}

/** Some clients send the description, some only its text. */
const descriptionOf = (type, sdp) => (typeof sdp === 'string' ? { type, sdp } : { type, sdp: sdp?.sdp });
