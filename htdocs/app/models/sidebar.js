// sidebar.js - what stands in the sidebar, and in which order. Plain lists; the views draw them.
//
// An entry is {key, kind, id, name, detail, conversation|null, channel|person}: detail is what tells entries of one
// name apart, the server of those from elsewhere. While nothing of it changes it is the same object, so that what is
// drawn of it can stay.

import { computed, signal } from '@preact/signals';
import { fold, holdsAny } from '../text/search.js';
import { channelById, channels } from './channels.js';
import { conversationByKey, conversations, keyOf } from './conversations.js';
import { addressOf, authorOf, nameOf, people, personById } from './people.js';
import { me, myId } from './session.js';

/** What was typed into the search box. */
export const search = signal('');

export const isRemote = (channel) => channel.origin_server !== me.value?.server_name;

const made = new WeakMap(); // channel or person -> its entry

function same(of, entry) {
  const old = made.get(of);
  if (old && Object.keys(entry).every((name) => old[name] === entry[name])) return old;
  made.set(of, entry);
  return entry;
}

export function channelEntry(channel) {
  const key = keyOf('channel', channel.id);
  const detail = isRemote(channel) ? channel.origin_server : null;
  const conversation = conversationByKey(key) ?? null;
  return same(channel, { key, kind: 'channel', id: channel.id, name: channel.name, detail, conversation, channel });
}

/** What stands beside a person's name: the address, unless it is the name. */
export function personEntry(person) {
  const key = keyOf('dm', person.id);
  const [name, address] = [nameOf(person), addressOf(person)];
  const detail = name === address ? null : address;
  const conversation = conversationByKey(key) ?? null;
  return same(person, { key, kind: 'dm', id: person.id, name, detail, conversation, person });
}

/** Somebody who is not listed any more, but whose messages are still there. */
function goneEntry(conversation) {
  const last = conversation.last_message;
  const isTheirs = last?.author_user_id === conversation.id;
  const name = isTheirs ? nameOf(authorOf(last)) : null;
  const { id } = conversation;
  return { key: keyOf('dm', id), kind: 'dm', id, name, detail: null, conversation, person: null };
}

const lastTime = (entry) => entry.conversation.last_message?.sent_at ?? '';
const newestFirst = (one, other) => Number(lastTime(one) < lastTime(other)) - Number(lastTime(one) > lastTime(other));

/** The channels that one is in, by name. */
export const ownChannels = computed(() =>
  channels.value.filter((channel) => conversationByKey(keyOf('channel', channel.id))).map(channelEntry));

/** Public channels that one could join. */
export const openChannels = computed(() =>
  channels.value.filter((channel) => !channel.is_private && !conversationByKey(keyOf('channel', channel.id)))
    .map(channelEntry));

/** Direct conversations, the newest first. */
export const directs = computed(() => conversations.value
  .filter((conversation) => conversation.kind === 'dm')
  .map((conversation) => (personById(conversation.id) ? personEntry(personById(conversation.id)) : goneEntry(conversation)))
  .sort(newestFirst));

/** Everybody else, those who are there first. */
export const otherPeople = computed(() => {
  const others = people.value.filter((person) => person.id !== myId() && !conversationByKey(keyOf('dm', person.id)));
  const away = others.filter((person) => !person.is_online);
  return [...others.filter((person) => person.is_online), ...away].map(personEntry);
});

/** Those of the entries that answer the search. */
export function found(entries, query = search.value) {
  const folded = fold(query.trim().replace(/^[#@]/, ''));
  return folded ? entries.filter((entry) => holdsAny([entry.name, entry.detail], folded)) : entries;
}

/** The keys of all conversations in the order in which they stand in the sidebar. */
export const inOrder = computed(() => [...ownChannels.value, ...directs.value]);

/**
 * The key of the conversation before (-1) or after (1) this one, going round; `onlyUnread`: skips what has been read.
 */
export function neighbour(key, step, onlyUnread = false, entries = inOrder.value) {
  const isWanted = (entry) => !onlyUnread || (entry.conversation.unread > 0 && entry.key !== key);
  const place = entries.findIndex((entry) => entry.key === key);
  const from = place === -1 && step < 0 ? entries.length : place;
  for (let count = 1; count <= entries.length; count += 1) {
    const entry = entries[(from + step * count + entries.length * 2) % entries.length];
    if (isWanted(entry)) return entry.key;
  }
  return null;
}

/** An entry by its key, whatever it is; undefined if nothing of that key is known. */
export function entryByKey(key) {
  const [kind, id] = key.split(':');
  if (kind === 'channel') return channelById(id) && channelEntry(channelById(id));
  return personById(id) ? personEntry(personById(id)) : directs.value.find((entry) => entry.key === key);
}
