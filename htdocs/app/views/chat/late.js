// late.js - what the chat page shows only when somebody asks for it, and loads then.

import { html } from '../../html.js';
import { addTexts } from '../../language/language.js';
import { connection } from '../../net/listen.js';
import { lazy } from '../shared/lazy.js';
import { Splash } from '../shared/splash.js';

const PICKER = { style: '/style/pickers.css' };
const CONSOLE = { style: '/style/debug-console.css' };
const SETTINGS = {
  style: '/style/settings.css',
  Waiting: () => html`<${Splash} isOffline=${connection.value === 'offline'} />`,
};

const settingsTexts = {
  en: () => import('../../language/settings-en.js'),
  de: () => import('../../language/settings-de.js'),
};

async function loadSettings() {
  const [module] = await Promise.all([import('../settings/settings.js'), addTexts(settingsTexts)]);
  return module;
}

export const BrowseChannelsDialog = lazy(() => import('./browse-channels-dialog.js'), 'BrowseChannelsDialog');
export const ConfirmDialog = lazy(() => import('../shared/confirm-dialog.js'), 'ConfirmDialog');
export const CreateChannelDialog = lazy(() => import('./create-channel-dialog.js'), 'CreateChannelDialog');
export const DebugConsole = lazy(() => import('./debug-console.js'), 'DebugConsole', CONSOLE);
export const EmojiPicker = lazy(() => import('./emoji-picker.js'), 'EmojiPicker', PICKER);
export const GifPicker = lazy(() => import('./gif-picker.js'), 'GifPicker', PICKER);
export const HelpDialog = lazy(() => import('./help-dialog.js'), 'HelpDialog', { style: '/style/switcher.css' });
export const MembersDialog = lazy(() => import('./members-dialog.js'), 'MembersDialog');
export const Settings = lazy(loadSettings, 'Settings', SETTINGS);
export const Switcher = lazy(() => import('./switcher.js'), 'Switcher', { style: '/style/switcher.css' });
