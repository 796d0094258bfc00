// installed.js - the service worker that keeps the page, and whether a newer page is ready.

import { signal } from '@preact/signals';

/** True once the server has a newer page than this one: opening it again shows it. */
export const hasUpdate = signal(false);

/**
 * Needs a secure context; elsewhere the page is fetched each time, as ever. Other pages than the chat's are not under
 * it.
 */
export function startServiceWorker() {
  if (!navigator.serviceWorker) return;
  navigator.serviceWorker.addEventListener('message', ({ data }) => {
    if (data?.type === 'updated') hasUpdate.value = true;
  });
  navigator.serviceWorker.controller?.postMessage({ type: 'is-old' });
  window.addEventListener('load', () => navigator.serviceWorker.register('/service-worker.js', { scope: '/chat/' }).catch(() => {}));
}
