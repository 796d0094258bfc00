// timeline-rows.js - in which rows messages are shown: days apart, one author's together, a line where the new ones
// begin.

import { dayKey } from '../../text/format.js';

const TOGETHER_MS = 5 * 60000;

const time = (message) => new Date(message.sent_at).getTime();

/** Whether a message goes under the name that stands above the one before it. */
function continues(message, before) {
  if (!before || before.author_user_id !== message.author_user_id) return false;
  return Math.abs(time(message) - time(before)) < TOGETHER_MS && dayKey(message.sent_at) === dayKey(before.sent_at);
}

/**
 * {kind: 'day', key, sentAt}, {kind: 'new', key}, {kind: 'message', key, message, isContinued}, oldest first. A message
 * that is not stored yet has a `state`, else it is like the others.
 */
export function rowsOf(messages, firstUnreadId) {
  const rows = [];
  messages.forEach((message, place) => {
    const before = messages[place - 1];
    const day = dayKey(message.sent_at);
    const isNew = message.message_id === firstUnreadId;
    // sent_at is the sender's: days may come twice, but each row has a key of its own
    if (!before || dayKey(before.sent_at) !== day) {
      rows.push({ kind: 'day', key: `day ${message.message_id}`, sentAt: message.sent_at });
    }
    if (isNew) rows.push({ kind: 'new', key: 'new' });
    rows.push({ kind: 'message', key: message.message_id, message, isContinued: !isNew && continues(message, before) });
  });
  return rows;
}
