// service-worker.js - keeps the chat page itself, so that it opens at once and without a connection. Never data: what the API
// answers is not for it.
//
// Always holds: a page is made of files of one set. A new set is fetched whole, beside the old one, after a page was opened; the
// next page that is opened gets it.

importScripts('/shell-list.js');

const PAGE = '/chat/ui';
const PREFIX = 'shell-';
const COMPLETE = '/complete'; // put last into a set

const names = async () => (await caches.keys()).filter((name) => name.startsWith(PREFIX)).sort();

/** The newest complete set, or null. */
async function currentSet() {
  for (const name of (await names()).reverse()) {
    const set = await caches.open(name);
    if (await set.match(COMPLETE)) return set;
  }
  return null;
}

/** Asks for a file; the browser's own cache answers if the server says that it has not changed. */
async function fetchFile(file) {
  const answer = await fetch(file, { cache: 'no-cache', credentials: 'same-origin' });
  if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
  return answer;
}

const tagOf = (answer) => answer?.headers.get('etag') ?? answer?.headers.get('last-modified');

/** Fetches all files; keeps them as a new set if any of them has changed. Returns whether one has. */
async function refresh() {
  const old = await currentSet();
  const answers = new Map();
  let hasChanged = old === null || (await old.keys()).length !== self.SHELL.length + 1;
  for (const file of self.SHELL) {
    const answer = await fetchFile(file);
    answers.set(file, answer);
    if (!hasChanged) hasChanged = tagOf(answer) !== tagOf(await old.match(file));
  }
  if (!hasChanged) return false;
  const outdated = await names();
  const name = PREFIX + Date.now();
  const set = await caches.open(name);
  for (const [file, answer] of answers) await set.put(file, answer);
  await set.put(COMPLETE, new Response(''));
  await Promise.all(outdated.filter((other) => other !== name).map((other) => caches.delete(other)));
  return old !== null;
}

let refreshing = null;

function refreshOnce() {
  refreshing ??= refresh().then(tell, () => {}).finally(() => { refreshing = null; });
  return refreshing;
}

async function tell(hasChanged) {
  if (!hasChanged) return;
  for (const client of await self.clients.matchAll()) client.postMessage({ type: 'updated' });
}

const isPage = (url) => url.pathname.startsWith('/chat/');

/** Files of other pages (the administration's) are none of ours, even where they have the same name. */
async function isForUs(event, url) {
  if (event.request.mode === 'navigate') return isPage(url);
  const client = await self.clients.get(event.clientId);
  return client !== undefined && isPage(new URL(client.url)) && self.SHELL.includes(url.pathname);
}

async function answer(event, url) {
  if (!(await isForUs(event, url))) return fetch(event.request);
  const set = await currentSet();
  const kept = await set?.match(event.request.mode === 'navigate' ? PAGE : url.pathname);
  return kept ?? fetch(event.request);
}

self.addEventListener('install', (event) => event.waitUntil(refresh()));
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  const isNavigation = event.request.mode === 'navigate' && isPage(url);
  if (event.request.method !== 'GET' || url.origin !== location.origin) return;
  if (!isNavigation && !self.SHELL.includes(url.pathname)) return;
  event.respondWith(answer(event, url));
  if (isNavigation) event.waitUntil(refreshOnce());
});
