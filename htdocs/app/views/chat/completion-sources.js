// completion-sources.js - what completes "@", "#" and ":", one row a kind: {id, insert, sign, title, detail}.

import { signal } from '../../html.js';
import { channels, loadMembers } from '../../models/channels.js';
import { partsOf } from '../../models/conversations.js';
import { inTone, noteEmoji, searchEmoji, skinTone } from '../../models/emoji.js';
import { addressOf, nameOf, people } from '../../models/people.js';
import { myId } from '../../models/session.js';
import { bestMatches } from '../../text/matches.js';

const MOST = 8;

/** Who is in the conversation that was asked for last: {key, ids}. */
const members = signal({ key: null, ids: new Set() });

/** Asked again whenever somebody begins to name a person: members come and go. */
export async function refreshMembers(key) {
  const { kind, id } = partsOf(key);
  if (members.peek().key !== key) members.value = { key, ids: new Set(kind === 'dm' ? [id] : []) };
  if (kind === 'dm') return;
  try {
    const list = await loadMembers(id);
    if (members.peek().key === key) members.value = { key, ids: new Set(list.map((member) => member.id)) };
  } catch { /* all are offered alike */ }
}

function completePerson(query) {
  const { ids } = members.value;
  const others = people.value.filter((person) => person.id !== myId());
  const textsOf = (person) => [person.username, addressOf(person), person.display_name];
  return bestMatches(others, query, { textsOf, isNear: (person) => ids.has(person.id), most: MOST }).map((person) => ({
    id: person.id,
    insert: `@${addressOf(person)} `,
    sign: null,
    title: nameOf(person),
    detail: `@${addressOf(person)}`,
    person,
  }));
}

function completeChannel(query) {
  return bestMatches(channels.value, query, { textsOf: (channel) => [channel.name], most: MOST }).map((channel) => ({
    id: channel.id, insert: `#${channel.name} `, sign: '#', title: channel.name, detail: channel.origin_server ?? '',
  }));
}

async function completeEmoji(query) {
  const tone = skinTone.value;
  const found = await searchEmoji(query);
  return found.slice(0, MOST).map((item) => ({
    id: item.unicode,
    insert: `${inTone(item, tone)} `,
    sign: inTone(item, tone),
    title: item.name,
    detail: item.shortcodes[0] ? `:${item.shortcodes[0]}:` : '',
    onChosen: () => noteEmoji(item.unicode),
  }));
}

/** kind -> (query) => what answers it, or a promise of that. */
export const SOURCES = { person: completePerson, channel: completeChannel, emoji: completeEmoji };
