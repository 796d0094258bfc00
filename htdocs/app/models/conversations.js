// conversations.js - what one takes part in: channels one is a member of, and direct messages; with what is unread in
// each.
//
// A conversation is named by its key, "channel:ID" or "dm:ID of the other user". The server keeps the read positions:
// what is counted here between two of its answers is a forecast of the next one.

import { computed, signal } from '@preact/signals';
import { get, put } from '../net/api.js';
import { findMentions } from '../text/mentions.js';
import { namedBy } from './people.js';
import { myId } from './session.js';

const NAMES_MOST = 20; // the server looks at no more

export const keyOf = (kind, id) => `${kind}:${id}`;
export function partsOf(key) {
  const [kind, id] = key.split(':');
  return { kind, id };
}

const table = signal(new Map()); // key -> conversation

export const conversations = computed(() => [...table.value.values()]);
export const conversationByKey = (key) => table.value.get(key);
export const isMember = (channelId) => table.value.has(keyOf('channel', channelId));

/** Unread messages and mentions in everything that is not muted; mentions count from muted ones, too. */
export const totals = computed(() => {
  const sum = { unread: 0, mentions: 0 };
  for (const conversation of table.value.values()) {
    if (!conversation.is_muted) sum.unread += conversation.unread;
    sum.mentions += conversation.mentions;
  }
  return sum;
});

/** The newest message of each conversation that the last list knew: what is not newer is counted in it. */
let listed = new Map();

export async function loadConversations() {
  const list = await get('/api/conversations');
  table.value = new Map(list.map((conversation) => [keyOf(conversation.kind, conversation.id), conversation]));
  listed = new Map(list.map(({ kind, id, last_message: last }) => [keyOf(kind, id), last]));
}

/** A leader that was away tells late of what a list has counted meanwhile. */
const isCountedIn = (newest, message) => Boolean(newest)
  && (newest.message_id === message.message_id || newest.sent_at > message.sent_at);

const EMPTY = { last_read_message_id: null, unread: 0, mentions: 0, is_muted: false, last_message: null };

function change(key, fields) {
  const old = table.value.get(key) ?? { ...partsOf(key), ...EMPTY };
  table.value = new Map(table.value).set(key, { ...old, ...fields });
}

const pathOf = (key) => {
  const { kind, id } = partsOf(key);
  return `/api/conversations/${kind}/${id}`;
};

/** Everything up to this message has been read; `exact`: nothing after it has. */
export async function markRead(key, messageId, exact = false) {
  const body = exact ? { message_id: messageId, exact } : { message_id: messageId };
  change(key, await put(`${pathOf(key)}/read`, body));
}

export async function setMuted(key, isMuted) {
  change(key, await put(pathOf(key), { is_muted: isMuted }));
}

/** The key of the conversation that a message belongs to, as this user sees it. */
export function keyOfMessage(message) {
  if (message.kind === 'channel') return keyOf('channel', message.channel_id);
  return keyOf('dm', message.author_user_id === myId() ? message.recipient_user_id : message.author_user_id);
}

/** Whether a message names this user. */
export function isMention(message) {
  const { author_user_id: authorId, body } = message;
  if (authorId === myId()) return false;
  return findMentions(body, namedBy(authorId), NAMES_MOST).some(({ person }) => person.id === myId());
}

export const conversationEvents = {
  new_message({ message, is_history: isHistory }) {
    if (isHistory) return; // older than one's membership: it is no news
    const key = keyOfMessage(message);
    const old = table.value.get(key) ?? EMPTY;
    if (isCountedIn(listed.get(key), message) || old.last_message?.message_id === message.message_id) return;
    const isOwn = message.author_user_id === myId();
    change(key, {
      last_message: message,
      unread: old.unread + (isOwn ? 0 : 1),
      mentions: old.mentions + (isMention(message) ? 1 : 0),
    });
  },

  conversation_changed({ conversation }) {
    change(keyOf(conversation.kind, conversation.id), conversation);
  },

  member_added(event) {
    return event.user_id === myId() ? loadConversations : undefined;
  },

  member_removed(event) {
    if (event.user_id === myId()) forget(keyOf('channel', event.channel_id));
  },

  channel_changed(event) {
    if (event.change === 'deleted') forget(keyOf('channel', event.channel_id));
  },
};

/** Of events that came while the list was loaded: those whose messages it counts already. */
export function countedAlready(events, lastOf = (key) => table.value.get(key)?.last_message) {
  const messages = events.filter((event) => event.event === 'new_message');
  const last = new Map(); // key -> the place of the last one that is counted
  messages.forEach(({ message }, place) => {
    const key = keyOfMessage(message);
    const newest = lastOf(key);
    if (isCountedIn(newest, message)) last.set(key, place);
  });
  return new Set(messages.filter(({ message }, place) => place <= (last.get(keyOfMessage(message)) ?? -1)));
}

function forget(key) {
  const next = new Map(table.value);
  next.delete(key);
  table.value = next;
}
