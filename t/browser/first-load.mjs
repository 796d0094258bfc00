// What a browser loads that has nothing yet: little, in order, without a jump of the layout; and what it asks before
// anybody has signed in.

import { newPerson } from './lib/browser.mjs';
import { row, signIn, tell } from './lib/chat.mjs';
import { EXPECTED } from './lib/guards.mjs';
import { eventually, is, note, ok, scenario } from './lib/harness.mjs';

const BYTES_MOST = 150_000;
const SHIFT_MOST = 0.1;

// Counts what comes over the wire for the files of the page, but images and the API's answers: the files, compressed,
// and the headers before them.
const sum = (list, sizeOf) => list.reduce((total, each) => total + sizeOf(each), 0);

async function watchNetwork(person) {
    const session = await person.context.newCDPSession(person.page);
    const requests = new Map();
    await session.send('Network.enable');
    await session.send('Network.setCacheDisabled', { cacheDisabled: false });
    session.on('Network.requestWillBeSent', ({ requestId, request, type }) => {
        requests.set(requestId, { path: new URL(request.url).pathname, type, all: 0, headers: 0, isDone: false });
    });
    session.on('Network.responseReceived', ({ requestId, response }) => {
        Object.assign(requests.get(requestId) ?? {}, { headers: response.encodedDataLength });
    });
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
        Object.assign(requests.get(requestId) ?? {}, { all: encodedDataLength, isDone: true });
    });
    const files = () =>
        [...requests.values()].filter(({ path, type }) => type !== 'Image' && !path.startsWith('/api/'));
    return {
        paths: () => [...requests.values()].map(({ path }) => path),
        files,
        bytes: () => sum(files(), ({ all }) => all),
        headers: () => sum(files(), ({ headers }) => headers),
        isQuiet: () => files().every(({ isDone }) => isDone),
    };
}

function watchLayout() {
    window.shift = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
}

async function isStill(page, name) {
    const shift = await page.evaluate(() => window.shift);
    note(`${name}: cumulative layout shift ${shift.toFixed(4)}`);
    ok(shift < SHIFT_MOST, `${name}: nothing jumps`, `cumulative layout shift ${shift}`);
}

function isSmall(network, name) {
    const bytes = network.bytes();
    note(`${name}: ${bytes} bytes in ${network.files().length} files, ${network.headers()} of them headers`);
    const largest = network.files().sort((one, other) => other.all - one.all).slice(0, 30).map((file) => `${file.all} ${file.path}`);
    ok(bytes > 10_000 && bytes < BYTES_MOST, `${name}: less than ${BYTES_MOST} bytes`, [bytes, ...largest].join('\n'));
}

scenario(async ({ server }) => {
    const alice = await server.makeUser('alice');
    const bob = await server.makeUser('bob');
    for (let number = 1; number <= 20; number += 1) await tell(server, bob, 'alice', `message ${number}`);
    const person = await newPerson('alice', { serviceWorkers: 'block' });
    person.allow(EXPECTED.signedOut);
    const { page } = person;
    await page.addInitScript(watchLayout);
    const network = await watchNetwork(person);
    await page.goto(`${server.url}/chat/ui`);
    await page.locator('.sign-in').waitFor();
    await eventually(() => network.isQuiet(), 'everything has come');
    isSmall(network, 'until the sign-in');
    await isStill(page, 'until the sign-in');
    is(network.paths().filter((path) => path.startsWith('/api/')), ['/api/me'],
        'the one question before the sign-in is who is there');
    const twice = network.paths().filter((path, place, all) => path !== '/favicon.svg' && all.indexOf(path) !== place);
    is(twice, [], 'no file is loaded twice');

    await signIn(page, alice);
    await row(page, 'bob').getByRole('link').click();
    await eventually(() => page.getByText('message 20', { exact: true }).last().isVisible(),
        'the first conversation shows');
    await eventually(() => network.isQuiet(), 'with all that it needs');
    isSmall(network, 'until the first conversation');
    await isStill(page, 'until the first conversation');
    is(network.files().filter(({ path }) => path.startsWith('/vendor/emoji')), [],
        'what is not needed yet is not loaded');
});
