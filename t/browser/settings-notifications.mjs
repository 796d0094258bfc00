// Notifications: what the browser allows in words, a tone to try, and the muted conversations.

import { tell } from './lib/chat.mjs';
import { eventually, is, like, ok, scenario } from './lib/harness.mjs';
import { newSettler } from './lib/settings.mjs';

const remembered = (page, name) => page.evaluate((key) => JSON.parse(localStorage.getItem(`bering.${key}`)), name);

// The browser answers what the test says; headless ones ask nobody.
function answer([state, later]) {
    class Notification extends EventTarget {
        static permission = state;
        static async requestPermission() {
            window.asked = (window.asked ?? 0) + 1;
            Notification.permission = later;
            return later;
        }
    }
    window.Notification = Notification;
}

async function seesState(server, user, name, states, steps) {
    const person = await newSettler(server, user, 'about', { name });
    await person.page.addInitScript(answer, states);
    await person.page.goto(`${server.url}/chat/settings#notifications`);
    await person.page.reload();
    await person.page.getByLabel('Notifications on the desktop').waitFor();
    await steps(person.page, person.page.getByLabel('Notifications on the desktop'), person.page.locator('.check .hint').first());
    await person.leave();
}

async function playsTone(page) {
    await page.evaluate(() => {
        window.tones = 0;
        const start = OscillatorNode.prototype.start;
        OscillatorNode.prototype.start = function count(...when) { window.tones += 1; return start.apply(this, when); };
    });
    await page.getByRole('button', { name: 'Try it' }).click();
    is(await page.evaluate(() => window.tones), 2, 'the tone can be heard before it is chosen');
    await page.getByLabel('A tone', { exact: true }).check();
    is(await remembered(page, 'sound'), true, 'and is remembered when it is');
}

async function unmutes(server, page, alice, bob, channel) {
    ok(await page.getByText('None is muted.').isVisible(), 'nothing is muted at first');
    const mute = (path) => server.asUser(alice, 'PUT', `/api/conversations/${path}`, { is_muted: true });
    is((await mute(`dm/${bob.id}`)).status, 200, 'a person is muted elsewhere');
    is((await mute(`channel/${channel}`)).status, 200, 'and a channel');
    const rows = page.locator('.settings-list li');
    await eventually(async () => await rows.count() === 2, 'both come into the list at once');
    like(await rows.nth(0).textContent(), /^#general/, 'the channel by its name');
    like(await rows.nth(1).textContent(), /^bob/, 'the person by the name');
    await page.getByRole('button', { name: 'Unmute bob' }).click();
    await eventually(async () => await rows.count() === 1, 'unmuted, it leaves the list');
    const list = (await server.asUser(alice, 'GET', '/api/conversations')).json;
    is(list.filter((each) => each.is_muted).map(({ id }) => id), [channel], 'for the server, too');
}

scenario(async ({ server }) => {
    const alice = await server.makeUser('alice');
    const bob = await server.makeUser('bob');
    const channel = await server.makeChannel('general', ['alice']);
    await tell(server, bob, 'alice', 'hello');
    await seesState(server, alice, 'not-asked', ['default', 'granted'], async (page, box, hint) => {
        like(await hint.textContent(), /will ask/, 'not asked yet: what will happen is said');
        ok(!await box.isChecked(), 'and it is off');
        await box.click();
        await eventually(() => box.isChecked(), 'allowed: it is on');
        is(await page.evaluate(() => window.asked), 1, 'the browser was asked once, by the click');
        await box.uncheck();
        is(await remembered(page, 'notifications'), null, 'it can be switched off');
        await playsTone(page);
        await unmutes(server, page, alice, bob, channel);
    });
    await seesState(server, alice, 'refuses', ['default', 'denied'], async (page, box, hint) => {
        await box.click();
        await eventually(() => box.isDisabled(), 'refused: it cannot be switched on here');
        ok(!await box.isChecked(), 'and is off');
        like(await hint.textContent(), /blocks.*Allow them/, 'how to allow it is said');
    });
});
