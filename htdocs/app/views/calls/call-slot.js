// call-slot.js - where calls show: nothing until there is one, then the panel and what rings, which are loaded by then.

import { html, signal, useEffect } from '../../html.js';
import { current, ringing } from '../../models/calls/state.js';

const views = signal(null);

async function load() {
  const [{ CallPanel }, { RingDialog }] = await Promise.all([import('./call-panel.js'), import('./ring-dialog.js')]);
  views.value = { CallPanel, RingDialog };
}

/** `isFloating`: over the page, where that has no place for it. */
export function CallSlot({ isFloating = false }) {
  const isNeeded = current.value !== null || ringing.value !== null;
  useEffect(() => { if (isNeeded && !views.value) load().catch(() => {}); }, [isNeeded]);
  if (!isNeeded || !views.value) return null;
  const { CallPanel, RingDialog } = views.value;
  return html`<${CallPanel} isFloating=${isFloating} /><${RingDialog} />`;
}
