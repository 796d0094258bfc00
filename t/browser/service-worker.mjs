// The chat page as it is kept by its service worker: it opens without the server, shows nothing old, follows what
// changes on the server, and leaves everything else alone.

import { row, signIn, tell } from './lib/chat.mjs';
import { EXPECTED } from './lib/guards.mjs';
import { ask, eventually, is, like, ok, scenario, unlike } from './lib/harness.mjs';
import { newPerson } from './lib/browser.mjs';

// What is kept: {name of the cache: [paths]}, the sets of files and nothing else.
const kept = (page) => page.evaluate(async () => {
    const list = {};
    for (const name of await caches.keys()) {
        const requests = await (await caches.open(name)).keys();
        list[name] = requests.map((request) => new URL(request.url).pathname);
    }
    return list;
});

const sets = async (page) => Object.keys(await kept(page)).filter((name) => name.startsWith('shell-'));
const isComplete = async (page) => Object.values(await kept(page)).some((paths) => paths.includes('/complete'));
const version = (page) =>
    page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--version').trim());

async function install(page) {
    await eventually(() => page.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration('/chat/'))?.active)), 'it is installed');
    await eventually(() => isComplete(page), 'with a complete set of files');
    await eventually(() => page.evaluate(() => Boolean(navigator.serviceWorker.controller)),
        'and is in charge of the page');
}

async function keepsOnlyFiles(page) {
    const paths = Object.entries(await kept(page)).filter(([name]) => name.startsWith('shell-')).flatMap(([, list]) => list);
    is(paths.filter((path) => path.startsWith('/api/') || path.startsWith('/admin')), [],
        'nothing of the API or the administration is kept');
    const list = await page.evaluate(async () => (await fetch('/shell-list.json')).json());
    is(paths.filter((path) => path !== '/complete' && !list.includes(path)), [], 'nothing but the files of the page');
}

async function opensWithoutServer(server, person, page) {
    await server.stop();
    person.allow(EXPECTED.serverAway, EXPECTED.offline);
    await page.goto(`${server.url}/chat/ui`);
    await eventually(() => page.getByText('No connection to the server').isVisible(),
        'without the server the page opens, and says so');
    unlike(await page.locator('body').textContent(), /bob|hello from/, 'nothing of what was said is shown');
    await page.goto(`${server.url}/chat/settings`);
    await eventually(() => page.getByText('No connection to the server').isVisible(), 'so do the settings');
    await page.goto(`${server.url}/chat/ui`);
    await server.start();
    await page.locator('.frame').waitFor();
    await eventually(() => row(page, 'bob').isVisible(), 'once the server is back, the chat is there by itself');
}

async function followsChanges(server, page) {
    is(await version(page), '', 'the page as it is');
    await ask('change', '--version: "two";');
    await page.reload();
    is(await version(page), '', 'a file changes on the server: the page that is opened next is still whole, and old');
    const notice = page.getByRole('button', { name: 'Reload' });
    await eventually(() => notice.isVisible(), 'it quietly says that there is a new one');
    like(await page.locator('.update').textContent(), /A new version is ready/, 'in words');
    await notice.click();
    await eventually(async () => await version(page) === '"two"', 'the page after that is the new one');
    await page.locator('.frame').waitFor();
    is(await notice.count(), 0, 'and has nothing to say');
    await page.reload();
    await page.locator('.frame').waitFor();
    await eventually(async () => (await sets(page)).length === 1, 'of the old files nothing is left');
}

// A page that is open while files change goes on with its own, to the last one that it asks for.
async function staysWhole(server, person, page) {
    const late = await person.context.newPage();
    await late.goto(`${server.url}/chat/settings#appearance`);
    await late.locator('.settings').waitFor();
    await ask('changeText', 'Aussehen', 'Anders');
    await page.reload();
    await eventually(() => page.getByRole('button', { name: 'Reload' }).isVisible(),
        'files change while a page is open');
    await eventually(() => late.getByRole('button', { name: 'Reload' }).isVisible(), 'which hears of it');
    await late.getByLabel('Language').selectOption('de');
    await eventually(() => late.getByRole('heading', { level: 1 }).textContent().then((text) => text === 'Aussehen'),
        'what it asks for later is of its own set');
    await late.reload();
    await eventually(() => late.getByRole('heading', { level: 1 }).textContent().then((text) => text === 'Anders'),
        'opened again, it is the new one');
    await late.locator('select').selectOption('en');
    await late.close();
}

async function takesNewList(server, page) {
    await ask('addFile');
    await page.reload();
    await page.locator('.frame').waitFor();
    await eventually(() => page.getByRole('button', { name: 'Reload' }).isVisible(),
        'another list of files is news, too');
    await page.getByRole('button', { name: 'Reload' }).click();
    await eventually(async () => (await sets(page)).length === 1, 'opened again, there is one set');
    ok(Object.values(await kept(page)).some((paths) => paths.includes('/app/added.js') && paths.includes('/complete')),
        'with the new file');
    await page.reload();
    await page.locator('.frame').waitFor();
    await eventually(async () => (await sets(page)).length === 1, 'it stays that one');
    is(await page.getByRole('button', { name: 'Reload' }).count(), 0, 'and there are no more news');
}

// Another worker waits until no page is under this one; meanwhile pages open as ever.
async function isReplaced(server, page) {
    await ask('changeWorker');
    await page.reload();
    await page.locator('.frame').waitFor();
    const hasWaiting = () =>
        page.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration('/chat/'))?.waiting));
    await eventually(hasWaiting, 'another worker waits');
    await page.reload();
    await page.locator('.frame').waitFor();
    is((await sets(page)).length, 1, 'while it waits, pages open as ever');
    await page.goto(`${server.url}/`);
    await eventually(async () => !await hasWaiting(), 'once no page is left, it takes over');
    await page.goto(`${server.url}/chat/ui`);
    await page.locator('.frame').waitFor();
    is((await sets(page)).length, 1, 'with what the one before has kept');
}

async function leavesOthersAlone(server, page) {
    const answer = await page.goto(`${server.url}/`);
    ok(!answer.fromServiceWorker(), 'the start page comes from the server');
    ok(await page.evaluate(() => navigator.serviceWorker.controller === null), 'and is not under it');
    const admin = await page.goto(`${server.url}/admin/ui`);
    ok(!admin.fromServiceWorker(), 'so does the administration');
    ok(await page.evaluate(() => navigator.serviceWorker.controller === null), 'which is not under it either');
    const missing = await page.goto(`${server.url}/chat/nonsense`);
    is(missing.status(), 404, 'what is no page is still none');
}

scenario(async ({ server }) => {
    const alice = await server.makeUser('alice');
    const bob = await server.makeUser('bob');
    await tell(server, bob, 'alice', 'hello from bob');
    const person = await newPerson('alice');
    const { page } = person;
    person.allow(EXPECTED.signedOut, EXPECTED.refused);
    const fromWorker = [];
    page.on('response', (answer) => { if (answer.fromServiceWorker()) fromWorker.push(new URL(answer.url()).pathname); });
    await page.goto(`${server.url}/chat/ui`);
    await signIn(page, alice);
    await install(page);
    await page.reload();
    await page.locator('.frame').waitFor();
    ok(fromWorker.includes('/chat/ui') && fromWorker.includes('/app/chat.js'),
        'the next opening is answered from what is kept');
    is(fromWorker.filter((path) => path.startsWith('/api/')), [], 'data never is');
    await keepsOnlyFiles(page);
    await opensWithoutServer(server, person, page);
    await followsChanges(server, page);
    await staysWhole(server, person, page);
    await takesNewList(server, page);
    await isReplaced(server, page);
    await page.locator('.account button').first().click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.locator('.sign-in').waitFor();
    await keepsOnlyFiles(page);
    const texts = await page.evaluate(async () => {
        const list = [];
        for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys()) list.push(await (await cache.match(request)).text());
        }
        return list.join('\n');
    });
    for (const secret of [alice.id, bob.id, alice.token, 'hello from bob']) ok(!texts.includes(secret),
        'signed out, nothing of the user is in the caches');
    await leavesOthersAlone(server, page);
});
