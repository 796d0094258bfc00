// Completing names of people, channels and emoji while one writes.

import { check, eventually, is, like, ok, scenario } from './lib/harness.mjs';
import { accessibility, fitsWidth } from './lib/page_checks.mjs';
import { screenshot } from './lib/screenshot.mjs';
import { TOUCH, fieldOf, hasFocus, openConversation, storedIn, textIs, writer } from './lib/writing.mjs';

const listOf = (page) => page.getByRole('listbox');
const rowsOf = (page) => listOf(page).getByRole('option').locator('.completion-title').allTextContents();
const rowsAre = (page, expected, name) =>
    eventually(async () => (await rowsOf(page)).join('|') === expected.join('|'), name);

/** The row that the field says is chosen. */
const chosenIn = (page) => fieldOf(page).evaluate((field) => {
    const row = document.getElementById(field.getAttribute('aria-activedescendant'));
    return row?.querySelector('.completion-title').textContent;
});

async function write(page, text) {
    await fieldOf(page).fill('');
    await fieldOf(page).pressSequentially(text);
}

async function people({ page }) {
    await write(page, 'hi @an');
    await rowsAre(page, ['Zed Anders', 'anna', 'Anton Ω'], 'members first, then by name; by display name, too');
    is(await chosenIn(page), 'Zed Anders', 'the first is chosen');
    const field = fieldOf(page);
    is(await field.getAttribute('aria-controls'), await listOf(page).getAttribute('id'), 'the field controls the list');
    is(await listOf(page).getByRole('option', { selected: true }).count(), 1, 'one row is selected');
    await accessibility(page, 'axe has nothing against the list', { within: '.composer' });
    await screenshot(page, 'people');
    await page.keyboard.press('ArrowDown');
    is(await chosenIn(page), 'anna', 'the arrow goes down');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    is(await chosenIn(page), 'Anton Ω', 'and around');
    await page.keyboard.press('Enter');
    await textIs(page, 'hi @anton ', 'Enter inserts the user name');
    ok(await hasFocus(field), 'the focus stays in the field');
    await eventually(async () => await listOf(page).count() === 0, 'and the list is gone');
    is(await field.getAttribute('aria-activedescendant'), null, 'nothing is chosen any more');
    await page.keyboard.type('@ze');
    await rowsAre(page, ['Zed Anders'], 'the next name');
    await page.keyboard.press('Tab');
    await textIs(page, 'hi @anton @zed ', 'Tab inserts it');
}

async function escape({ server, alice, page, channel }) {
    await write(page, 'see @an');
    await rowsAre(page, ['Zed Anders', 'anna', 'Anton Ω'], 'a list');
    await page.keyboard.press('Escape');
    await eventually(async () => await listOf(page).count() === 0, 'Esc closes it');
    await page.keyboard.type('n');
    is(await listOf(page).count(), 0, 'it stays closed for this word');
    await page.keyboard.press('Enter');
    await eventually(async () => (await storedIn(server, alice, channel.id)).at(-1) === 'see @ann', 'and Enter sends');
}

async function middle({ page }) {
    await write(page, 'to , please');
    for (let i = 0; i < ', please'.length; i += 1) await page.keyboard.press('ArrowLeft');
    await page.keyboard.type('@ann');
    await rowsAre(page, ['anna'], 'in the middle of a text');
    await listOf(page).getByRole('option').click();
    await textIs(page, 'to @anna , please', 'a click inserts it where the cursor is');
    ok(await hasFocus(fieldOf(page)), 'with the focus in the field');
    await write(page, '`@ann');
    is(await listOf(page).count(), 0, 'within code nothing is completed');
}

async function remote({ page }) {
    await write(page, '@far');
    await rowsAre(page, ['farid@elsewhere'], 'somebody of another server');
    await page.keyboard.press('Enter');
    await textIs(page, '@farid@elsewhere ', 'is named with it');
}

async function channels({ page }) {
    await write(page, 'in #ga');
    await rowsAre(page, ['garden', 'big-garage'], 'channels');
    await page.keyboard.press('Enter');
    await textIs(page, 'in #garden ', 'Enter inserts the channel');
    await write(page, '#1');
    await eventually(async () => await listOf(page).count() === 0, 'a number is not completed');
}

async function emoji({ page }) {
    await write(page, ':rocket');
    await eventually(async () => (await rowsOf(page))[0] === 'rocket', 'emoji by name');
    await accessibility(page, 'axe has nothing against the list of emoji', { within: '.composer' });
    await screenshot(page, 'emoji');
    await page.keyboard.press('Enter');
    await textIs(page, '🚀 ', 'Enter inserts it');
    await write(page, ':)');
    is(await listOf(page).count(), 0, 'a smiley of signs is left alone');
}

async function german({ server, alice, channel }) {
    const person = await writer('alice-deutsch', server, alice, `channel:${channel.id}`, { locale: 'de-DE' });
    await write(person.page, ':rakete');
    await eventually(async () => (await rowsOf(person.page))[0] === 'Rakete', 'emoji by their German names');
    await person.page.keyboard.press('Tab');
    await textIs(person.page, '🚀 ', 'Tab inserts it');
    await person.leave();
}

async function direct({ server, page, zed }) {
    await openConversation(page, server, `dm:${zed.id}`);
    await write(page, '@');
    await eventually(async () => (await rowsOf(page))[0] === 'Zed Anders',
        'in a direct message the other one comes first');
    await fieldOf(page).fill('');
}

async function phone({ server, alice, channel }) {
    const person = await writer('alice-phone', server, alice, `channel:${channel.id}`, TOUCH);
    await fieldOf(person.page).tap();
    await write(person.page, '@an');
    await rowsAre(person.page, ['Zed Anders', 'anna', 'Anton Ω'], 'on a phone');
    await fitsWidth(person.page, 'the list is not wider than a phone');
    await screenshot(person.page, 'phone');
    await listOf(person.page).getByRole('option').nth(1).tap();
    await textIs(person.page, '@anna ', 'a tap inserts');
    await fieldOf(person.page).fill('');
    await person.leave();
}

scenario(async ({ server }) => {
    const alice = await server.makeUser('alice');
    const display = async (name, displayName) => {
        const user = await server.makeUser(name);
        if (displayName) await server.asUser(user, 'PUT', '/api/profile', { display_name: displayName });
        return user;
    };
    await display('anna');
    await display('anton', 'Anton Ω');
    const zed = await display('zed', 'Zed Anders');
    const make = async (name) => (await server.asUser(alice, 'POST', '/api/channels', { name })).json;
    const [channel] = [await make('general'), await make('garden'), await make('big-garage'), await make('a1')];
    await server.asUser(alice, 'POST', `/api/channels/${channel.id}/members`, { user_id: zed.id });
    const elsewhere = { name: 'elsewhere', base_url: 'http://127.0.0.1:9', token: 'not-a-secret' };
    await server.asAdmin('POST', '/admin/servers', elsewhere);
    const message = { recipient: 'farid@elsewhere', body: 'hello' };
    const sent = await server.asUser(alice, 'POST', '/api/messages/dm', message);
    is(sent.status, 200, 'somebody of another server is known');
    const person = await writer('alice', server, alice, `channel:${channel.id}`);
    const given = { server, alice, zed, page: person.page, channel };
    for (const part of [people, escape, middle, remote, channels, emoji, german, direct, phone]) {
        await check(`${part.name} runs to its end`, async () => { await part(given); });
    }
    like(await person.page.evaluate(() => document.querySelectorAll('[role="listbox"]').length), /^0$/,
        'no list is left open');
});
