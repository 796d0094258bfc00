// The sidebar: what stands in it and in which order, what is new, search, muting, thousands of people.

import { DESKTOP, PHONE } from './lib/browser.mjs';
import { choose, newChatter, post, row, tell } from './lib/chat.mjs';
import { eventually, is, like, ok, scenario } from './lib/harness.mjs';
import { accessibility, fitsWidth } from './lib/page_checks.mjs';
import { screenshot } from './lib/screenshot.mjs';

const names = (page, section) => page.locator('.sidebar section').nth(section).locator('.row bdi').allTextContents();
// What the row says to those who listen.
const label = (page, name) => row(page, name).locator('.row-link').evaluate((link) => {
    const walker = document.createTreeWalker(link, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest('[aria-hidden]')) texts.push(walker.currentNode.data.trim());
    return texts.filter(Boolean).join(' ');
});

async function lists({ server }, users) {
    const { alice, bob, carol } = users;
    await server.makeChannel('general', ['alice', 'bob']);
    await server.makeChannel('elsewhere', ['bob']);
    await server.asUser(bob, 'POST', '/api/channels', { name: 'hidden', private: true });
    const own = await server.asUser(alice, 'POST', '/api/channels', { name: 'secret', private: true });
    is(own.status, 200, 'a private channel');
    await tell(server, bob, 'alice', 'first');
    await tell(server, carol, 'alice', 'second');

    const person = await newChatter(server, alice);
    const { page } = person;
    await eventually(async () => (await names(page, 0)).join() === 'general,secret',
        'the channels one is in, by name; no others');
    is(await names(page, 1), ['carol', 'bob'], 'direct conversations, the newest first');
    ok((await names(page, 2)).includes('dave'), 'and everybody else');
    ok(!(await names(page, 2)).includes('alice'), 'but oneself');
    like(await label(page, 'secret'), /private channel/, 'a private channel is said to be one');
    like(await label(page, 'bob'), /^.*offline bob .*one unread message$/, 'what is unread is said');
    ok(await page.getByRole('navigation', { name: 'Conversations' }).isVisible(), 'the sidebar is a landmark');
    return person;
}

async function news({ server }, { bob }, { page }) {
    await post(server, bob, 'general', 'hello all');
    await eventually(async () => /one unread message/.test(await label(page, 'general')),
        'a message comes: it is counted');
    ok(await row(page, 'general').evaluate((element) => element.classList.contains('unread')),
        'and the row stands out');
    await post(server, bob, 'general', 'hello @alice');
    await eventually(async () => /one mention of you.*2 unread messages/.test(await label(page, 'general')),
        'a mention counts apart');
    await eventually(async () => /^\(\d+\) /.test(await page.title()), 'the title counts, too');

    await tell(server, bob, 'alice', 'once more');
    await eventually(async () => (await names(page, 1)).join() === 'bob,carol', 'who wrote last comes first');

    await row(page, 'bob').locator('.row-link').click();
    await eventually(() => row(page, 'bob').locator('[aria-current="page"]').count(), 'the open one is marked');
    is(await page.locator('[aria-current]').count(), 1, 'and no other');
}

async function muting({ server }, { bob }, { page }) {
    await choose(page, 'general', 'Mute');
    await eventually(async () => /Muted/.test(await label(page, 'general')), 'a channel is muted');
    ok(await row(page, 'general').evaluate((element) => element.classList.contains('muted')), 'and dimmed');
    await page.reload();
    await eventually(async () => /Muted/.test(await label(page, 'general')), 'the server remembers it');
    await choose(page, 'general', 'Unmute');
    await eventually(async () => !/Muted/.test(await label(page, 'general')), 'and it is unmuted');
    await row(page, 'general').hover();
    await row(page, 'general').getByRole('button').click();
    await page.keyboard.press('ArrowDown');
    is(await page.evaluate(() => document.activeElement.textContent.trim()), 'Members', 'arrows walk in the menu');
    await accessibility(page, 'the menu is accessible');
    await page.keyboard.press('Escape');
    is(await page.getByRole('menu').count(), 0, 'Esc closes it');
    like(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), /general/,
        'and the focus is back');
    await post(server, bob, 'general', 'a call');
    const joined = await server.asUser(bob, 'GET', '/api/channels');
    const general = joined.json.find((channel) => channel.name === 'general');
    await server.asUser(bob, 'POST', `/api/channels/${general.id}/call/join`, {});
    await eventually(async () => /Call with one participant/.test(await label(page, 'general')),
        'a call shows, and how many are in it');
    await server.asUser(bob, 'POST', `/api/channels/${general.id}/call/leave`, {});
    await eventually(async () => !/Call/.test(await label(page, 'general')), 'until it is over');
}

async function presence({ server }, { dave, bob }, { page }) {
    like(await label(page, 'bob'), /offline/, 'who is away is said to be');
    const other = await newChatter(server, dave);
    await eventually(async () => (await names(page, 2))[0] === 'dave', 'who comes moves up');
    like(await label(page, 'dave'), /online/, 'and is said to be here');
    await other.leave();
    await eventually(async () => /offline/.test(await label(page, 'dave')), 'and gone');
    ok(bob, 'bob is not here');
}

async function search({ page }) {
    const box = page.getByRole('searchbox');
    await box.fill('GÉN');
    await eventually(async () => (await page.locator('.sidebar .row').count()) === 1,
        'the search ignores case and accents');
    is(await names(page, 0), ['general'], 'and finds channels');
    await box.fill('nobody of this name');
    is(await page.locator('.sidebar .sidebar-nothing').allTextContents(), Array(3).fill('Nothing of that name.'),
        'nothing found is said');
    await accessibility(page, 'so it is accessible, too');
    await box.press('Escape');
    is(await box.inputValue(), '', 'Esc clears it');
}

async function thousands({ server }, { page }) {
    const made = [];
    for (let at = 0; at < 240; at += 1) made.push(server.asAdmin('POST', '/admin/users', { username: `person${String(at).padStart(4, '0')}` }));
    is((await Promise.all(made)).filter(({ status }) => status !== 200).length, 0, 'many people');
    const people = page.locator('.sidebar section').nth(2);
    await eventually(async () => (await people.locator('.row').count()) === 50, 'only some of them are drawn');
    await people.getByRole('button', { name: /Show 50 more/ }).click();
    is(await people.locator('.row').count(), 100, 'and more when one asks');
    await page.getByRole('searchbox').fill('person0239');
    await eventually(async () => (await names(page, 2)).join() === 'person0239', 'the search finds all of them');
    await page.getByRole('searchbox').fill('');
}

async function looks({ server }, { alice }, { page }) {
    await screenshot(page, 'wide');
    await accessibility(page, 'the page is accessible');
    await fitsWidth(page, 'and fits');
    const views = { phone: { viewport: PHONE }, 'phone-dark': { viewport: PHONE, colorScheme: 'dark' }, german: { viewport: DESKTOP, locale: 'de-DE' },
        dark: { viewport: DESKTOP, colorScheme: 'dark' } };
    for (const [name, view] of Object.entries(views)) {
        const other = await newChatter(server, alice, view);
        await row(other.page, 'general').waitFor();
        await accessibility(other.page, `${name}: accessible`);
        await fitsWidth(other.page, `${name}: nothing is wider than the window`);
        await screenshot(other.page, name);
        if (name === 'phone') {
            await other.page.evaluate(() => { document.documentElement.dir = 'rtl'; });
            await fitsWidth(other.page, 'right to left it fits, too');
            await screenshot(other.page, 'phone-rtl');
            await row(other.page, 'general').locator('.row-link').click();
            await eventually(() => other.page.locator('main').isVisible(),
                'on a phone a conversation takes the screen');
            ok(!await other.page.locator('.sidebar').isVisible(), 'and the sidebar is away');
            await other.page.goBack();
            await eventually(() => other.page.locator('.sidebar').isVisible(), 'until one goes back');
        }
        await other.leave();
    }
}

scenario(async (given) => {
    const users = {};
    for (const name of ['alice', 'bob', 'carol', 'dave']) users[name] = await given.server.makeUser(name);
    const alice = await lists(given, users);
    await news(given, users, alice);
    await muting(given, users, alice);
    await presence(given, users, alice);
    await search(alice);
    await thousands(given, alice);
    await looks(given, users, alice);
});
