// Choosing emoji: by group, by name, in a skin tone, among those that one uses; without a mouse, and on a phone.

import { PHONE } from './lib/browser.mjs';
import { check, eventually, is, like, ok, scenario } from './lib/harness.mjs';
import { accessibility, fitsWidth } from './lib/page_checks.mjs';
import { screenshot } from './lib/screenshot.mjs';
import { TOUCH, composerOf, fieldOf, hasFocus, textIs, writer } from './lib/writing.mjs';

const pickerOf = (page) => page.getByRole('dialog', { name: /^Emojis?$/ });
const buttonOf = (page) => composerOf(page).getByRole('button', { name: /^Emojis?$/ });
const searchOf = (page) => pickerOf(page).getByRole('searchbox');
const gridOf = (page) => pickerOf(page).locator('.emoji-grid');
const emojiOf = (page, name) => gridOf(page).getByRole('button', { name, exact: true });
const focused = (page) => page.evaluate(() => document.activeElement.getAttribute('aria-label'));

async function open(page) {
    await buttonOf(page).click();
    await gridOf(page).waitFor();
}

async function lazy({ page, asked }) {
    is(asked.filter((path) => /emoji/.test(path) && /vendor/.test(path)), [],
        'nothing of the emoji is loaded before somebody wants one');
    await open(page);
    ok(asked.some((path) => path === '/vendor/emoji/en.json'), 'then the names in the language of the page');
    ok(!asked.some((path) => path === '/vendor/emoji/de.json'), 'and in no other');
    ok(await hasFocus(searchOf(page)), 'the focus is in the search field');
    is(await buttonOf(page).getAttribute('aria-expanded'), 'true', 'the button says that it is open');
    await accessibility(page, 'axe has nothing against the picker', { within: '.composer' });
    await screenshot(page, 'groups');
}

async function insert({ page }) {
    await page.keyboard.press('Escape');
    ok(await hasFocus(fieldOf(page)), 'Esc gives the focus back');
    await fieldOf(page).fill('ab');
    await page.keyboard.press('ArrowLeft');
    await open(page);
    await emojiOf(page, 'grinning face').click();
    await textIs(page, 'a😀b', 'the emoji is inserted at the cursor');
    is(await pickerOf(page).count(), 0, 'the picker closes');
    await page.keyboard.type('!');
    await textIs(page, 'a😀!b', 'and one goes on writing behind it');
    await fieldOf(page).fill('');
}

async function keyboard({ page }) {
    await page.keyboard.press('Tab');
    is(await focused(page), 'Emoji', 'Tab reaches the button');
    await page.keyboard.press('Enter');
    await gridOf(page).waitFor();
    await eventually(() => hasFocus(searchOf(page)), 'Enter opens the picker');
    await page.keyboard.press('Tab');
    is(await focused(page), 'Close', 'Tab leads to what closes it');
    await page.keyboard.press('Tab');
    await eventually(async () => (await focused(page)) === 'Often used', 'and to the groups');
    for (let i = 0; i < 4; i += 1) await page.keyboard.press('ArrowRight');
    is(await focused(page), 'Food and drink', 'arrows lead from group to group');
    await emojiOf(page, 'grapes').waitFor();
    await page.keyboard.press('Tab');
    is(await focused(page), 'grapes', 'Tab leads into the group');
    await page.keyboard.press('ArrowRight');
    is(await focused(page), 'melon', 'arrows go on');
    const top = () => page.evaluate(() => document.activeElement.getBoundingClientRect());
    const before = await top();
    await page.keyboard.press('ArrowDown');
    const after = await top();
    ok(after.top > before.top && after.left === before.left, 'and down, in the same column');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Home');
    is(await focused(page), 'grapes', 'Home leads to the first');
    await page.keyboard.press('End');
    ok(await focused(page) !== 'grapes', 'End leads to the last');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowUp');
    ok(await hasFocus(searchOf(page)), 'up from the first row is the search field');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await textIs(page, '🍇', 'Enter chooses');
    ok(await hasFocus(fieldOf(page)), 'and the focus is where one writes');
    await fieldOf(page).fill('');
}

async function search({ page }) {
    await open(page);
    await page.keyboard.type('rocket');
    await emojiOf(page, 'rocket').waitFor();
    await eventually(async () => /found/.test(await pickerOf(page).getByRole('status').textContent()),
        'how many were found is said');
    await page.keyboard.press('Enter');
    await textIs(page, '🚀', 'Enter takes the first that is found');
    await open(page);
    await page.keyboard.type('zzzzqq');
    await eventually(() => pickerOf(page).getByText('No emoji is called that.').isVisible(), 'nothing found is said');
    await page.keyboard.press('Enter');
    ok(await pickerOf(page).isVisible(), 'and Enter chooses nothing then');
    await screenshot(page, 'nothing');
    await page.keyboard.press('Escape');
    await fieldOf(page).fill('');
}

async function often({ page }) {
    await open(page);
    await pickerOf(page).getByRole('tab', { name: 'Often used' }).click();
    await eventually(async () => await emojiOf(page, 'rocket').isVisible() && await emojiOf(page, 'grapes').isVisible(),
        'what was used is there');
    await page.keyboard.press('Escape');
}

async function tones({ page }) {
    await open(page);
    await pickerOf(page).getByRole('radio', { name: 'Dark skin tone', exact: true }).check();
    await pickerOf(page).getByRole('tab', { name: 'People and body' }).click();
    await emojiOf(page, 'waving hand').click();
    await textIs(page, '👋🏿', 'an emoji in the chosen skin tone');
    await fieldOf(page).fill('');
    await page.reload();
    await open(page);
    ok(await pickerOf(page).getByRole('radio', { name: 'Dark skin tone', exact: true }).isChecked(),
        'the tone is remembered');
    await page.keyboard.press('Escape');
}

async function outside({ page }) {
    await open(page);
    await page.getByRole('heading', { level: 1 }).click();
    is(await pickerOf(page).count(), 0, 'a click beside it closes it');
    ok(await hasFocus(fieldOf(page)), 'and gives the focus back');
    await open(page);
    await buttonOf(page).click();
    is(await pickerOf(page).count(), 0, 'so does the button that opened it');
    await open(page);
    await pickerOf(page).getByRole('button', { name: 'Close' }).click();
    is(await pickerOf(page).count(), 0, 'and the one that is there for that');
    ok(await hasFocus(fieldOf(page)), 'which gives the focus back');
    await open(page);
    await page.keyboard.press('Shift+Tab');
    await eventually(async () => await pickerOf(page).count() === 0, 'it closes when the focus goes elsewhere');
    ok(!await hasFocus(fieldOf(page)), 'and leaves it there');
    await fieldOf(page).focus();
}

async function german({ server, alice, channel }) {
    const options = { locale: 'de-DE', colorScheme: 'dark' };
    const person = await writer('alice-deutsch', server, alice, `channel:${channel.id}`, options);
    const { page } = person;
    await open(page);
    await page.keyboard.type('rakete');
    await emojiOf(page, 'Rakete').waitFor();
    await accessibility(page, 'axe has nothing against the German picker in the dark', { within: '.composer' });
    await screenshot(page, 'german-dark');
    await page.keyboard.press('Enter');
    await textIs(page, '🚀', 'a German name finds it');
    await person.leave();
}

async function phone({ server, alice, channel }) {
    const person = await writer('alice-phone', server, alice, `channel:${channel.id}`, TOUCH);
    const { page } = person;
    await buttonOf(page).tap();
    await gridOf(page).waitFor();
    ok(!await hasFocus(searchOf(page)), 'on a phone no keyboard opens over the emoji');
    await fitsWidth(page, 'the picker is not wider than a phone');
    const box = await pickerOf(page).boundingBox();
    is([box.x, box.width, Math.round(box.y + box.height)], [0, PHONE.width, PHONE.height],
        'it is a sheet from the lower edge');
    await accessibility(page, 'axe has nothing against the sheet', { within: '.composer' });
    await screenshot(page, 'phone');
    await emojiOf(page, 'grinning face').tap();
    await textIs(page, '😀', 'a tap chooses');
    await person.leave();
}

async function without({ server, alice, channel }) {
    const person = await writer('alice-private', server, alice, `channel:${channel.id}`);
    const { page } = person;
    await page.addInitScript(() => {
        IDBFactory.prototype.open = () => { throw new DOMException('not allowed', 'SecurityError'); };
    });
    await page.reload();
    await buttonOf(page).click();
    await eventually(() => pickerOf(page).getByText(/could not be loaded/).isVisible(),
        'without IndexedDB there is a note');
    await screenshot(page, 'without');
    await page.keyboard.press('Escape');
    await fieldOf(page).pressSequentially('still :rocket');
    await fieldOf(page).press('Enter');
    await textIs(page, '', 'and one can write all the same');
    await person.leave();
}

scenario(async ({ server }) => {
    const alice = await server.makeUser('alice');
    const channel = (await server.asUser(alice, 'POST', '/api/channels', { name: 'general' })).json;
    const person = await writer('alice', server, alice, `channel:${channel.id}`, { serviceWorkers: 'block' });
    const asked = [];
    person.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    const given = { server, alice, page: person.page, channel, asked };
    for (const part of [lazy, insert, keyboard, search, often, tones, outside, german, phone, without]) {
        await check(`${part.name} runs to its end`, async () => { await part(given); });
    }
    like(asked.filter((path) => path.endsWith('en.json')).length, /^[12]$/, 'the names are not loaded again and again');
});
