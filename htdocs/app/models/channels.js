// channels.js - the channels that one may see: public ones, and private ones that one is in. Whether one is a member is
// what the conversations say (conversations.js).

import { computed, signal } from '@preact/signals';
import { get, post, remove } from '../net/api.js';
import { myId } from './session.js';

const table = signal(new Map()); // id -> channel

const order = new Intl.Collator(undefined, { numeric: true });

export const channels = computed(() =>
  [...table.value.values()].sort((one, other) => order.compare(one.name, other.name)));

export const channelById = (id) => table.value.get(id);

export async function loadChannels() {
  const list = await get('/api/channels');
  table.value = new Map(list.map((channel) => [channel.id, channel]));
}

export const createChannel = (name, isPrivate) => post('/api/channels', { name, private: isPrivate });

/** Users, as the server lists them. */
export const loadMembers = (channelId) => get(`/api/channels/${channelId}/members`);
export const addMember = (channelId, userId) => post(`/api/channels/${channelId}/members`, { user_id: userId });
export const removeMember = (channelId, userId) => remove(`/api/channels/${channelId}/members/${userId}`);
export const joinChannel = (channelId) => addMember(channelId, myId());
export const leaveChannel = (channelId) => removeMember(channelId, myId());

function forget(id) {
  const next = new Map(table.value);
  next.delete(id);
  table.value = next;
}

export const channelEvents = {
  channel_changed(event) {
    if (event.change === 'deleted') {
      forget(event.channel_id);
      return;
    }
    const { channel_id: id, name, origin_server: originServer, is_private: isPrivate } = event;
    table.value = new Map(table.value).set(id, { id, name, origin_server: originServer, is_private: isPrivate });
  },

  /** One was added to a private channel that one could not see before, or taken out of one. */
  member_added(event) {
    if (event.user_id === myId() && !table.value.has(event.channel_id)) return loadChannels;
    return undefined;
  },

  member_removed(event) {
    if (event.user_id === myId() && table.value.get(event.channel_id)?.is_private) forget(event.channel_id);
  },
};

// ---- who shows the members of a channel hears that they have changed ----

const memberListeners = new Set();

/**
 * `subscribe(listener)` calls it at once, and with a channel's id whenever its members change; null: any may have
 * changed.
 */
export const membersChanged = {
  subscribe(listener) {
    memberListeners.add(listener);
    listener(null);
    return () => memberListeners.delete(listener);
  },
};

const tellMembers = (id) => memberListeners.forEach((listener) => listener(id));

export const memberEvents = {
  member_added: (event) => tellMembers(event.channel_id),
  member_removed: (event) => tellMembers(event.channel_id),
};

/** After events were missed. */
export const forgetMembers = () => tellMembers(null);
