// What is read and what is new: the line, the position that all devices share, marking as unread; channels that one
// only looks at.

import {
    conversationOf, idsShown, isAtEnd, logOf, markRead, place, reader, rowOf, say, scrollBy, storedIds, topOf,
} from './lib/conversing.mjs';
import { EXPECTED } from './lib/guards.mjs';
import { eventually, is, like, ok, scenario } from './lib/harness.mjs';
import { accessibility } from './lib/page_checks.mjs';
import { screenshot } from './lib/screenshot.mjs';

const unreadOf = async (server, user, channel) => (await conversationOf(server, user, channel.id)).unread;
const lineOf = (page) => logOf(page).locator('.new-line');

/** The message that follows the line. */
const firstNew = (page) => page.$eval('.new-line', (line) => line.nextElementSibling.dataset.key);

async function sayMany(server, user, channel, prefix, count) {
    const ids = [];
    for (let number = 0; number < count; number += 1) ids.push(await say(server, user, channel, `${prefix} ${number}`));
    return ids;
}

/** The page seems to be hidden, or is looked at again. */
const hide = (page, isHidden) => page.evaluate((value) => {
    const get = () => (value ? 'hidden' : 'visible');
    Object.defineProperty(document, 'visibilityState', { configurable: true, get });
    document.dispatchEvent(new Event('visibilitychange'));
}, isHidden);

async function opening({ server, people, channel }) {
    await sayMany(server, people.bob, channel, 'old', 30);
    await markRead(server, people.alice, channel, (await storedIds(server, people.bob, channel)).at(-1));
    const [first] = await sayMany(server, people.bob, channel, 'new', 120);
    is(await unreadOf(server, people.alice, channel), 120, '120 are unread');
    const alice = await reader('alice', server, people.alice, `channel:${channel.id}`);
    const { page } = alice;
    await lineOf(page).waitFor();
    is(await firstNew(page), first, 'the line stands before the first of them');
    await eventually(async () => {
        const at = await topOf(page, first);
        return at > 0 && at < 400;
    }, 'and is in view when the conversation is opened');
    ok(!await isAtEnd(page), 'the end is not');
    like(await page.locator('.jump').textContent(), /120 new messages/, 'the button says how many are new');
    await screenshot(page, 'new-line');
    is(await unreadOf(server, people.alice, channel), 120, 'none is read by that');
    await eventually(async () => {
        await scrollBy(page, 2000);
        return isAtEnd(page) && (await place(page)).rest === 0 && (await page.locator('.jump').count()) === 0;
    }, 'scrolled to the end');
    await eventually(async () => await unreadOf(server, people.alice, channel) === 0, 'all are');
    return alice;
}

/** Where nothing has been read yet, one begins with the first message, however many there are. */
async function neverRead({ server, people, page }) {
    const channel = { id: await server.makeChannel('never read', ['alice', 'bob']) };
    const ids = await sayMany(server, people.bob, channel, 'unseen', 120);
    is((await conversationOf(server, people.alice, channel.id)).last_read_message_id, null, 'nothing has been read');
    await eventually(async () => {
        await page.goto(`${server.url}/chat/ui#channel:${channel.id}`);
        return (await idsShown(page))[0] === ids[0];
    }, 'a conversation that was never read opens with its first message');
    is(await firstNew(page), ids[0], 'below the line');
    await eventually(async () => {
        const at = await topOf(page, ids[0]);
        return at > 0 && at < 400;
    }, 'both in view');
    like(await page.locator('.jump').textContent(), /120 new messages/, 'the button says how many are new');
    is(await unreadOf(server, people.alice, channel), 120, 'none of them is read by that');
    await page.locator('.jump').click();
    await eventually(async () => (await idsShown(page)).at(-1) === ids.at(-1) && isAtEnd(page), 'it leads to the end');
    await eventually(async () => await unreadOf(server, people.alice, channel) === 0, 'then all are read');
    is((await conversationOf(server, people.alice, channel.id)).last_read_message_id, ids.at(-1), 'up to the last');
}

/** However many of one's own messages come before it, one begins at the first of somebody else. */
async function ownFirst({ server, people, page }) {
    const channel = { id: await server.makeChannel('mostly mine', ['alice', 'bob']) };
    await sayMany(server, people.alice, channel, 'mine', 60);
    const [first] = await sayMany(server, people.bob, channel, 'theirs', 2);
    await sayMany(server, people.alice, channel, 'mine again', 60);
    await eventually(async () => {
        await page.goto(`${server.url}/chat/ui#channel:${channel.id}`);
        return await lineOf(page).count() === 1 && await firstNew(page) === first;
    }, 'below sixty of one\'s own the line stands before the first of somebody else');
    await eventually(async () => {
        const at = await topOf(page, first);
        return at > 0 && at < 400;
    }, 'and is in view at once');
}

async function devices({ server, people, channel, page }) {
    const phone = await reader('alice-phone', server, people.alice, `channel:${channel.id}`);
    await eventually(() => isAtEnd(phone.page), 'her other device opens it at the end');
    is(await lineOf(phone.page).count(), 0, 'where nothing is new');
    for (const hidden of [page, phone.page]) await hide(hidden, true);
    const id = await say(server, people.bob, channel, 'nobody looks');
    for (const hidden of [page, phone.page]) {
        await eventually(async () => (await idsShown(hidden)).at(-1) === id, 'a message comes');
        is(await firstNew(hidden), id, 'and is new');
    }
    is(await unreadOf(server, people.alice, channel), 1, 'while nobody looks it stays unread');
    const badge = phone.page.locator('.sidebar .badge').first();
    await badge.waitFor();
    await hide(page, false);
    await eventually(async () => await unreadOf(server, people.alice, channel) === 0, 'one of them looks: it is read');
    await eventually(async () => await badge.count() === 0, 'and the other one knows');
    await phone.leave();
}

async function scrolledUp({ server, people, channel, page }) {
    await scrollBy(page, -600);
    await eventually(() => page.locator('.jump').isVisible(), 'she reads further up');
    await say(server, people.bob, channel, 'below the view');
    await eventually(async () => /One new message/.test(await page.locator('.jump').textContent()),
        'what comes is counted');
    is(await unreadOf(server, people.alice, channel), 1, 'and not read');
    await page.locator('.jump').click();
    await eventually(async () => await unreadOf(server, people.alice, channel) === 0, 'until she goes there');
}

async function markedUnread({ server, people, channel, page }) {
    const all = await storedIds(server, people.bob, channel);
    const row = page.locator(`[data-key="${all.at(-3)}"]`);
    const more = row.getByRole('button', { name: 'More for this message' });
    await more.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Copy text' }).waitFor();
    await accessibility(page, 'axe has nothing against the menu');
    await page.keyboard.press('Escape');
    ok(await more.evaluate((button) => button === document.activeElement), 'Esc gives the focus back');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Mark unread from here' }).click();
    await eventually(async () => await unreadOf(server, people.alice, channel) === 3,
        'the last three are unread again');
    is((await conversationOf(server, people.alice, channel.id)).last_read_message_id, all.at(-4),
        'the position is before them');
    is(await firstNew(page), all.at(-3), 'with the line before them');
    await say(server, people.bob, channel, 'one more');
    await eventually(async () => await unreadOf(server, people.alice, channel) === 4,
        'looking at them does not read them');
    await page.goto(`${server.url}/chat/ui`);
    await page.goto(`${server.url}/chat/ui#channel:${channel.id}`);
    await eventually(async () => await unreadOf(server, people.alice, channel) === 0,
        'opening the conversation again does');
    await page.getByRole('textbox', { name: /message/i }).fill('my own');
    await page.keyboard.press('Enter');
    await eventually(async () => await isAtEnd(page) && await rowOf(page, 'my own').isVisible(),
        'what she sends is shown at the end');
    await eventually(async () => await lineOf(page).count() === 0, 'and nothing is new then');
}

async function announced({ server, people, channel, page }) {
    const region = page.locator('.timeline [role="status"]');
    await say(server, people.bob, channel, `listen ${'x'.repeat(400)}`);
    await eventually(async () => /^bob: listen x+…$/.test((await region.textContent()).trim()),
        'a new message is read aloud, shortened');
    ok((await region.textContent()).length < 200, 'not all of a long one');
    is(await logOf(page).getAttribute('aria-live'), 'off', 'the list itself says nothing');
}

async function visiting({ server, people, page }) {
    const other = { id: await server.makeChannel('open-to-all', ['bob']) };
    await say(server, people.bob, other, 'hello passers-by');
    await eventually(async () => {
        await page.goto(`${server.url}/chat/ui#channel:${other.id}`);
        return rowOf(page, 'hello passers-by').isVisible();
    }, 'a public channel may be looked at');
    is(await page.getByRole('textbox', { name: /write/i }).count(), 0, 'without writing');
    await accessibility(page, 'axe has nothing against it');
    await page.locator('.join-bar').getByRole('button', { name: 'Join' }).click();
    await page.getByRole('form', { name: /write/i }).getByRole('textbox').waitFor();
    ok(await conversationOf(server, people.alice, other.id), 'a button joins it');
    await page.getByRole('button', { name: '2 members' }).click();
    await page.getByRole('dialog', { name: /members/i }).waitFor();
    await page.keyboard.press('Escape');
    const mute = page.locator('.conversation-head').getByRole('button', { name: 'Mute' });
    await mute.click();
    await eventually(async () => (await conversationOf(server, people.alice, other.id)).is_muted,
        'muted, on the server');
    await eventually(async () => await mute.getAttribute('aria-pressed') === 'true', 'and says so');
    await mute.click();
    await eventually(async () => !(await conversationOf(server, people.alice, other.id)).is_muted, 'and loud again');
}

async function nothing({ server, people, alice }) {
    const { page } = alice;
    alice.allow(EXPECTED.refused);
    const empty = await server.makeChannel('quiet', ['alice']);
    await eventually(async () => {
        await page.goto(`${server.url}/chat/ui#channel:${empty}`);
        return page.getByText('No messages yet').isVisible();
    }, 'an empty channel says that it is empty');
    await accessibility(page, 'axe has nothing against that');
    const hidden = await server.makeChannel('hidden', ['bob'], { private: true });
    const unknown = '01a21505-0000-7000-8000-000000000000';
    for (const key of [`channel:${hidden}`, `channel:${unknown}`, `dm:${unknown}`]) {
        await page.goto(`${server.url}/chat/ui#${key}`);
        await eventually(() => page.getByRole('heading', { name: 'This conversation is not here' }).isVisible(),
            `${key.replace(/:.*/, '')}: not here`);
    }
    await accessibility(page, 'axe has nothing against that, either');
    await page.getByRole('button', { name: /list of conversations/ }).click();
    await eventually(async () => new URL(page.url()).hash === '', 'a button leads away');
    await page.goto(`${server.url}/chat/ui#dm:${people.bob.id}`);
    await page.getByRole('heading', { name: 'bob', level: 1 }).waitFor();
    await eventually(() => page.getByText('No messages yet').isVisible(), 'somebody whom one has never talked to');
}

scenario(async ({ server, people }) => {
    const channel = { id: await server.makeChannel('reading', ['alice', 'bob']) };
    const given = { server, people, channel };
    given.alice = await opening(given);
    given.page = given.alice.page;
    const parts = [devices, scrolledUp, markedUnread, announced, visiting, nothing, neverRead, ownFirst];
    for (const part of parts) await part(given);
});
