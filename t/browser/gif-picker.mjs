// Choosing GIFs: by the command and by the button, without a mouse, on a phone; and what is said when the provider
// fails.

import { EXPECTED } from './lib/guards.mjs';
import { ask, check, eventually, is, like, ok, scenario } from './lib/harness.mjs';
import { accessibility, fitsWidth } from './lib/page_checks.mjs';
import { screenshot } from './lib/screenshot.mjs';
import { TOUCH, composerOf, fieldOf, hasFocus, storedIn, textIs, writer } from './lib/writing.mjs';

const MEDIA = 'https://media.example/';
const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">'
    + '<rect width="40" height="30" fill="#0b6285"/></svg>';

const pickerOf = (page) => page.getByRole('dialog', { name: 'GIFs' });
const buttonOf = (page) => composerOf(page).getByRole('button', { name: 'GIFs' });
const searchOf = (page) => pickerOf(page).getByRole('searchbox');
const tilesOf = (page) => pickerOf(page).locator('.gif-tile');
const isDrawn = (picture) => picture.evaluate((image) => image.complete && image.naturalWidth > 0);
const focused = (page) => page.evaluate(() => document.activeElement.getAttribute('aria-label'));

/** The pictures are somewhere else: that they are asked for, and which, is part of the test. */
async function prepare(person) {
    person.pictures = [];
    person.allow([/foreign host: https:\/\/media\.example/]);
    person.context.on('request', (request) => {
        if (request.url().startsWith(MEDIA)) person.pictures.push(request.url());
    });
    person.isSlow = false; // its pictures never come
    await person.context.route(`${MEDIA}**`, (route) =>
        (person.isSlow ? undefined : route.fulfill({ contentType: 'image/svg+xml', body: PICTURE })));
}

const OPTIONS = { prepare, serviceWorkers: 'block' }; // whose requests no test can answer

async function command({ server, alice, page, channel, pictures }) {
    await fieldOf(page).fill('/gif happy cats');
    await page.keyboard.press('Enter');
    await tilesOf(page).first().waitFor();
    is(await searchOf(page).inputValue(), 'happy cats', 'the command opens the picker with its words');
    is(await ask('asked'), ['happy cats'], 'and asks for them');
    is(await storedIn(server, alice, channel.id), [], 'nothing is sent');
    is(await tilesOf(page).count(), 24, 'what was found is shown');
    await eventually(() => isDrawn(tilesOf(page).first().locator('img')), 'with its pictures');
    ok(pictures.every((url) => url.endsWith('-tiny.gif')), 'of which the small ones are loaded', pictures.join(' '));
    await accessibility(page, 'axe has nothing against the picker', { within: '.composer' });
    await screenshot(page, 'found');
    await page.keyboard.press('ArrowDown');
    like(await focused(page), /^Send GIF 1 of 24/, 'the arrow leads to the first');
    await page.keyboard.press('ArrowRight');
    like(await focused(page), /^Send GIF 2 of 24/, 'and on');
    await page.keyboard.press('Enter');
    await eventually(async () => (await storedIn(server, alice, channel.id)).join() === `[gif:${MEDIA}cat-2.gif]`,
        'the chosen one is a message');
    is(await pickerOf(page).count(), 0, 'the picker is closed');
    await textIs(page, '', 'the command is gone');
    ok(await hasFocus(fieldOf(page)), 'and the focus is where one writes');
}

async function sizes({ page, person }) {
    person.isSlow = true;
    await fieldOf(page).fill('/gif slow cats');
    await page.keyboard.press('Enter');
    await tilesOf(page).first().waitFor();
    const boxes = await tilesOf(page).evaluateAll(
        (tiles) => tiles.map(({ offsetWidth, offsetHeight }) => [offsetWidth, offsetHeight]),
    );
    ok(boxes.every(([width, height]) => width > 40 && height > 80),
        'the place of each picture is kept before it is there', JSON.stringify(boxes));
    await page.keyboard.press('Escape');
    ok(await hasFocus(fieldOf(page)), 'Esc gives the focus back');
    await textIs(page, '/gif slow cats', 'and leaves what was written');
    await fieldOf(page).fill('');
    person.isSlow = false;
}

async function typing({ server, alice, page, channel }) {
    const before = (await ask('asked')).length;
    await buttonOf(page).click();
    ok(await hasFocus(searchOf(page)), 'the button opens the picker with nothing');
    await eventually(() => pickerOf(page).getByText(/Enter words/).isVisible(), 'which says what to do');
    await accessibility(page, 'axe has nothing against the empty picker', { within: '.composer' });
    is((await ask('asked')).length, before, 'nothing is asked before there are words');
    await searchOf(page).pressSequentially('dancing dogs');
    await tilesOf(page).first().waitFor();
    const asked = (await ask('asked')).slice(before);
    is(asked.at(-1), 'dancing dogs', 'words are searched for as one types');
    ok(asked.length < 'dancing dogs'.length, 'but not each letter', asked.join('|'));
    await tilesOf(page).nth(4).click();
    await eventually(async () => (await storedIn(server, alice, channel.id)).at(-1) === `[gif:${MEDIA}cat-5.gif]`,
        'a click sends');
}

async function failures({ page }) {
    await ask('provider', 'empty');
    await fieldOf(page).fill('/gif nothing at all');
    await page.keyboard.press('Enter');
    await eventually(() => pickerOf(page).getByText('No GIFs for “nothing at all”. Try').isVisible(),
        'nothing found is said');
    await ask('provider', 'breaks');
    await searchOf(page).fill('broken');
    await eventually(() => pickerOf(page).getByRole('alert').getByText(/provider does not answer/).isVisible(),
        'a failing provider is said');
    await accessibility(page, 'axe has nothing against the error', { within: '.composer' });
    await screenshot(page, 'failed');
    await ask('provider', 'finds');
    await pickerOf(page).getByRole('button', { name: 'Try again' }).click();
    await tilesOf(page).first().waitFor();
    ok(true, 'and can be tried again');
    await searchOf(page).fill('ä'.repeat(101));
    await eventually(() => pickerOf(page).getByRole('alert').getByText(/too many words/).isVisible(),
        'too many words are said, and not asked for');
    ok(!(await ask('asked')).some((words) => words.length > 100), 'the provider never saw them');
    await page.keyboard.press('Escape');
    await fieldOf(page).fill('');
}

async function hostile({ page }) {
    await page.route('**/api/gif/search**', (route) => route.fulfill({ json: [
        { url: 'javascript:alert(1)', preview_url: 'https://media.example/a.gif', width: 1, height: 1 },
        { url: 'https://media.example/b.gif', preview_url: 'data:text/html,<script>', width: 1, height: 1 },
        { url: 'https://media.example/c.gif] x', preview_url: 'https://media.example/c.gif', width: 1, height: 1 },
        { url: 'https://media.example/d.gif', preview_url: 'https://media.example/d.gif', width: -5, height: 'wide' },
    ] }));
    await fieldOf(page).fill('/gif evil');
    await page.keyboard.press('Enter');
    await tilesOf(page).first().waitFor();
    is(await tilesOf(page).count(), 1, 'addresses that cannot be sent are not offered');
    await page.keyboard.press('Escape');
    await page.unroute('**/api/gif/search**');
    await fieldOf(page).fill('');
}

async function phone({ server, alice, channel }) {
    const person = await writer('alice-phone', server, alice, `channel:${channel.id}`, { ...TOUCH, ...OPTIONS });
    const { page } = person;
    await buttonOf(page).tap();
    await searchOf(page).fill('cats');
    await tilesOf(page).first().waitFor();
    await fitsWidth(page, 'the picker is not wider than a phone');
    await accessibility(page, 'axe has nothing against the sheet', { within: '.composer' });
    await eventually(() => isDrawn(tilesOf(page).first().locator('img')), 'its pictures come');
    await screenshot(page, 'phone');
    await person.leave();
}

async function without({ servers }) {
    const server = servers.without;
    const bob = await server.makeUser('bob');
    const channel = (await server.asUser(bob, 'POST', '/api/channels', { name: 'general' })).json;
    const person = await writer('bob', server, bob, `channel:${channel.id}`);
    const { page } = person;
    is(await buttonOf(page).count(), 0, 'without a provider there is no button');
    await fieldOf(page).fill('/gif cats');
    await page.keyboard.press('Enter');
    like(await composerOf(page).locator('.error').textContent(), /no GIF search/, 'and the command says so');
    is(await pickerOf(page).count(), 0, 'no picker opens');
    is(await storedIn(server, bob, channel.id), [], 'nothing is sent');
    await page.keyboard.type('!');
    is(await composerOf(page).locator('.error').count(), 0, 'writing on, the note goes');
    await person.leave();
}

scenario(async ({ servers }) => {
    const { server } = servers;
    const alice = await server.makeUser('alice');
    const channel = (await server.asUser(alice, 'POST', '/api/channels', { name: 'general' })).json;
    const person = await writer('alice', server, alice, `channel:${channel.id}`, OPTIONS);
    person.allow([/status of 502/], EXPECTED.refused);
    await ask('provider', 'finds');
    const given = { servers, server, alice, person, page: person.page, channel, pictures: person.pictures };
    for (const part of [command, sizes, typing, failures, hostile, phone, without]) {
        await check(`${part.name} runs to its end`, async () => { await part(given); });
    }
});
