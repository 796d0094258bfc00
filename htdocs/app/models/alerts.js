// alerts.js - calling somebody who looks elsewhere: a notification of the desktop, a tone.

import { t } from '../language/language.js';
import { MISSED_CALL } from './calls/state.js';
import { channelById } from './channels.js';
import { permission } from './notifications.js';
import { authorOf, fullNameOf } from './people.js';
import { preferences } from './preferences.js';
import { openConversation } from './route.js';

const BODY_MOST = 140;

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

/** A message came, and nobody looks. */
export function callFor(key, message) {
  show(key, message);
  if (preferences.sound.value) playTone();
}
