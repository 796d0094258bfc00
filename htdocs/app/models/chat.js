// chat.js - keeps the models of the chat together: loads them when somebody is signed in, hands them events, lets go of
// them.

import { effect, signal, untracked } from '@preact/signals';
import { listen, openings } from '../net/listen.js';
import { callCenterEvents, startCalls } from './calls/entry.js';
import { callEvents, loadCalls } from './calls.js';
import { channelEvents, forgetMembers, loadChannels, memberEvents } from './channels.js';
import { conversationByKey, conversationEvents, keyOf, keyOfMessage, loadConversations } from './conversations.js';
import { startDrafts } from './drafts.js';
import { Loader } from './loader.js';
import { notifyOf } from './notifications.js';
import { confirm, startOutbox } from './outbox.js';
import { loadPeople, peopleEvents } from './people.js';
import { loadRecent } from './recent.js';
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
  new_message({ message, is_history: isHistory }) {
    confirm(message.message_id);
    const open = timeline.value;
    if (open && open.key === keyOfMessage(message)) open.add(message);
    if (!isHistory) notifyOf(message);
  },
  messages_expired({ channel_id: channelId, user_ids: userIds, first_message_id: firstId }) {
    const mine = me.value?.user.id;
    const key = channelId ? keyOf('channel', channelId) : keyOf('dm', userIds.find((id) => id !== mine) ?? mine);
    if (timeline.value?.key === key) timeline.value.expire(firstId);
    return loadConversations;
  },
};

/** Their handlers may return a function that loads what the event did not say. */
const MODELS = [
  peopleEvents, channelEvents, conversationEvents, callEvents, callCenterEvents, memberEvents, timelineEvents,
];

const catchUp = () => {
  forgetMembers();
  return timeline.value?.catchUp();
};

const EVERYTHING = [loadPeople, loadChannels, loadConversations, loadCalls, catchUp];

function handle(event, loader) {
  if (event.event === 'resync') {
    loader.want(...EVERYTHING);
    return;
  }
  const loads = MODELS.map((handlers) => handlers[event.event]?.(event)).filter((load) => typeof load === 'function');
  if (loads.length) loader.want(...loads);
}

function startLoader() {
  const loader = new Loader({
    apply: (events) => events.forEach((event) => handle(event, loader)),
    onState: (error) => { loadError.value = error; },
    onLoaded: () => { isReady.value = true; },
  });
  return loader;
}

/** Opens what the route shows: at the first unread message, or at the newest. */
function openTimeline(key) {
  if (timeline.value?.key === key) return;
  if (key === null) {
    timeline.value = null;
    return;
  }
  const conversation = conversationByKey(key);
  timeline.value = new Timeline(key);
  timeline.value.open(conversation?.first_unread_message_id ?? undefined);
}

/** Starts something once everything is there. Returns what ends it. */
function whenReady(start) {
  let end = null;
  const stopWaiting = effect(() => { if (isReady.value) end ??= untracked(start); });
  return () => {
    stopWaiting();
    end?.();
  };
}

function startUser(scope) {
  isReady.value = false;
  timeline.value = null;
  loadRecent();
  const stopDrafts = startDrafts(scope);
  const stopOutbox = startOutbox(scope, (key, message) => {
    const { user } = me.value;
    const whole = { ...message, author_username: user.username, author_display_name: user.display_name };
    if (timeline.value?.key === key) timeline.value.addStored(whole);
  });
  const loader = startLoader();
  const stop = listen('/api/events', scope, (event) => loader.take(event), () => loadSession().catch(() => {}));
  const stopLoading = effect(() => { if (openings.value) untracked(() => loader.want(...EVERYTHING)); });
  const stopOpening = effect(() => {
    const { view, key } = route.value;
    if (isReady.value && view === 'chat') untracked(() => openTimeline(key));
  });
  const stopCalls = whenReady(startCalls);
  const ends = [stopCalls, stopOpening, stopLoading, stop, () => loader.stop(), stopOutbox, stopDrafts];
  return () => ends.forEach((end) => end());
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
