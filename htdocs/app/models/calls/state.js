// state.js - the calls of this page: the one that one is in, and the one that rings. Known from the start; all else
// about calls is loaded with the first one.

import { signal } from '@preact/signals';

export const current = signal(null); // a DirectCall or GroupCall that one is in, or has just left (until dismissed)
export const ringing = signal(null); // a DirectCall that one has not answered

export const isBusy = () => current.value !== null && current.value.state.value !== 'ended';

/** The name under which a page that goes away leaves its call for itself, should it be opened again. */
export const KEPT = 'bering.call';

/** What a caller leaves in the conversation: clients of every kind can show it. */
export const MISSED_CALL = '📞 Missed call';
