// conversations.js - what one takes part in: channels one is a member of, and direct messages; with what is unread in
// each.
//
// A conversation is named by its key, "channel:ID" or "dm:ID of the other user". The server keeps the read positions:
// what is counted here between two of its answers is a forecast of the next one.
//
// Always holds: a message is counted once. The list says up to which event it knows everything (x-event-id), and each
// state, in the list, an event or an answer, up to which message of the conversation it counts (last_sequence).

import { computed, signal } from '@preact/signals';
import { getForHeaders, put } from '../net/api.js';
import { isOld } from '../net/listen.js';
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

/** Of what came up to this event the last list knew. Of later events it may know some, too. */
let listedUpTo = null;

export async function loadConversations() {
  const { value: list, headers } = await getForHeaders('/api/conversations');
  table.value = new Map(list.map((conversation) => [keyOf(conversation.kind, conversation.id), conversation]));
  listedUpTo = headers.get('x-event-id');
}

const EMPTY = {
  last_read_message_id: null,
  unread: 0,
  first_unread_message_id: null,
  mentions: 0,
  is_muted: false,
  last_sequence: 0,
  last_message: null,
};

function change(key, fields) {
  const old = table.value.get(key) ?? { ...partsOf(key), ...EMPTY };
  table.value = new Map(table.value).set(key, { ...old, ...fields });
}

const pathOf = (key) => {
  const { kind, id } = partsOf(key);
  return `/api/conversations/${kind}/${id}`;
};

/** If events came meanwhile, the answer may be older than they are: then the event of this change is the one to take. */
async function tell(key, path, body) {
  const old = table.value.get(key);
  const state = await put(path, body);
  if (table.value.get(key) === old) change(key, state);
}

/** Everything up to this message has been read; `exact`: nothing after it has. */
export const markRead = (key, messageId, exact = false) =>
  tell(key, `${pathOf(key)}/read`, exact ? { message_id: messageId, exact } : { message_id: messageId });

export const setMuted = (key, isMuted) => tell(key, pathOf(key), { is_muted: isMuted });

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

/** What a state becomes by a message that it does not count yet. */
function counted(old, message) {
  const isOwn = message.author_user_id === myId();
  return {
    last_sequence: message.sequence,
    unread: old.unread + (isOwn ? 0 : 1),
    first_unread_message_id: isOwn || old.unread ? old.first_unread_message_id : message.message_id,
    mentions: old.mentions + (isMention(message) ? 1 : 0),
  };
}

const handlers = {
  new_message({ message, is_history: isHistory }) {
    if (isHistory) return; // older than one's membership: it is no news
    const key = keyOfMessage(message);
    const old = table.value.get(key) ?? EMPTY;
    const isLast = message.sequence > (old.last_message?.sequence ?? 0);
    const isCounted = message.sequence <= old.last_sequence;
    if (isCounted && !isLast) return;
    change(key, { ...(isLast && { last_message: message }), ...(!isCounted && counted(old, message)) });
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

/** A leader that was away tells late of what a list has told meanwhile. */
const unlessListed = (handle) => (event) => (isOld(event.id, listedUpTo) ? undefined : handle(event));

export const conversationEvents =
  Object.fromEntries(Object.entries(handlers).map(([name, handle]) => [name, unlessListed(handle)]));

function forget(key) {
  const next = new Map(table.value);
  next.delete(key);
  table.value = next;
}
