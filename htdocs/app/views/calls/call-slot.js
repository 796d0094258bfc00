// call-slot.js - where calls show: nothing until there is one, then the panel and what rings, which are loaded by then;
// and the dialog before one joins.

import { html } from '../../html.js';
import { addTexts } from '../../language/language.js';
import { current, ringing } from '../../models/calls/state.js';
import { lazy } from '../shared/lazy.js';

const STYLE = { style: '/style/calls.css' };

const callTexts = {
  en: () => import('../../language/calls-en.js'),
  de: () => import('../../language/calls-de.js'),
};

async function withTexts(loading) {
  const [module] = await Promise.all([loading, addTexts(callTexts)]);
  return module;
}

const CallPanel = lazy(() => withTexts(import('./call-panel.js')), 'CallPanel', STYLE);
const RingDialog = lazy(() => withTexts(import('./ring-dialog.js')), 'RingDialog', STYLE);
export const JoinDialog = lazy(() => withTexts(import('./join-dialog.js')), 'JoinDialog', STYLE);

/** `isFloating`: over the page, where that has no place for it. */
export function CallSlot({ isFloating = false }) {
  return html`${current.value !== null && html`<${CallPanel} isFloating=${isFloating} />`}
    ${ringing.value !== null && html`<${RingDialog} />`}`;
}
