// calls.js - in which channels a call is going on, and who is in it.

import { signal } from '@preact/signals';
import { get } from '../net/api.js';

const counts = signal(new Map()); // channel id -> how many are in its call

export const callCount = (channelId) => counts.value.get(channelId) ?? 0;

export async function loadCalls() {
  counts.value = new Map(Object.entries(await get('/api/channels/active-calls')));
}

export const callEvents = {
  channel_call_join: () => loadCalls,
  channel_call_leave: () => loadCalls,
};

/** [{username, server_name, user_id}] */
export const loadParticipants = (channelId) => get(`/api/channels/${channelId}/call/participants`);
