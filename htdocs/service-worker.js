// service-worker.js - keeps the chat page itself, so that it opens at once and without a connection. Never data: what
// the API answers is not for it, and pages outside /chat/ are not under it.
//
// Always holds: a page is made of files of one set, from its first file to the last that it asks for. After a page was
// opened the server is asked for the list of files and for each of them; if one has changed, a new set is kept beside
// the old one, for the next page that is opened. A set goes when it is not the newest and no page is made of it any
// more. Only one worker writes: a changed one waits, and touches nothing, until no page is left that is under the one
// before it.

const PAGE = '/chat/ui';
const PAGES = /^\/chat\/(?:ui|settings)\/?$/;
const FILES = /^\/(?:app|icons|style|vendor)\/|^\/favicon\.svg$|^\/manifest\.webmanifest$/;
const LIST = '/shell-list.json';
const PREFIX = 'shell-';
const COMPLETE = '/complete'; // put last into a set
const READERS = 'readers';    // a cache: "/id of a page" -> the name of its set
const UPDATED = { type: 'updated' };
const AT_ONCE = 2;            // the page's own requests come first

const numberOf = (name) => Number(name.slice(PREFIX.length));
const names = async () => (await caches.keys()).filter((name) => name.startsWith(PREFIX))
  .sort((one, other) => numberOf(other) - numberOf(one));

/** The name of the newest complete set, or null. */
async function newestSet() {
  for (const name of await names()) {
    if (await (await caches.open(name)).match(COMPLETE)) return name;
  }
  return null;
}

// ---- which page is made of which set ----

async function noteReader(id, name) {
  opened.add(id);
  await (await caches.open(READERS)).put(`/${id}`, new Response(name));
}

async function setOfReader(id) {
  return (await (await caches.open(READERS)).match(`/${id}`))?.text();
}

/** Ids of pages that have not asked for a file yet: the browser may not name them yet among those that there are. */
const opened = new Set();

/** Deletes the sets that nobody needs, and forgets the pages that are gone. */
async function tidy() {
  const readers = await caches.open(READERS);
  const needed = new Set([await newestSet()]);
  // in this order: a page that is not being opened any more when we look is among those that there are afterwards
  const noted = await readers.keys();
  const opening = new Set(opened);
  // asking for one page by its id would wait for it to come, and what it waits for may be waiting for us
  const there = new Set((await self.clients.matchAll({ includeUncontrolled: true })).map(({ id }) => id));
  for (const request of noted) {
    const id = new URL(request.url).pathname.slice(1);
    if (opening.has(id) || there.has(id)) needed.add(await setOfReader(id));
    else await readers.delete(request);
  }
  await Promise.all((await names()).filter((name) => !needed.has(name)).map((name) => caches.delete(name)));
}

// ---- asking the server ----

/**
 * Asks for a file; the browser's own cache answers if the server says that it has not changed. Read to its end: one
 * that nobody reads keeps its connection from the pages.
 */
async function fetchFile(file) {
  const answer = await fetch(file, { cache: 'no-cache', credentials: 'same-origin' });
  if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
  return new Response(await answer.blob(), { headers: answer.headers });
}

/** What the page is made of now: path -> answer. */
async function fetchAll() {
  const answers = new Map();
  const waiting = await (await fetchFile(LIST)).json();
  const fetchSome = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) answers.set(file, await fetchFile(file));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, fetchSome));
  return answers;
}

const tagOf = (answer) => answer.headers.get('etag') ?? answer.headers.get('last-modified');

/** By what the server says of it, or, behind a proxy that takes that away, by the file itself. */
async function isSame(answer, kept) {
  if (!kept) return false;
  if (tagOf(answer) || tagOf(kept)) return tagOf(answer) === tagOf(kept);
  return await answer.clone().text() === await kept.text();
}

async function hasChanged(set, answers) {
  if ((await set.keys()).length !== answers.size + 1) return true;
  for (const [file, answer] of answers) {
    if (!(await isSame(answer, await set.match(file)))) return true;
  }
  return false;
}

async function keep(answers) {
  const name = PREFIX + Date.now();
  const set = await caches.open(name);
  for (const [file, answer] of answers) await set.put(file, answer);
  await set.put(COMPLETE, new Response(''));
}

/**
 * Keeps a new set if a file has changed, and tells the pages that there is one. Nothing is lost if the server is away.
 */
async function refresh() {
  const newest = await newestSet();
  const answers = await fetchAll();
  if (!newest || await hasChanged(await caches.open(newest), answers)) {
    await keep(answers);
    if (newest) await tell(UPDATED);
  }
  await tidy();
}

async function tell(news) {
  const pages = await self.clients.matchAll({ includeUncontrolled: true });
  for (const page of pages) page.postMessage(news);
}

/** A page that was opened while a new set was being kept may have missed the news: it asks. */
async function tellIfOld(page) {
  const name = await setOfReader(page.id);
  if (name && name !== await newestSet()) page.postMessage(UPDATED);
}

// ---- one after another: a set that is not complete yet looks like one that nobody needs ----

let last = Promise.resolve();

/** Does the work after all that was asked for before; the server may be away. */
function inTurn(work) {
  last = last.then(work).catch(() => {});
  return last;
}

let waiting = null;

/** A refresh that has begun may have missed what has changed since: one more waits, however often it is asked for. */
function refreshInTurn() {
  waiting ??= inTurn(() => {
    waiting = null;
    return refresh();
  });
  return waiting;
}

// ---- answering ----

async function answerPage(event) {
  const name = await newestSet();
  const kept = name && await (await caches.open(name)).match(PAGE);
  if (!kept) return fetch(event.request);
  await noteReader(event.resultingClientId, name);
  return kept;
}

/** A page that came from the server gets its files from there, too. */
async function answerFile(event, path) {
  opened.delete(event.clientId);
  const name = await setOfReader(event.clientId);
  const kept = name && await caches.has(name) && await (await caches.open(name)).match(path);
  return kept || fetch(event.request);
}

/** The first one keeps a set before there are pages under it; one that follows another finds what that one has kept. */
async function install() {
  if (!self.registration.active) await refresh();
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('message', (event) => event.waitUntil(inTurn(async () => {
  await tellIfOld(event.source);
  await tidy(); // the page before it is gone by now
})));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate') {
    if (!PAGES.test(url.pathname)) return;
    event.respondWith(answerPage(event));
    event.waitUntil(refreshInTurn());
  } else if (FILES.test(url.pathname) && event.clientId) {
    event.respondWith(answerFile(event, url.pathname));
  }
});
