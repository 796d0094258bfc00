// late.js - what the chat page shows only when somebody asks for it, and loads then.

import { html } from '../../html.js';
import { addTexts } from '../../language/language.js';
import { connection } from '../../net/listen.js';
import { lazy } from '../shared/lazy.js';
import { Splash } from '../shared/splash.js';

const PICKER = { style: '/style/pickers.css' };
const SWITCHER = { style: '/style/switcher.css' };
const CONSOLE = { style: '/style/debug-console.css' };
const SETTINGS = {
  style: '/style/settings.css',
  Waiting: () => html`<${Splash} isOffline=${connection.value === 'offline'} />`,
};

const settingsTexts = {
  en: () => import('../../language/settings-en.js'),
  de: () => import('../../language/settings-de.js'),
};
const moreTexts = {
  en: () => import('../../language/more-en.js'),
  de: () => import('../../language/more-de.js'),
};

/** Loads a module with the texts of its views. */
const withTexts = (load, texts) => async () => (await Promise.all([load(), addTexts(texts)]))[0];

const later = (load, name, options) => lazy(withTexts(load, moreTexts), name, options);

export const BrowseChannelsDialog = later(() => import('./browse-channels-dialog.js'), 'BrowseChannelsDialog');
export const ConfirmDialog = lazy(() => import('../shared/confirm-dialog.js'), 'ConfirmDialog');
export const CreateChannelDialog = later(() => import('./create-channel-dialog.js'), 'CreateChannelDialog');
export const DebugConsole = later(() => import('./debug-console.js'), 'DebugConsole', CONSOLE);
export const EmojiPicker = later(() => import('./emoji-picker.js'), 'EmojiPicker', PICKER);
export const GifPicker = later(() => import('./gif-picker.js'), 'GifPicker', PICKER);
export const HelpDialog = later(() => import('./help-dialog.js'), 'HelpDialog', SWITCHER);
export const MembersDialog = later(() => import('./members-dialog.js'), 'MembersDialog');
export const Settings = lazy(withTexts(() => import('../settings/settings.js'), settingsTexts), 'Settings', SETTINGS);
export const Switcher = later(() => import('./switcher.js'), 'Switcher', SWITCHER);
