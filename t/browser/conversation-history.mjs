// A long history: scrolled to its beginning and back without a hole, a message twice, or a jump; caught up after an
// absence.

import { eventually, is, note, ok, scenario } from './lib/harness.mjs';
import { EXPECTED } from './lib/guards.mjs';
import {
    conversationOf, idsShown, isAtEnd, logOf, markRead, place, reader, rowOf, say, scrollBy, storedIds, topOf,
} from './lib/conversing.mjs';

const MANY = 3000;
const WINDOW_MOST = 300;

async function fill(server, people, channel, count) {
    const authors = [people.bob, people.carol];
    for (let from = 0; from < count; from += 20) {
        await Promise.all(Array.from({ length: Math.min(20, count - from) }, (_, place) => {
            const number = from + place;
            const more = number % 7 ? '' : '\na longer text that takes more than one line. '.repeat(number % 5 + 1);
            const body = `message ${number}${more}`;
            return say(server, authors[Math.floor(number / 3) % 2], channel, body);
        }));
    }
}

/** What is shown is a part of the history, in its order. */
function isPart(shown, all) {
    const from = all.indexOf(shown[0]);
    return shown.length > 0 && shown.length <= WINDOW_MOST && shown.every((id, place) => id === all[from + place]);
}

/**
 * Scrolls by steps as long as there is more, and looks after each whether what is shown is right, and whether what was
 * read stayed where it was but for the step.
 */
async function scrollThrough(page, all, step, isDone) {
    const seen = new Set();
    const wrong = [];
    const look = async () => {
        const shown = await idsShown(page);
        shown.forEach((id) => seen.add(id));
        if (!isPart(shown, all)) wrong.push([shown.length, all.indexOf(shown[0]), all.indexOf(shown.at(-1))]);
    };
    for (let turns = 0; turns < 2000 && !await isDone(); turns += 1) {
        await look();
        await page.$eval('[role="log"]', (box, by) => { box.scrollTop += by; }, step);
        await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve, 0)); }));
    }
    await look(); // what came with the last step
    return { seen, wrong };
}

async function history({ server, people, channel }) {
    const all = await storedIds(server, people.bob, channel);
    await markRead(server, people.alice, channel, all.at(-2)); // one opens where unread messages begin
    const alice = await reader('alice', server, people.alice, `channel:${channel.id}`);
    const { page } = alice;
    await eventually(async () => (await idsShown(page)).at(-1) === all.at(-1) && isAtEnd(page),
        'opened, it shows its end');
    await eventually(async () => (await conversationOf(server, people.alice, channel.id)).unread === 0,
        'which is read then');

    const up = await scrollThrough(page, all, -1400, async () => {
        const shown = await idsShown(page);
        return shown[0] === all[0] && (await place(page)).top === 0;
    });
    is(up.wrong, [], 'scrolled up: always a part of the history, of bounded length, without a hole');
    const missed = all.filter((id) => !up.seen.has(id));
    ok((await idsShown(page))[0] === all[0], 'up to the very first message');
    is(missed.length, 0, 'and each of them was shown on the way');

    const isDone = async () => (await idsShown(page)).at(-1) === all.at(-1) && isAtEnd(page);
    const down = await scrollThrough(page, all, 1400, isDone);
    is(down.wrong, [], 'scrolled down: the same');
    is(all.filter((id) => !down.seen.has(id)).length, 0, 'and each was shown');
    ok(await isAtEnd(page), 'to the end');
    return { alice, all };
}

/** A page that is put in above does not move what one reads by a pixel. */
async function anchoring({ page, all }) {
    await logOf(page).focus();
    let worst = 0;
    for (let turn = 0; turn < 6; turn += 1) {
        const before = (await idsShown(page))[0];
        const moved = await page.evaluate((first) => new Promise((resolve) => {
            const box = document.querySelector('[role="log"]');
            const sides = (element) => element.getBoundingClientRect();
            box.scrollTop = 60; // near the upper end: a page is loaded
            const row = [...box.querySelectorAll('[data-key]')].find((each) => sides(each).bottom > sides(box).top);
            const at = sides(row).top;
            const look = () => {
                if (box.querySelector('[data-key]').dataset.key === first) return setTimeout(look, 5);
                return requestAnimationFrame(() => resolve(row.isConnected ? Math.abs(sides(row).top - at) : Infinity));
            };
            look();
        }), before);
        worst = Math.max(worst, moved);
    }
    note(`moved by at most ${worst} px`);
    ok(worst <= 1, 'what one reads stays in its place when a page is put in above it', `${worst} px`);
    ok(isPart(await idsShown(page), all), 'and the history is whole');
}

/** A page that cannot be loaded says so, where it would be, and can be tried again. */
async function failure({ alice, page, all }) {
    alice.allow(EXPECTED.serverAway);
    const isOlder = (url) => url.searchParams.has('before');
    const busy = { status: 503, contentType: 'application/json', body: '{"error": "busy"}' };
    await page.route(isOlder, (route) => route.fulfill(busy));
    await page.reload();
    const retry = logOf(page).getByRole('button', { name: 'Try again' });
    await eventually(async () => (await idsShown(page)).at(-1) === all.at(-1) && isAtEnd(page), 'loaded anew: the end');
    await scrollBy(page, -2000);
    await eventually(async () => await retry.count() === 1, 'older messages cannot be loaded: that is said');
    is((await idsShown(page)).length, 50, 'what is there stays');
    await page.unroute(isOlder);
    await retry.click();
    await eventually(async () => (await idsShown(page)).length > 50 && isPart(await idsShown(page), all),
        'and once more they can');
    is(await retry.count(), 0, 'the button is gone then');
}

async function jump({ page, all }) {
    await page.getByRole('button', { name: /to the newest message/i }).click();
    await eventually(async () => (await idsShown(page)).at(-1) === all.at(-1) && isAtEnd(page),
        'a button leads to the newest');
    await eventually(async () => await page.locator('.jump').count() === 0, 'and is gone then');
    await logOf(page).focus();
    await page.keyboard.press('PageUp');
    await eventually(async () => !await isAtEnd(page), 'PageUp scrolls');
    await eventually(async () => {
        await page.keyboard.press('Home');
        return all.indexOf((await idsShown(page))[0]) < all.length - 200;
    },
        'Home, too, and more is loaded');
    await page.keyboard.press('End');
    await eventually(() => isAtEnd(page), 'End leads back');
}

/** A message comes while one reads further up: it moves nothing. */
async function arrivals({ server, people, channel, page }) {
    await scrollBy(page, -900);
    await eventually(() => page.locator('.jump').isVisible(), 'somebody reads further up');
    const looked = await page.$$eval('[role="log"] [data-key]', (rows) =>
        rows.find((row) => row.getBoundingClientRect().top > 200).dataset.key);
    const before = await topOf(page, looked);
    const id = await say(server, people.bob, channel, 'while you are reading');
    await eventually(async () => /one new message/i.test(await page.locator('.jump').textContent()),
        'a new message is counted');
    ok(Math.abs(await topOf(page, looked) - before) < 1, 'and moves nothing');
    await page.locator('.jump').click();
    await eventually(async () => (await idsShown(page)).at(-1) === id && isAtEnd(page), 'the button leads there');
    const next = await say(server, people.bob, channel, 'at the end');
    await eventually(async () => (await idsShown(page)).at(-1) === next && isAtEnd(page),
        'at the end, one stays at the end');
}

async function absence({ server, people, channel, alice }) {
    const { page } = alice;
    const settle = async (name) => {
        const all = await storedIds(server, people.bob, channel);
        await eventually(async () => {
            const shown = await idsShown(page);
            return shown.at(-1) === all.at(-1) && isPart(shown, all);
        }, name);
    };
    await alice.goOffline();
    for (let number = 0; number < 20; number += 1) await say(server, people.carol, channel, `offline ${number}`);
    await alice.goOnline();
    await settle('who was offline for a moment has everything, once and in order');

    await alice.goOffline();
    await page.getByRole('textbox', { name: /message/i }).fill('from the tunnel');
    await page.keyboard.press('Enter');
    await eventually(() => rowOf(page, 'from the tunnel').getByText('Sent when the connection is back').isVisible(),
        'what is written offline waits');
    for (let number = 0; number < 5; number += 1) await say(server, people.bob, channel,
        `before the tunnel ends ${number}`);
    await alice.goOnline();
    await eventually(async () => await page.locator('.message.pending').count() === 0, 'and is sent afterwards');
    await settle('in the server\'s order, whatever came in between');

    alice.allow(EXPECTED.serverAway);
    await server.stop();
    await eventually(() => page.locator('.banner').isVisible(), 'the server is away');
    await server.start();
    for (let number = 0; number < 60; number += 1) await say(server, people.carol, channel,
        `after the restart ${number}`);
    await eventually(async () => await page.locator('.banner').count() === 0, 'and comes back');
    await settle('a server that knows nothing of the stream any more: all is caught up by a resync');
}

scenario(async ({ server, people }) => {
    const channel = { id: await server.makeChannel('history', ['alice', 'bob', 'carol']) };
    await fill(server, people, channel, MANY);
    const { alice, all } = await history({ server, people, channel });
    const given = { server, people, channel, alice, all, page: alice.page };
    await anchoring(given);
    await failure(given);
    await jump(given);
    await arrivals(given);
    await absence(given);
});
