// What a hostile or an unlucky user does to the chat: names without end and the wrong way round, messages as long as
// they may be, thousands of channels, and servers that die while one types.

import { PHONE } from './lib/browser.mjs';
import { chooseAccount, newChatter, post, row, tell } from './lib/chat.mjs';
import { conversationOf, idsShown, isAtEnd, logOf, rowOf } from './lib/conversing.mjs';
import { EXPECTED } from './lib/guards.mjs';
import { ask, eventually, is, note, ok, scenario } from './lib/harness.mjs';
import { accessibility, fitsWidth } from './lib/page_checks.mjs';
import { screenshot } from './lib/screenshot.mjs';
import { fieldOf, storedIn } from './lib/writing.mjs';

const ENDLESS = 'W'.repeat(64);
const CYRILLIC = 'Ж'.repeat(32); // 64 bytes, too
const OVERRIDE = '\u202E';       // what follows runs from right to left, whatever it is
const ARABIC = 'مرحبا بالعالم';
const LONGEST = 65536;

const dialog = (page) => page.locator('dialog[open]');

const runsLeft = (locator) => locator.evaluate((element) => getComputedStyle(element).direction === 'rtl');

// ---- names ----

/** Of how many messages the menu covers the time. */
const covered = (page) => logOf(page).locator('.message:not(.continued)').evaluateAll((rows) => rows.filter((row) => {
    const [time, menu] = ['.message-time', '.message-menu'].map((part) => row.querySelector(part).getBoundingClientRect());
    return time.right > menu.left;
}).length);

async function names({ server, alice, endless }) {
    const { id } = (await server.asUser(endless, 'POST', '/api/channels', { name: CYRILLIC })).json;
    await server.asUser(endless, 'POST', `/api/channels/${id}/members`, { user_id: alice.id });
    await server.asUser(endless, 'PUT', '/api/profile', { display_name: 'M'.repeat(128) });
    await post(server, endless, CYRILLIC, `@${ENDLESS} @alice ${'y'.repeat(300)}`);
    for (const scheme of ['light', 'dark']) {
        const person = await newChatter(server, endless, { viewport: PHONE, colorScheme: scheme, hasTouch: true });
        const { page } = person;
        await row(page, CYRILLIC).waitFor();
        await fitsWidth(page, `${scheme}: the sidebar`);
        await screenshot(page, `names-sidebar-${scheme}`);
        await row(page, CYRILLIC).getByRole('link').click();
        await rowOf(page, 'yyy').waitFor();
        await fitsWidth(page, `${scheme}: a conversation`);
        is(await covered(page), 0, `${scheme}: however long a name is, there is room for the time beside the menu`);
        await accessibility(page, `${scheme}: is accessible`);
        await screenshot(page, `names-conversation-${scheme}`);
        await page.getByRole('button', { name: '2 members' }).click();
        await dialog(page).locator('.line').first().waitFor();
        await fitsWidth(page, `${scheme}: its members`);
        await screenshot(page, `names-members-${scheme}`);
        await page.keyboard.press('Escape');
        await person.leave();
    }
}

// Nobody can call themselves something that turns round; where somebody is called so, nothing turns.
async function turned({ server, alice, mallory }) {
    const refused = await server.asUser(mallory, 'PUT', '/api/profile', { display_name: `${OVERRIDE}nimda` });
    is(refused.status, 400, 'a name that turns round is refused');
    await ask('setDisplayName', 'mallory', `${OVERRIDE}nimda`);
    await server.restart();
    await tell(server, mallory, 'alice', ARABIC);
    await tell(server, mallory, 'alice', `${OVERRIDE}turned @alice`);
    await tell(server, mallory, 'alice', 'plain again');
    const person = await newChatter(server, alice, { address: `#dm:${mallory.id}` });
    const { page } = person;
    await rowOf(page, 'plain again').waitFor();
    ok(await runsLeft(rowOf(page, ARABIC).locator('.message-text p')), 'an Arabic message runs from right to left');
    ok(!await runsLeft(rowOf(page, 'plain again').locator('.message-text p')), 'the next one does not');
    const times = await logOf(page).locator('.message-time').evaluateAll((all) => all.map((each) => each.textContent));
    ok(times.every((time) => /^\d/.test(time)), 'times are as ever');
    const [name, time] = await Promise.all(['.author bdi', '.message-time'].map((part) =>
        logOf(page).locator(part).first().boundingBox()));
    ok(name.x + name.width <= time.x, 'and stand behind the name');
    is(await logOf(page).locator('.author bdi').first().textContent(), 'nimda', 'which is not turned round');
    await accessibility(page, 'accessible all the same');
    await screenshot(page, 'turned');
    await page.evaluate(() => { document.documentElement.dir = 'rtl'; });
    await fitsWidth(page, 'right to left');
    await screenshot(page, 'turned-rtl');
    await person.leave();
}

// Who is called like somebody else has the own user name beside it; for others it is said, and shown on demand.
async function mistaken({ server, alice, mallory }) {
    await server.asUser(mallory, 'PUT', '/api/profile', { display_name: 'Mallory M.' });
    await tell(server, mallory, 'alice', 'as Mallory');
    const person = await newChatter(server, alice, { address: `#dm:${mallory.id}` });
    const { page } = person;
    const address = logOf(page).locator('.author').last().locator('bdi').nth(1);
    await rowOf(page, 'as Mallory').waitFor();
    is([await address.textContent(), await address.getAttribute('class')], ['mallory', 'hidden'],
        'the user name is there for those who listen');
    is(await logOf(page).locator('.author').last().getAttribute('title'), 'mallory', 'and for those who ask');
    const { status } = await server.asUser(mallory, 'PUT', '/api/profile', { display_name: 'АLIСE' }); // two are Cyrillic
    is(status, 200, 'somebody takes a name that looks like another\'s');
    await eventually(async () => await address.getAttribute('class') === 'address' && address.isVisible(),
        'then all see whose it is');
    is(await logOf(page).locator('.author').last().innerText(), 'АLIСE mallory', 'in front of every message');
    await accessibility(page, 'accessible all the same');
    await screenshot(page, 'mistaken');
    await person.leave();
}

// ---- texts ----

const NASTY = ['x', '*', '[', '`', '> ', '- ', '@alice ', '**a', 'ﷺ', '🧑‍🧑‍🧒 ', '\u0301',
    '<img src=x onerror=alert(1)>'];

const filled = (unit) => unit.repeat(Math.floor(LONGEST / Buffer.byteLength(unit)));

async function longTexts({ server, alice, mallory }) {
    const channel = { id: await server.makeChannel('long texts', ['alice', 'mallory']) };
    const person = await newChatter(server, alice, { address: `#channel:${channel.id}`, viewport: PHONE });
    const { page } = person;
    await page.getByText('No messages yet').waitFor();
    const texts = NASTY.map(filled);
    for (const text of texts) await post(server, mallory, 'long texts', text);
    const last = await post(server, mallory, 'long texts', 'short at last');
    await eventually(async () => (await idsShown(page)).at(-1) === last && isAtEnd(page), 'all of them are shown');
    is((await idsShown(page)).length, texts.length + 1, 'each of them');
    await fitsWidth(page, 'none is wider than a phone');
    await screenshot(page, 'long-texts');
    const more = logOf(page).getByRole('button', { name: 'Show more' });
    for (let left = await more.count(); left > 0; left -= 1) {
        await more.first().click();
        await eventually(async () => await more.count() === left - 1, `unfolded, ${left - 1} to go`);
    }
    await fitsWidth(page, 'unfolded, neither');
    await accessibility(page, 'and all can be read');
    await person.leave();
}

// The longest message that there may be is sent from the page; a longer one is refused there, in words.
async function longest({ server, alice, mallory }) {
    const person = await newChatter(server, alice, { address: `#dm:${mallory.id}` });
    const { page } = person;
    await fieldOf(page).fill('é'.repeat(LONGEST / 2));
    await page.keyboard.press('Enter');
    await eventually(async () => {
        const conversation = await conversationOf(server, alice, mallory.id);
        return /^é+$/.test(conversation.last_message.body);
    }, '64 KiB are sent');
    await fieldOf(page).fill(`${'é'.repeat(LONGEST / 2)}x`);
    await page.keyboard.press('Enter');
    await eventually(() => page.getByText(/too long/i).first().isVisible(), 'a byte more is too much, which is said');
    is((await fieldOf(page).inputValue()).length, LONGEST / 2 + 1, 'and nothing of it is lost');
    await screenshot(page, 'too-long');
    await person.leave();
}

// ---- many channels ----

const MANY = 2000;

/** How many components are drawn while something is done. */
async function drawnWhile(page, work) {
    await page.evaluate(async () => {
        const { options } = await import('/vendor/preact.mjs');
        const before = options.__r; // called before each of them
        globalThis.drawn = 0;
        options.__r = (node) => {
            globalThis.drawn += 1;
            before?.(node);
        };
    });
    await work();
    return page.evaluate('globalThis.drawn');
}

async function manyChannels({ server, alice, mallory, endless }) {
    for (let from = 0; from < MANY; from += 10) {
        await Promise.all(Array.from({ length: 10 }, (_, place) =>
            server.asUser(mallory, 'POST', '/api/channels', { name: `channel ${from + place}` })));
    }
    const owner = await newChatter(server, mallory);
    await eventually(() => row(owner.page, 'channel 0').isVisible(), 'who is in all of them sees the list');
    const shown = await owner.page.locator('.sidebar .row bdi').allTextContents();
    const places = ['channel 2', 'channel 10', 'channel 11'].map((name) => shown.indexOf(name));
    ok(places[0] >= 0 && places[0] < places[1] && places[1] < places[2], 'numbers in their order', String(places));
    await owner.page.getByRole('searchbox').fill('channel 1999');
    await eventually(() => row(owner.page, 'channel 1999').isVisible(), 'the search finds the last one');
    await owner.page.getByRole('searchbox').fill('');
    await eventually(() => row(owner.page, 'channel 5').isVisible(), 'without it all are there again');
    const drawn = await drawnWhile(owner.page, async () => {
        await post(server, endless, 'channel 5', 'news');
        await eventually(async () => await row(owner.page, 'channel 5').locator('.badge').count() === 1, 'one has news');
    });
    ok(drawn > 0 && drawn < 100, 'which draws its row, and not all of them', String(drawn));
    note(`${await owner.page.locator('.sidebar .row').count()} rows`);
    await screenshot(owner.page, 'many-sidebar');
    await owner.leave();
    await browse({ server, alice });
}

async function browse({ server, alice }) {
    const person = await newChatter(server, alice);
    const { page } = person;
    await page.locator('.section-head').getByRole('button', { name: 'Browse channels' }).click();
    await dialog(page).locator('.line').first().waitFor();
    await fitsWidth(page, 'the channels to join');
    const more = dialog(page).getByRole('button', { name: /show .*more/i });
    while (await more.count()) await more.click();
    const lines = dialog(page).locator('.line').filter({ hasText: /^channel \d+/ });
    is(await lines.count(), MANY, 'all of them can be reached');
    await dialog(page).getByRole('searchbox').fill('channel 1999');
    await eventually(async () => await dialog(page).locator('.line').count() === 1, 'the search finds one');
    await dialog(page).getByRole('searchbox').fill('');
    await page.keyboard.press('Escape');
    await eventually(async () => await dialog(page).count() === 0, 'closed');
    await page.keyboard.press('Control+k');
    await dialog(page).getByRole('option').first().waitFor();
    await page.keyboard.type('channel 1998');
    await eventually(async () => /channel 1998/.test(await dialog(page).getByRole('option').first().textContent()),
        'the switcher finds one');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'channel 1998', level: 1 }).waitFor();
    await person.leave();
}

// ---- what dies ----

async function deaths({ server, alice, mallory }) {
    const channel = { id: await server.makeChannel('deaths', ['alice', 'mallory']) };
    const key = `#channel:${channel.id}`;
    const person = await newChatter(server, alice, { address: key });
    const { page } = person;
    person.allow(EXPECTED.serverAway, EXPECTED.offline);
    const second = await person.context.newPage();
    await second.goto(`${server.url}/chat/ui${key}`);
    await fieldOf(second).waitFor();
    const said = [];
    for (let round = 0; round < 6; round += 1) {
        const text = `round ${round}`;
        await fieldOf(page).pressSequentially(text.slice(0, 4));
        if (round % 2) await server.killWorker();
        await fieldOf(page).pressSequentially(text.slice(4));
        await page.keyboard.press('Enter');
        said.push(text);
    }
    const shows = async (each) => (await logOf(each).locator('.message-text').allTextContents()).join() === said.join();
    await eventually(() => shows(page), 'workers die while one types: all is there, once and in order');
    await eventually(() => shows(second), 'in the other tab, too');
    await eventually(async () => await page.locator('.message.pending').count() === 0, 'and nothing waits');
    is(await storedIn(server, alice, channel.id), said, 'the server has the same');

    await server.kill();
    await fieldOf(second).fill('to nobody');
    await second.keyboard.press('Enter');
    said.push('to nobody');
    await fieldOf(page).fill('a draft');
    await server.start();
    await post(server, mallory, 'deaths', 'back again');
    await eventually(async () => (await storedIn(server, alice, channel.id)).length === said.length + 1,
        'what was written to a dead server is sent when there is one again');
    const stored = await storedIn(server, alice, channel.id);
    const isWhole = async (each) =>
        (await logOf(each).locator('.message-text').allTextContents()).join() === stored.join();
    await eventually(() => isWhole(page), 'one tab has all of it');
    await eventually(() => isWhole(second), 'the other one, too');
    is(await fieldOf(page).inputValue(), 'a draft', 'what was not sent yet is still there');
    await page.close();
    await post(server, mallory, 'deaths', 'after the first tab');
    await eventually(() => rowOf(second, 'after the first tab').isVisible(), 'the tab that is left goes on');
    await chooseAccount(second, 'Sign out');
    await second.locator('input[name="username"]').waitFor();
    await person.leave();
}

scenario(async ({ server }) => {
    const given = { server };
    for (const name of ['alice', 'mallory']) given[name] = await server.makeUser(name);
    given.endless = await server.makeUser(ENDLESS, { password: 'a short password' });
    for (const part of [names, turned, mistaken, longTexts, longest, manyChannels, deaths]) await part(given);
});
