// Messages on their way: with the server away, over reloads, in two tabs, from two users of one browser.

import { check, eventually, is, scenario } from './lib/harness.mjs';
import { EXPECTED } from './lib/guards.mjs';
import { screenshot } from './lib/screenshot.mjs';
import { fieldOf, openConversation, signIn, storedIn, writer } from './lib/writing.mjs';

const API = '**/api/messages/**';

/** What the page's model holds: [[body, state]]. Modules of a page are the same for all who import them. */
const pendingOf = (page) => page.evaluate(async () => {
    const { pending } = await import('/app/models/outbox.js');
    return pending.value.map(({ body, state }) => [body, state]);
});

/** Calls a function of the page's outbox with the id of the message with that body. */
const callOutbox = (page, name, body) => page.evaluate(async ([called, text]) => {
    const outbox = await import('/app/models/outbox.js');
    outbox[called](outbox.pending.value.find((entry) => entry.body === text).message_id);
}, [name, body]);

const bodiesOf = async (page) => (await pendingOf(page)).map(([body]) => body);
const rememberedOf = (page) => page.evaluate(
    () => Object.keys(localStorage).filter((name) => name.startsWith('bering.outbox.')).length,
);

/** Nothing that the page sends arrives, until page.unroute(API). */
const cutOff = (page) => page.route(API, (route) =>
    (route.request().method() === 'POST' ? route.abort('connectionrefused') : route.continue()));

async function write(page, ...texts) {
    for (const text of texts) {
        await fieldOf(page).fill(text);
        await fieldOf(page).press('Enter');
    }
}

const shows = (page, text) => page.getByRole('main').getByText(text, { exact: true }).isVisible();
const nothingPends = (page, name) => eventually(async () => (await pendingOf(page)).length === 0, name);

// After a reload: what is remembered may not be shown yet.
const nothingIsLeft = (page, name) => eventually(async () => (await rememberedOf(page)) === 0, name);

async function serverAway({ server, alice, page, channel }) {
    await write(page, 'before');
    await eventually(async () => (await storedIn(server, alice, channel.id)).length === 1,
        'with the server there it is stored');
    await nothingPends(page, 'and nothing waits');
    await server.stop();
    await write(page, 'first', 'second', 'third');
    await eventually(async () => await shows(page, 'first') && shows(page, 'third'), 'without, messages show at once');
    is(await bodiesOf(page), ['first', 'second', 'third'], 'and wait in order');
    is(await rememberedOf(page), 3, 'each is remembered');
    await screenshot(page, 'waiting');
    await server.start();
    await nothingPends(page, 'once it is back, all are sent');
    is(await storedIn(server, alice, channel.id), ['before', 'first', 'second', 'third'], 'each once, in order');
    is(await rememberedOf(page), 0, 'and forgotten here');
}

async function reload({ server, alice, page, channel }) {
    const before = await storedIn(server, alice, channel.id);
    await cutOff(page);
    await write(page, 'fourth', 'fifth');
    await page.reload();
    await eventually(async () => (await bodiesOf(page)).join() === 'fourth,fifth',
        'what was not sent is there after a reload');
    await eventually(async () => await shows(page, 'fourth') && shows(page, 'fifth'), 'and shown');
    await write(page, 'sixth');
    await page.unroute(API);
    await nothingIsLeft(page, 'and sent then');
    is((await storedIn(server, alice, channel.id)).slice(before.length), ['fourth', 'fifth', 'sixth'],
        'before what was written later');
}

async function lostAnswers({ server, alice, page, channel }) {
    const before = await storedIn(server, alice, channel.id);
    let sent = 0;
    await page.route(API, async (route) => {
        if (route.request().method() !== 'POST') return route.continue();
        sent += 1;
        if (sent > 2) return route.continue();
        await route.fetch(); // stored, but the page never learns it from the answer
        return route.abort('connectionreset');
    });
    await write(page, 'lost answer');
    await nothingPends(page, 'a message whose answer was lost is settled, too');
    await page.unroute(API);
    await write(page, 'after the lost answer');
    await nothingPends(page, 'and so is the next');
    is((await storedIn(server, alice, channel.id)).slice(before.length), ['lost answer', 'after the lost answer'],
        'both are stored once');
}

async function refused({ server, alice, page, channel }) {
    const before = await storedIn(server, alice, channel.id);
    await page.route(API, (route) => {
        const isBad = route.request().method() === 'POST' && route.request().postDataJSON().body.startsWith('bad');
        if (!isBad) return route.continue();
        return route.fulfill({ status: 400, json: { error: 'no such thing' } });
    });
    await write(page, 'bad one', 'bad two', 'good');
    const haveFailed = async () => (await pendingOf(page)).flat().join() === 'bad one,failed,bad two,failed';
    await eventually(haveFailed, 'what the server refuses has failed, and does not keep the next ones from being sent');
    await page.reload();
    await eventually(haveFailed, 'it stays so after a reload');
    await eventually(() => shows(page, 'bad one'), 'and is shown');
    await screenshot(page, 'failed');
    await callOutbox(page, 'retry', 'bad one');
    await eventually(async () => (await pendingOf(page))[0][1] === 'failed', 'tried again, it fails again');
    await page.unroute(API);
    await callOutbox(page, 'discard', 'bad two');
    is(await bodiesOf(page), ['bad one'], 'one that is given up is gone');
    await callOutbox(page, 'retry', 'bad one');
    await nothingPends(page, 'and one that is tried again may be stored');
    is((await storedIn(server, alice, channel.id)).slice(before.length), ['good', 'bad one'], 'none of them twice');
    is(await rememberedOf(page), 0, 'nothing is left');
}

async function twoTabs({ server, alice, person, page, channel }) {
    const before = await storedIn(server, alice, channel.id);
    const second = await person.newPage();
    await openConversation(second, server, `channel:${channel.id}`);
    await server.stop();
    await write(page, 'here 1', 'here 2');
    await eventually(async () => (await bodiesOf(second)).join() === 'here 1,here 2',
        'what one tab could not send waits in the other, too');
    await write(second, 'there 3');
    await write(page, 'here 4');
    await eventually(async () => (await bodiesOf(page)).length === 4, 'in both directions');
    is(await rememberedOf(page), 4, 'and none overwrites the other\'s');
    await page.close();
    person.page = second;
    await server.start();
    await nothingPends(second, 'the tab that is left sends all of them');
    is((await storedIn(server, alice, channel.id)).slice(before.length), ['here 1', 'here 2', 'there 3', 'here 4'],
        'once and in order');
}

// A direct message must not depend on who has been loaded: it is sent as soon as the page is there.
async function direct({ server, alice, bob, person }) {
    const { page } = person;
    await openConversation(page, server, `dm:${bob.id}`);
    await cutOff(page);
    await write(page, 'for bob');
    await page.unroute(API);
    await page.reload();
    await nothingIsLeft(page, 'a direct message is sent after a reload');
    const { json } = await server.asUser(alice, 'GET', `/api/messages/dm/${bob.id}`);
    is(json.map(({ body }) => body), ['for bob'], 'once');
}

async function otherUser({ server, alice, bob, person, channel }) {
    const { page } = person;
    await openConversation(page, server, `channel:${channel.id}`);
    const before = await storedIn(server, alice, channel.id);
    await cutOff(page);
    await write(page, 'still alice');
    await fieldOf(page).fill('draft of alice');
    await signIn(person, server, bob);
    await page.reload();
    await fieldOf(page).waitFor();
    await page.unroute(API);
    is(await fieldOf(page).inputValue(), '', 'another user of this browser does not see the drafts');
    is(await pendingOf(page), [], 'and sends nothing of what waits');
    await write(page, 'from bob');
    await nothingPends(page, 'but what they write themselves');
    await signIn(person, server, alice);
    await page.reload();
    await nothingIsLeft(page, 'the first user\'s is sent when they are back');
    is((await storedIn(server, alice, channel.id)).slice(before.length), ['from bob', 'still alice'], 'once');
    is(await fieldOf(page).inputValue(), 'draft of alice', 'and their draft is there');
}

scenario(async ({ server }) => {
    const [alice, bob] = [await server.makeUser('alice'), await server.makeUser('bob')];
    const channel = (await server.asUser(alice, 'POST', '/api/channels', { name: 'general' })).json;
    await server.asUser(bob, 'POST', `/api/channels/${channel.id}/members`, { user_id: bob.id });
    const person = await writer('alice', server, alice, `channel:${channel.id}`);
    person.allow(EXPECTED.serverAway, EXPECTED.offline, EXPECTED.refused);
    const given = { server, alice, bob, person, page: person.page, channel };
    for (const part of [serverAway, reload, lostAnswers, refused, twoTabs, direct, otherUser]) {
        await check(`${part.name} runs to its end`, async () => { await part(given); });
    }
});
