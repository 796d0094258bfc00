// attention.js - whether somebody looks at this page: it is visible and has the focus.

import { signal } from '@preact/signals';

const look = () => document.visibilityState === 'visible' && document.hasFocus();

export const hasAttention = signal(look());

const update = () => { hasAttention.value = look(); };
document.addEventListener('visibilitychange', update);
window.addEventListener('focus', update);
window.addEventListener('blur', update);
