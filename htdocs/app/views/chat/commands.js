// commands.js - what the keys of models/shortcuts.js do on the chat page.

import { timeline } from '../../models/chat.js';
import { conversationByKey, markRead } from '../../models/conversations.js';
import { openConversation, route } from '../../models/route.js';
import { shortcutOf } from '../../models/shortcuts.js';
import { neighbour } from '../../models/sidebar.js';
import { attempt } from '../shared/toasts.js';
import { closeConsole, closeDialog, isShown, showDialog } from './dialogs.js';
import { HelpDialog, Switcher } from './late.js';

function goTo(step, onlyUnread) {
  const key = neighbour(route.value.key, step, onlyUnread);
  if (key) openConversation(key);
}

/** Everything in the open conversation is read; its end is shown, and one can write. */
async function settleConversation() {
  const open = timeline.value;
  if (!open) return;
  const { unread, last_message: last } = conversationByKey(open.key) ?? {};
  open.release();
  await open.jumpToNewest();
  if (unread && last) await markRead(open.key, last.message_id);
  document.querySelector('#conversation textarea')?.focus();
}

/** Closes what is open or about to open; where nothing is, the conversation is settled. */
function escape() {
  if (!closeDialog() && !closeConsole()) attempt(settleConversation);
}

function toggle(View) {
  if (isShown(View)) closeDialog();
  else showDialog(View);
}

const COMMANDS = {
  switcher: () => toggle(Switcher),
  previous: () => goTo(-1, false),
  next: () => goTo(1, false),
  previousUnread: () => goTo(-1, true),
  nextUnread: () => goTo(1, true),
  help: () => toggle(HelpDialog),
  escape,
};

const OPENS_DIALOG = new Set(['switcher', 'help']);

const isTyping = (element) => element instanceof HTMLElement
  && (element.isContentEditable || /^(?:TEXTAREA|SELECT)$/.test(element.tagName)
    || (element.tagName === 'INPUT' && !/^(?:checkbox|radio|button|submit|range)$/.test(element.type)));

function press(event) {
  if (event.defaultPrevented) return;
  const name = shortcutOf(event, isTyping(event.target));
  if (!name) return;
  const isInDialog = document.querySelector('dialog[open]') !== null;
  if (isInDialog && !OPENS_DIALOG.has(name)) return; // Esc there is the dialog's
  event.preventDefault();
  COMMANDS[name]();
}

/** Listens to the keys until the function that it returns is called. */
export function startKeys() {
  document.addEventListener('keydown', press);
  return () => document.removeEventListener('keydown', press);
}
