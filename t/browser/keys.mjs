// Without a mouse: the switcher, the keys from one conversation to another, the help, and a walk with Tab alone.

import { PHONE } from './lib/browser.mjs';
import { newChatter, post, row, tell } from './lib/chat.mjs';
import { eventually, is, like, ok, scenario } from './lib/harness.mjs';
import { accessibility, fitsWidth } from './lib/page_checks.mjs';
import { screenshot } from './lib/screenshot.mjs';

const dialog = (page) => page.locator('dialog[open]');
const options = (page) => page.getByRole('option').locator('bdi').allTextContents();
const current = (page) =>
    page.locator('.sidebar [aria-current="page"] bdi').textContent({ timeout: 1 }).catch(() => null);
const isCurrent = (page, name, why) => eventually(async () => (await current(page)) === name, why);

async function switcher({ page }) {
    await page.keyboard.press('Control+k');
    await eventually(() => dialog(page).isVisible(), 'Ctrl+K opens the switcher');
    is(await page.evaluate(() => document.activeElement.getAttribute('role')), 'combobox', 'one can type at once');
    await page.keyboard.type('gnrl');
    await eventually(async () => (await options(page))[0] === 'general', 'a few letters are enough');
    await accessibility(page, 'the switcher is accessible');
    await page.keyboard.press('Enter');
    await isCurrent(page, 'general', 'Enter opens it');
    is(await dialog(page).count(), 0, 'and closes the switcher');

    await page.keyboard.press('Control+k');
    await page.keyboard.type('@');
    await eventually(async () => (await options(page)).every((name) => name !== 'general'), '@ asks for people');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('#');
    await eventually(async () => !(await options(page)).includes('bob'), '# for channels');
    like((await page.getByRole('option').filter({ hasText: 'unjoined' }).textContent()), /not joined/,
        'those one is not in are there, and marked');
    await page.keyboard.press('ArrowDown');
    is(await page.locator('[role="option"][aria-selected="true"]').count(), 1, 'arrows choose');
    const second = (await options(page))[1];
    is(await page.locator('[aria-selected="true"] bdi').textContent(), second, 'the next one');
    await screenshot(page, 'switcher');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    is(await page.locator('[aria-selected="true"] bdi').textContent(), (await options(page)).at(-1), 'going round');
    await page.keyboard.type('nothing is called this');
    await eventually(() => dialog(page).getByText('Nothing of that name.').isVisible(), 'nothing found is said');
    await page.keyboard.press('Enter');
    ok(await dialog(page).isVisible(), 'then Enter does nothing');
    await page.keyboard.press('Control+k');
    await eventually(async () => (await dialog(page).count()) === 0, 'Ctrl+K closes it, too');
}

async function recent({ page }) {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('bob');
    await eventually(async () => (await options(page))[0] === 'bob', 'a person');
    await page.keyboard.press('Enter');
    await isCurrent(page, 'bob', 'is opened');
    await page.keyboard.press('Control+k');
    await eventually(async () => (await options(page))[0] === 'general',
        'what was used last comes first, not what is open');
    await page.keyboard.press('Escape');
    await eventually(async () => (await dialog(page).count()) === 0, 'Esc closes it');
    await page.locator('.sidebar-top button').click();
    await eventually(() => dialog(page).isVisible(), 'a button opens it, for those without keys');
    await page.keyboard.press('Escape');
}

async function neighbours({ page }, server, { bob, carol }) {
    const order = () => page.locator('.sidebar section').evaluateAll((sections) =>
        sections.slice(0, 2).flatMap((section) => [...section.querySelectorAll('.row bdi')].map((name) => name.textContent)));
    await row(page, 'general').locator('.row-link').click();
    await isCurrent(page, 'general', 'somewhere');
    const all = await order();
    for (let step = 1; step <= all.length; step += 1) {
        await page.keyboard.press('Alt+ArrowDown');
        await isCurrent(page, all[(all.indexOf('general') + step) % all.length], `Alt+Down: the next, ${step}`);
    }
    await page.keyboard.press('Alt+ArrowUp');
    await isCurrent(page, all.at(all.indexOf('general') - 1), 'Alt+Up: the one before');
    await row(page, 'general').locator('.row-link').click();
    await tell(server, carol, 'alice', 'unread');
    await eventually(() => row(page, 'carol').locator('.badge').count(), 'something is unread');
    await page.keyboard.press('Alt+Shift+ArrowDown');
    await isCurrent(page, 'carol', 'Alt+Shift+Down: the next unread one');
    ok(bob, 'bob is silent');
}

async function escape({ page }, server, { bob }) {
    await row(page, 'team').locator('.row-link').click();
    await isCurrent(page, 'team', 'a conversation is open');
    await post(server, bob, 'team', 'one');
    await post(server, bob, 'team', 'two');
    await page.locator('.sidebar-search input').focus();
    await page.keyboard.press('Escape');
    await eventually(() => row(page, 'team').locator('.badge').count().then((count) => count === 0),
        'Esc marks all as read');
    await eventually(() => page.evaluate(() => document.activeElement.matches('#conversation textarea')),
        'and one can write');
}

async function help({ page }) {
    await page.locator('#conversation').focus();
    await page.keyboard.press('Shift+?');
    await eventually(() => dialog(page).isVisible(), '? opens the help');
    const text = await dialog(page).textContent();
    for (const key of ['Ctrl', 'K', '↑', '↓', 'Esc', '?', '/']) ok(text.includes(key), `which tells of ${key}`);
    await accessibility(page, 'it is accessible');
    await screenshot(page, 'help');
    await page.keyboard.press('Escape');
    await eventually(async () => (await dialog(page).count()) === 0, 'Esc closes it');
    await page.locator('.sidebar-search input').focus();
    await page.keyboard.type('?');
    is(await page.locator('.sidebar-search input').inputValue(), '?', 'in a text ? is a question mark');
    is(await dialog(page).count(), 0, 'and nothing else');
    await page.keyboard.press('Control+/');
    await eventually(() => dialog(page).isVisible(), 'Ctrl+/ opens the help there, too');
    await page.keyboard.press('Control+/');
    await eventually(async () => (await dialog(page).count()) === 0, 'and closes it');
    await page.locator('.sidebar-search input').fill('');
}

// With Tab, Enter and arrows alone: skip to the conversation, mute a channel, create one, sign out.
async function walk({ page }, server) {
    await page.goto(`${server.url}/chat/ui`);
    await row(page, 'general').waitFor();
    await page.keyboard.press('Tab');
    like(await page.evaluate(() => document.activeElement.textContent), /Skip to the conversation/,
        'the first thing is a way past the lists');
    await page.keyboard.press('Enter');
    is(await page.evaluate(() => document.activeElement.id), 'conversation', 'which leads there');
    is(await page.evaluate(() => location.hash), '', 'and changes nothing else');

    const tabTo = async (pattern, most = 60) => {
        for (let count = 0; count < most; count += 1) {
            await page.keyboard.press('Tab');
            const label = await page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent);
            const box = await page.evaluate(() => document.activeElement.getBoundingClientRect().toJSON());
            if (pattern.test(label)) return box.width >= 24 && box.height >= 24;
        }
        return false;
    };
    await page.reload();
    await row(page, 'general').waitFor();
    ok(await tabTo(/Create a channel/), 'Tab reaches what creates a channel, large enough to hit');
    await page.keyboard.press('Enter');
    await eventually(() => dialog(page).isVisible(), 'Enter opens it');
    await page.keyboard.type('by keyboard');
    await page.keyboard.press('Enter');
    await isCurrent(page, 'by keyboard', 'and Enter makes the channel');
    ok(await tabTo(/More for by keyboard/), 'Tab reaches the menu of a row');
    await page.keyboard.press('ArrowDown');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('Enter');
    await eventually(async () => /Muted/.test(await row(page, 'by keyboard').textContent()), 'Enter chooses from it');
    ok(await tabTo(/alice@local/, 80), 'Tab reaches the account');
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    await screenshot(page, 'account');
    await accessibility(page, 'the menu of the account is accessible');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await eventually(() => page.locator('input[name="password"]').isVisible(), 'and one signs out');
}

scenario(async ({ server }) => {
    const users = {};
    for (const name of ['alice', 'bob', 'carol']) users[name] = await server.makeUser(name);
    await server.makeChannel('general', ['alice', 'bob']);
    await server.makeChannel('team', ['alice', 'bob']);
    await server.makeChannel('unjoined', ['bob']);
    await tell(server, users.bob, 'alice', 'hello');
    await tell(server, users.carol, 'alice', 'hello');
    const alice = await newChatter(server, users.alice);
    await switcher(alice);
    await recent(alice);
    await neighbours(alice, server, users);
    await escape(alice, server, users);
    await help(alice);
    await walk(alice, server);
    const phone = await newChatter(server, users.alice, { viewport: PHONE, locale: 'de-DE' });
    await row(phone.page, 'general').waitFor();
    await phone.page.locator('.sidebar-top button').click();
    await dialog(phone.page).waitFor();
    await fitsWidth(phone.page, 'the switcher fits a phone');
    await screenshot(phone.page, 'switcher-phone-german');
});
