// notifications.js - calling somebody who looks elsewhere: a notification of the desktop, a tone, a number in the
// title.

import { computed, effect, signal } from '@preact/signals';
import { t } from '../language/language.js';
import { MISSED_CALL } from './calls/state.js';
import { channelById } from './channels.js';
import { conversationByKey, isMention, keyOfMessage, totals } from './conversations.js';
import { authorOf, fullNameOf } from './people.js';
import { preferences } from './preferences.js';
import { openConversation, route } from './route.js';
import { me, myId } from './session.js';
import { recall, remember } from './storage.js';

const BODY_MOST = 140;
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

function titleOf(message) {
  const name = fullNameOf(authorOf(message));
  const channel = message.kind === 'channel' ? channelById(message.channel_id) : null;
  return channel ? t('notification.in-channel', { name, channel: channel.name }) : name;
}

function bodyOf(message) {
  if (message.body === MISSED_CALL) return t('calls.missed');
  if (message.body.startsWith('[gif:')) return t('message.gif');
  return message.body.length > BODY_MOST ? `${message.body.slice(0, BODY_MOST)}…` : message.body;
}

function show(key, message) {
  if (!preferences.notifications.value || permission.value !== 'granted') return;
  const options = { body: bodyOf(message), tag: key, renotify: true, icon: '/icons/icon-192.png', silent: true };
  const notification = new Notification(titleOf(message), options);
  notification.onclick = () => {
    window.focus();
    openConversation(key);
    notification.close();
  };
}

/** Somebody calls. Returns what closes the notification again. */
export function showCall(name) {
  if (!preferences.notifications.value || permission.value !== 'granted') return () => {};
  const options = { body: t('calls.incoming'), tag: 'call', requireInteraction: true, icon: '/icons/icon-192.png', silent: true };
  const notification = new Notification(name, options);
  notification.onclick = () => window.focus();
  return () => notification.close();
}

/** Two short tones, quiet. */
export function playTone() {
  const audio = new AudioContext();
  [660, 880].forEach((frequency, place) => {
    const tone = new OscillatorNode(audio, { frequency });
    const volume = new GainNode(audio, { gain: 0 });
    const from = audio.currentTime + place * 0.12;
    volume.gain.setValueAtTime(0.08, from);
    volume.gain.exponentialRampToValueAtTime(0.0001, from + 0.25);
    tone.connect(volume).connect(audio.destination);
    tone.start(from);
    tone.stop(from + 0.25);
    if (place === 1) tone.onended = () => audio.close();
  });
}

function callFor(key, message) {
  show(key, message);
  if (preferences.sound.value) playTone();
}

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
