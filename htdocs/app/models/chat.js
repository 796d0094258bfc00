// chat.js - keeps the models of the chat together: loads them when somebody is signed in, hands them events, lets go of them.

import { effect, signal, untracked } from '@preact/signals';
import { listen, openings } from '../net/listen.js';
import { callEvents, loadCalls } from './calls.js';
import { channelEvents, loadChannels } from './channels.js';
import { conversationByKey, conversationEvents, keyOfMessage, loadConversations } from './conversations.js';
import { startDrafts } from './drafts.js';
import { notifyOf } from './notifications.js';
import { confirm, startOutbox } from './outbox.js';
import { loadPeople, peopleEvents } from './people.js';
import { route } from './route.js';
import { loadSession, me } from './session.js';
import { Timeline } from './timeline.js';

/** True once everything has been loaded for the first time. */
export const isReady = signal(false);

/** The error of the last attempt to load, an ApiError, or null. */
export const loadError = signal(null);

/** The timeline of the conversation that is shown, or null. */
export const timeline = signal(null);

const timelineEvents = {
  new_message({ message }) {
    confirm(message.message_id);
    const open = timeline.value;
    if (open && open.key === keyOfMessage(message)) open.add(message);
    notifyOf(message);
  },
};

const MODELS = [peopleEvents, channelEvents, conversationEvents, callEvents, timelineEvents];

async function loadAll() {
  try {
    await Promise.all([loadPeople(), loadChannels(), loadConversations(), loadCalls()]);
    await timeline.value?.catchUp();
    loadError.value = null;
    isReady.value = true;
  } catch (error) {
    loadError.value = error;
  }
}

function onEvent(event) {
  if (event.event === 'resync') {
    loadAll();
    return;
  }
  for (const handlers of MODELS) handlers[event.event]?.(event);
}

/** Opens what the route shows: at the first unread message, or at the newest. */
function openTimeline(key) {
  if (timeline.value?.key === key) return;
  if (key === null) {
    timeline.value = null;
    return;
  }
  const opened = new Timeline(key);
  const conversation = conversationByKey(key);
  timeline.value = opened;
  if (conversation?.unread && conversation.last_read_message_id) {
    opened.openAround(conversation.last_read_message_id).then(() => markFirstUnread(opened, conversation));
  } else {
    opened.openNewest().then(() => conversation?.unread && markFirstUnread(opened, conversation));
  }
}

function markFirstUnread(opened, { last_read_message_id: lastRead }) {
  const messages = opened.messages.value;
  const place = messages.findIndex((message) => message.message_id === lastRead);
  const isOthers = (message) => message.author_user_id !== me.value?.user.id;
  opened.firstUnreadId.value = messages.slice(place + 1).find(isOthers)?.message_id ?? null;
}

function startUser(scope) {
  isReady.value = false;
  timeline.value = null;
  const stopDrafts = startDrafts(scope);
  const stopOutbox = startOutbox(scope, (key, message) => {
    const { user } = me.value;
    const whole = { ...message, author_username: user.username, author_display_name: user.display_name };
    if (timeline.value?.key === key) timeline.value.add(whole);
  });
  const stop = listen('/api/events', scope, onEvent, () => loadSession().catch(() => {}));
  const stopLoading = effect(() => { if (openings.value) untracked(loadAll); });
  const stopOpening = effect(() => {
    const { view, key } = route.value;
    if (isReady.value && view === 'chat') untracked(() => openTimeline(key));
  });
  return () => [stopOpening, stopLoading, stop, stopOutbox, stopDrafts].forEach((end) => end());
}

/** Follows the session: whoever signs in gets models, whoever signs out leaves none. Called once. */
export function startChat() {
  let userId;
  let stop = () => {};
  effect(() => {
    const id = me.value?.user.id;
    if (id === userId) return;
    userId = id;
    untracked(() => {
      stop();
      stop = id ? startUser(id) : () => {};
    });
  });
}
