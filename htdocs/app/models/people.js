// people.js - everybody whom this server knows, here and on other servers, and who is online.

import { computed, signal } from '@preact/signals';
import { get } from '../net/api.js';
import { cleaned, likeness } from '../text/names.js';
import { me } from './session.js';

const table = signal(new Map()); // id -> person

/** By name, those of this server first. */
export const people = computed(() => [...table.value.values()].sort(compare));

const order = new Intl.Collator(undefined, { numeric: true });

function compare(one, other) {
  if (one.is_local !== other.is_local) return one.is_local ? -1 : 1;
  return order.compare(nameOf(one), nameOf(other)) || order.compare(addressOf(one), addressOf(other));
}

export const personById = (id) => table.value.get(id);

/** "alice", or "alice@server" for those of another server. */
export const addressOf = (person) =>
  (person.server_name ? `${person.username}@${person.server_name}` : person.username);

export const nameOf = (person) => cleaned(person.display_name) || addressOf(person);

/** The likeness of each name -> the id of the one person who is called so; null: of several. */
const owners = computed(() => {
  const found = new Map();
  for (const { id, username, display_name: displayName } of table.value.values()) {
    for (const name of displayName ? [username, displayName] : [username]) {
      const like = likeness(name);
      found.set(like, found.has(like) && found.get(like) !== id ? null : id);
    }
  }
  return found;
});

/** Whether somebody's name alone could be taken for somebody else's: the address is to be shown, too. */
export function isMistakable(person) {
  const name = nameOf(person);
  if (name === addressOf(person)) return false;
  const owner = owners.value.get(likeness(name));
  return name.includes('@') || (owner !== undefined && owner !== person.id);
}

/** A name for where there is no room for an address beside it: with it, if the name alone could mislead. */
export const fullNameOf = (person) =>
  (isMistakable(person) ? `${nameOf(person)} (${addressOf(person)})` : nameOf(person));

/** A message's author, as they are called now; as they were called then if they are gone. */
export const authorOf = ({ author_user_id: id, author_username: username, author_display_name: displayName }) =>
  personById(id) ?? { id, username, display_name: displayName, server_name: null };

const byAddress = computed(() => new Map(people.value.map((person) => [addressOf(person), person])));

/** The person of an address; this server's own name may follow the @. */
export function personByAddress(address) {
  const [username, server = null] = address.split('@');
  return byAddress.value.get(server === me.value?.server_name ? username : address);
}

/** For text/mentions.js: a plain name in what this person writes means somebody of that person's own server. */
export function namedBy(authorId) {
  const home = personById(authorId)?.server_name ?? null;
  return (name, server) => personByAddress(server ?? home ? `${name}@${server ?? home}` : name);
}

export async function loadPeople() {
  const list = await get('/api/users');
  table.value = new Map(list.map((person) => [person.id, person]));
}

function change(id, fields) {
  const old = table.value.get(id);
  const next = new Map(table.value);
  next.set(id, { ...old, ...fields });
  table.value = next;
}

export const peopleEvents = {
  user_changed(event) {
    const { user_id: id, username, display_name: displayName, server_name: serverName } = event;
    if (event.change !== 'deleted') {
      change(id, { id, username, display_name: displayName, server_name: serverName, is_local: !serverName });
      return;
    }
    const next = new Map(table.value);
    next.delete(id);
    table.value = next;
  },

  /** Says who has come or gone; a crowd is only counted: then the list is asked for. */
  presence_changed(event) {
    if (!event.users) return loadPeople;
    const next = new Map(table.value);
    for (const { user_id: id, is_online: isOnline } of event.users) {
      if (next.has(id)) next.set(id, { ...next.get(id), is_online: isOnline });
    }
    table.value = next;
    return undefined;
  },
};
