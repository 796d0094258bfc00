// Sessions and tabs: wrong passwords, sessions that end, signing out in all tabs; one stream for all tabs of a browser.

import { PHONE, newPerson } from './lib/browser.mjs';
import { chooseAccount, newChatter, row, signIn, tell } from './lib/chat.mjs';
import { EXPECTED } from './lib/guards.mjs';
import { eventually, is, like, ok, scenario } from './lib/harness.mjs';
import { accessibility, fitsWidth } from './lib/page_checks.mjs';
import { screenshot } from './lib/screenshot.mjs';

const password = (page) => page.locator('input[name="password"]');
const isSignedOut = (page, name) => eventually(() => password(page).isVisible(), name);
const unread = (page, name) => row(page, name).locator('.badge [aria-hidden]').textContent({ timeout: 1000 });

async function wrongPassword(server, alice) {
    const person = await newPerson('alice');
    const { page } = person;
    person.allow(EXPECTED.signedOut);
    await page.goto(`${server.url}/chat/ui`);
    await password(page).waitFor();
    await page.locator('button[type="submit"]').click();
    await eventually(() => page.getByText('Enter your user name.').isVisible(), 'no name: said beside the field');
    await page.locator('input[name="username"]').fill('alice');
    await password(page).fill('wrong');
    await page.locator('button[type="submit"]').click();
    await eventually(() => page.getByText('The user name or the password is wrong.').isVisible(),
        'a wrong password is said');
    const description = await password(page).getAttribute('aria-describedby');
    like(await page.locator(`[id="${description}"]`).textContent(), /wrong/, 'beside the field');
    is(await page.evaluate(() => document.activeElement.name), 'password', 'which has the focus');
    await accessibility(page, 'the sign-in with an error is accessible');
    await password(page).fill(alice.password);
    await page.locator('button[type="submit"]').click();
    await eventually(() => page.locator('.frame').isVisible(), 'the right one lets in');
    return person;
}

// The session is ended elsewhere; one signs in again and is where one was, with what one had begun to write.
async function ended({ page }, server, alice) {
    await row(page, 'bob').locator('.row-link').click();
    await page.locator('#conversation textarea').fill('half a thou');
    const address = await page.evaluate(() => location.href);
    const other = await server.request('POST', '/api/login', { body: { username: 'alice', password: alice.password } });
    const ends = await server.request('DELETE', '/api/sessions', { token: other.json.token });
    is(ends.status, 200, 'all other sessions are ended from elsewhere');
    await isSignedOut(page, 'the page is back at the sign-in, by itself');
    ok(await page.getByText('Your session has ended.').isVisible(), 'and says why');
    await accessibility(page, 'it is accessible');
    await screenshot(page, 'ended');
    await signIn(page, alice);
    await eventually(() => row(page, 'bob').locator('[aria-current]').count(),
        'signed in again: the same conversation is open');
    is(await page.evaluate(() => location.href), address, 'at the same address');
    await eventually(async () => (await page.locator('#conversation textarea').inputValue()) === 'half a thou',
        'with the draft');
    await row(page, 'carol').locator('.row-link').click();
    await eventually(async () => /Draft/.test(await row(page, 'bob').textContent()), 'which is marked in the list');
}

async function tabs(person, server, { alice, bob }) {
    const pages = [person.page];
    for (let count = 0; count < 2; count += 1) {
        const page = await person.newPage();
        await page.goto(`${server.url}/chat/ui`);
        await row(page, 'bob').waitFor();
        pages.push(page);
    }
    for (const page of pages) await eventually(() => page.getByText('Connected').isVisible(), 'a tab is connected');
    // those that no request uses are closed after a while; this question has a connection itself
    const connections = async () => (await server.asAdmin('GET', '/admin/overview')).json.connections;
    await eventually(async () => (await connections()) === 2, 'three tabs: the server sees one stream');
    const before = Number(await unread(pages[1], 'bob').catch(() => 0));
    await tell(server, bob, 'alice', 'to all tabs');
    for (const page of pages) await eventually(async () => Number(await unread(page, 'bob')) === before + 1,
        'each tab hears of it, once');
    return pages;
}

// Messages keep coming while the tab that has the stream is closed: nothing is lost, nothing counted twice.
async function leaderGone(pages, server, bob) {
    const start = Number(await unread(pages[1], 'bob'));
    const send = async (from, to) => {
        for (let count = from; count < to; count += 1) await tell(server, bob, 'alice', `message ${count}`);
    };
    const sending = send(0, 30);
    await pages[0].close();
    await sending;
    for (const page of pages.slice(1)) {
        await eventually(async () => Number(await unread(page, 'bob')) === start + 30,
            'the leader is closed: the others miss nothing');
    }
    const again = send(30, 50);
    await pages[1].close();
    await again;
    await eventually(async () => Number(await unread(pages[2], 'bob')) === start + 50, 'and once more');
    await eventually(() => pages[2].getByText('Connected').isVisible(), 'it is connected');
    await tell(server, bob, 'alice', 'the end');
    await eventually(async () => Number(await unread(pages[2], 'bob')) === start + 51, 'and hears what comes');
    await pages[2].reload();
    await row(pages[2], 'bob').waitFor();
    is(Number(await unread(pages[2], 'bob')), start + 51, 'the server counts the same');
    return pages[2];
}

// A tab that seems to sleep loses the lead to another; it wakes up, follows, and has missed nothing.
async function takenOver(person, page, server, { alice, bob }) {
    const other = await person.newPage();
    await other.goto(`${server.url}/chat/ui`);
    await row(other, 'bob').waitFor();
    await eventually(() => other.getByText('Connected').isVisible(), 'another tab follows');
    const start = Number(await unread(page, 'bob'));
    const sending = (async () => {
        for (let count = 0; count < 20; count += 1) await tell(server, bob, 'alice', `during ${count}`);
    })();
    for (let count = 0; count < 3; count += 1) {
        await other.evaluate((id) => navigator.locks.request(`bering-events-${id}`, { steal: true }, () => {}), alice.id);
    }
    await sending;
    for (const tab of [page, other]) {
        await eventually(async () => Number(await unread(tab, 'bob')) === start + 20,
            'the lead is taken away: no tab misses or doubles anything');
    }
    await other.close();
}

async function signingOut(person, page, server, { alice, carol }) {
    const other = await person.newPage();
    await other.goto(`${server.url}/chat/ui`);
    await row(other, 'bob').waitFor();
    const stranger = await newChatter(server, carol);
    await chooseAccount(page, 'Sign out');
    await isSignedOut(page, 'one signs out');
    await isSignedOut(other, 'and is in the other tab, too');
    is(await other.getByText('Your session has ended.').count(), 0, 'without surprise: one has done it oneself');
    ok(await stranger.page.locator('.frame').isVisible(), 'another browser is another matter');
    await stranger.leave();
    is((await page.context().cookies()).filter((cookie) => cookie.name === 'bering_session').length, 0,
        'the cookie is gone');
    await eventually(async () =>
        (await page.evaluate(() => Object.keys(localStorage).filter((name) => /draft|outbox/.test(name)))).length === 0,
        'and so is what was begun to write');
    await signIn(page, alice);
    await eventually(() => other.locator('.frame').isVisible(), 'who signs in in one tab is in the others');

    // another user takes the browser
    await chooseAccount(page, 'Sign out');
    await isSignedOut(other, 'signed out');
    await signIn(other, carol);
    await eventually(async () => /carol@local/.test(await page.locator('.account').textContent()),
        'who signs in now is the user of all tabs');
    is(await page.locator('#conversation textarea').count() ? await page.locator('#conversation textarea').inputValue() : '', '',
        'who sees no drafts of others');
}

async function serverAway(server, { alice, bob }) {
    const person = await newChatter(server, alice, { viewport: PHONE });
    const { page } = person;
    person.allow(EXPECTED.serverAway);
    await row(page, 'bob').waitFor();
    const before = Number(await unread(page, 'bob'));
    await server.stop();
    await eventually(() => page.getByText('No connection.').isVisible(), 'the server is away: that is said');
    like(await page.locator('.account').textContent(), /Not connected/, 'at the account, too');
    await fitsWidth(page, 'it fits');
    await accessibility(page, 'and is accessible');
    await screenshot(page, 'offline-phone');
    await server.start();
    await eventually(async () => (await page.getByText('No connection.').count()) === 0, 'it is back');
    await tell(server, bob, 'alice', 'after the pause');
    await eventually(async () => Number(await unread(page, 'bob')) === before + 1, 'and all goes on');
}

scenario(async ({ server }) => {
    const users = {};
    for (const name of ['alice', 'bob', 'carol']) users[name] = await server.makeUser(name);
    await tell(server, users.bob, 'alice', 'hello');
    await tell(server, users.carol, 'alice', 'hello');
    const alice = await wrongPassword(server, users.alice);
    await ended(alice, server, users.alice);
    const pages = await tabs(alice, server, users);
    const last = await leaderGone(pages, server, users.bob);
    await takenOver(alice, last, server, users);
    await signingOut(alice, last, server, users);
    await alice.leave();
    await serverAway(server, users);
});
