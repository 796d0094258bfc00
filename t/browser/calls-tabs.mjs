// A person on two devices, with two tabs on one of them: all ring, one makes it heard, one answers. And pages that come
// and go.

import {
    answer, arrives, button, call, decline, hangUp, isOver, join, newCaller, openChat, panel, received, ring, says,
    setRules, tiles,
} from './lib/calls.mjs';
import { chooseAccount } from './lib/chat.mjs';
import { eventually, is, ok, scenario } from './lib/harness.mjs';

// Counts what makes a sound. Runs in the page, before its scripts.
function countTones() {
    window.tones = 0;
    window.AudioContext = class extends AudioContext {
        constructor(...parameters) {
            super(...parameters);
            window.tones += 1;
        }
    };
}

const tonesOf = (pages) => Promise.all(pages.map((page) => page.evaluate(() => window.tones)));
const rings = (pages) => Promise.all(pages.map((page) => ring(page).count()));

async function ringing(alice, laptop, phone, second) {
    const pages = [laptop.page, second, phone.page];
    await call(alice.page, 'bob');
    await eventually(async () => (await rings(pages)).join() === '1,1,1', 'all tabs of all devices ring');
    await eventually(async () => {
        const [one, other, third] = await tonesOf(pages);
        return one + other === 1 && third === 1;
    }, 'one tab of each device makes it heard');
    await answer(phone.page);
    await arrives(alice.page, 1, 'one answers');
    await eventually(async () => (await rings(pages)).join() === '0,0,0', 'the others ring no more');
    is(await panel(second).count(), 0, 'and show nothing of it');
    await hangUp(alice.page);
    await isOver(phone.page, 'over');

    await call(alice.page, 'bob');
    await ring(second).waitFor();
    await decline(second);
    await says(alice.page, /bob has declined/, 'one declines');
    await eventually(async () => (await rings(pages)).join() === '0,0,0', 'for all');
}

async function crossing(alice, phone, others) {
    const callNow = (page, name) => page.evaluate(async (address) => {
        const { calls } = await import('/app/models/calls/entry.js');
        (await calls()).callPerson(address, address, true);
    }, name);
    await Promise.all([callNow(alice.page, 'bob'), callNow(phone.page, 'alice')]);
    await arrives(alice.page, 1, 'both call each other at once: it is one call');
    await arrives(phone.page, 1, 'on both sides');
    await eventually(async () => (await rings(others)).join() === '0,0', 'and nothing rings any more');
    await alice.page.reload();
    await arrives(alice.page, 1, 'a page that is opened again is in the call again');
    await arrives(phone.page, 1, 'and seen');
    ok(/\d:\d\d/.test(await panel(alice.page).locator('.duration').innerText()), 'the time goes on');
    await setRules(phone.page, { awayMs: 1500 });
    const closed = alice.page;
    await alice.newPage();
    await closed.close({ runBeforeUnload: false });
    await isOver(phone.page, 'a page that is closed has hung up');
    await says(phone.page, /alice has hung up/, 'as the other side is told');
}

async function channel({ server }, id, alice, laptop, second) {
    await openChat(alice.page, server, `channel:${id}`);
    await openChat(laptop.page, server, `channel:${id}`);
    await openChat(second, server, `channel:${id}`);
    await join(alice.page);
    await join(laptop.page);
    await arrives(alice.page, 1, 'a call of two in a channel');
    await join(second);
    await arrives(second, 1, 'somebody joins from another tab');
    await says(laptop.page, /goes on in another window/, 'and is in it from there alone');
    await eventually(async () => (await received(alice.page)).length === 1, 'there is one of each person');
    await setRules(laptop.page, { awayMs: 1000 });
    await second.close();
    await eventually(async () => (await tiles(alice.page).count()) === 1,
        'that tab is closed, another is open: the person has left');
    await hangUp(alice.page);
    await isOver(alice.page, 'the call is over');
}

// How many a call bears, as the server has it configured, is shown before one joins; and who is not let in is told.
async function limits({ server }, id, alice) {
    const { page } = alice;
    const others = [];
    alice.allow([/status of 409/]);
    for (let place = 1; place <= 5; place += 1) others.push(await server.makeUser(`person${place}`));
    const ask = async (count) => {
        while (others.length > 5 - count) await server.asUser(others.shift(), 'POST', `/api/channels/${id}/call/join`, {});
        await page.getByRole('button', { name: `Join the call: ${count === 1 ? 'one' : count} participant` }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByText(/person1/).waitFor();
        return dialog;
    };
    await openChat(page, server, `channel:${id}`);
    const first = others[0];
    const one = await ask(1);
    await eventually(() => one.getByText('A call bears 3 people with video, 5 with sound alone.').isVisible(),
        'how many a call bears');
    await page.keyboard.press('Escape');
    const three = await ask(3);
    await eventually(() => three.getByText('3 people are in it: you can join with sound alone.').isVisible(),
        'three are in it: sound alone');
    is(await three.getByLabel('With my camera').count(), 0, 'a camera is not offered');
    await page.keyboard.press('Escape');
    const five = await ask(5);
    await eventually(() => five.getByText('The call is full: 5 people are in it.').isVisible(), 'five are in it: full');
    ok(await five.locator('button[type="submit"]').isDisabled(), 'and one cannot join');
    await page.keyboard.press('Escape');
    await page.evaluate(async (channelId) => { // as if the others had joined while one made up one's mind
        const { joinCall } = await import('/app/models/calls/center.js');
        await joinCall(channelId, { withCamera: false });
    }, id);
    await says(page, /The call is full/, 'who is not let in is told why');
    await button(panel(page), 'Close').click();
    await server.asUser(first, 'POST', `/api/channels/${id}/call/leave`, {});
    await join(page, { camera: false });
    ok(true, 'once somebody has left, one can join');
    await hangUp(page);
    await isOver(page, 'and leave');
}

scenario(async ({ server }) => {
    const users = await Promise.all(['alice', 'bob'].map((name) => server.makeUser(name)));
    const id = await server.makeChannel('general', ['alice', 'bob']);
    const init = [countTones];
    const alice = await newCaller(server, users[0], { key: `dm:${users[1].id}`, init });
    const laptop = await newCaller(server, users[1], { key: `dm:${users[0].id}`, init, name: 'laptop' });
    const phone = await newCaller(server, users[1], { key: `dm:${users[0].id}`, init, name: 'phone' });
    const first = laptop.page;
    const second = await laptop.newPage();
    laptop.page = first;
    await openChat(second, server, `dm:${users[0].id}`);
    await ringing(alice, laptop, phone, second);
    await crossing(alice, phone, [laptop.page, second]);
    await channel({ server }, id, alice, laptop, second);

    await limits({ server }, id, alice);

    await openChat(alice.page, server, `dm:${users[1].id}`);
    await call(alice.page, 'bob', false);
    await answer(phone.page, false);
    await arrives(alice.page, 1, 'one more call', ['sound']);
    await chooseAccount(phone.page, 'Sign out');
    await says(alice.page, /bob has hung up/, 'who signs out hangs up');
});
