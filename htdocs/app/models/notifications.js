// notifications.js - when somebody who looks elsewhere is called (alerts.js, loaded then), and whether they want to be; a
// number in the title.

import { computed, effect, signal } from '@preact/signals';
import { conversationByKey, isMention, keyOfMessage, totals } from './conversations.js';
import { preferences } from './preferences.js';
import { route } from './route.js';
import { me, myId } from './session.js';
import { recall, remember } from './storage.js';

const CLAIM_MS = 2000;
const OTHERS_WAIT_MS = 200; // the tab that is looked at comes first

/** 'granted', 'denied', 'default', or 'unsupported' (no secure context, old browsers). */
export const permission = signal(currentPermission());

function currentPermission() {
  return 'Notification' in window ? Notification.permission : 'unsupported';
}

/** Asks the browser to ask; turns notifications on if the answer is yes. Called from a click only. */
export async function requestNotifications() {
  if (permission.value === 'unsupported') return;
  permission.value = await Notification.requestPermission();
  preferences.notifications.value = permission.value === 'granted';
}

const hasTalked = signal(false); // a message came or went since this page was opened
const hasDeclined = signal(recall('notifications-declined', false));

/** True where a polite question is in place: there is something to be called for, and nobody has asked or answered. */
export const shouldAsk = computed(() =>
  hasTalked.value && !hasDeclined.value && permission.value === 'default' && !preferences.notifications.value);

/** Not now: it stands in the settings. */
export function declineNotifications() {
  hasDeclined.value = true;
  remember('notifications-declined', true);
}

const isLookedAt = (key) => document.visibilityState === 'visible' && document.hasFocus() && route.value.key === key;

/** What cannot be loaded calls nobody; the number in the title stays. */
const callFor = (key, message) => import('./alerts.js').then((alerts) => alerts.callFor(key, message), () => {});

/** Runs the function if no other tab of this browser has claimed the message. */
function claim(message, run) {
  if (!navigator.locks) {
    run();
    return;
  }
  navigator.locks.request(`bering-notify-${message.message_id}`, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    run();
    await new Promise((resolve) => { setTimeout(resolve, CLAIM_MS); });
  });
}

/**
 * A message came. Tabs of the same browser all hear of it: one of them makes it heard, none if one of them is looked
 * at.
 */
export function notifyOf(message) {
  const key = keyOfMessage(message);
  hasTalked.value = true;
  permission.value = currentPermission(); // perhaps answered in another tab
  if (message.author_user_id === myId()) return;
  if (conversationByKey(key)?.is_muted && !isMention(message)) return;
  if (isLookedAt(key)) claim(message, () => {});
  else setTimeout(() => claim(message, () => callFor(key, message)), OTHERS_WAIT_MS);
}

/** The number of what is unread stands in the title, and on the icon of an installed app. */
export function startTitle() {
  effect(() => {
    const { unread, mentions } = totals.value;
    const count = me.value ? unread || mentions : 0;
    document.title = count ? `(${count > 99 ? '99+' : count}) BeringShare` : 'BeringShare';
    if (count) navigator.setAppBadge?.(count).catch(() => {});
    else navigator.clearAppBadge?.().catch(() => {});
  });
}
