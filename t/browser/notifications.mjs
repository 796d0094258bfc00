// Calling somebody who looks elsewhere: asked for once and quietly, muted conversations stay silent, one tab calls for
// all.

import { PHONE } from './lib/browser.mjs';
import { choose, newChatter, post, row, tell } from './lib/chat.mjs';
import { eventually, is, like, ok, scenario } from './lib/harness.mjs';
import { accessibility, fitsWidth } from './lib/page_checks.mjs';
import { screenshot } from './lib/screenshot.mjs';

// A desktop that writes down what it is told, and answers the browser's question as `answer` says.
const fakeDesktop = ([permission, answer]) => {
    window.shown = [];
    window.asked = 0;
    window.tones = 0;
    window.Notification = class {
        static get permission() { return localStorage.getItem('fake permission') ?? permission; }

        static async requestPermission() {
            window.asked += 1;
            localStorage.setItem('fake permission', answer); // one for all tabs
            return answer;
        }

        constructor(title, options) { window.shown.push({ title, ...options, self: this }); }

        close() { this.isClosed = true; }
    };
    const Real = window.OscillatorNode;
    window.OscillatorNode = class extends Real {
        constructor(...parameters) {
            super(...parameters);
            window.tones += 1;
        }
    };
};

async function chatter(server, user, permission, answer, options) {
    const person = await newChatter(server, user, options);
    await person.context.addInitScript(fakeDesktop, [permission, answer]);
    await person.page.reload();
    await person.page.locator('.frame').waitFor();
    return person;
}

const shown = (page) => page.evaluate(() => window.shown.map(({ title, body }) => `${title}: ${body}`));
const bar = (page) => page.locator('.notification-request');

async function asking(server, { alice, bob }) {
    const person = await chatter(server, alice, 'default', 'granted');
    const { page } = person;
    await row(page, 'general').waitFor();
    is(await bar(page).count(), 0, 'at first nobody is asked');
    await tell(server, bob, 'alice', 'hello');
    await eventually(() => bar(page).isVisible(), 'after the first message the question is there');
    is(await page.evaluate('window.asked'), 0, 'but the browser has not been made to ask');
    await accessibility(page, 'it is accessible');
    await screenshot(page, 'question');
    await bar(page).getByRole('button', { name: 'Yes' }).click();
    await eventually(async () => (await bar(page).count()) === 0, 'yes: the question goes');
    is(await page.evaluate('window.asked'), 1, 'and the browser asks');
    return person;
}

async function calling({ page }, server, { bob }) {
    await tell(server, bob, 'alice', 'are you there?');
    await eventually(async () => (await shown(page)).join() === 'bob: are you there?', 'a message calls');
    await post(server, bob, 'general', 'in the channel');
    await eventually(async () => (await shown(page)).at(-1) === 'bob in #general: in the channel',
        'one in a channel says which');
    await post(server, bob, 'team', '[gif:https://127.0.0.1/a.gif]');
    await eventually(async () => (await shown(page)).at(-1) === 'bob in #team: GIF', 'a picture is called so');
    await page.evaluate(() => window.shown[1].self.onclick());
    await eventually(() => row(page, 'general').locator('[aria-current]').count(),
        'a click on it opens the conversation');
    like(await page.title(), /BeringShare/, 'the title');

    await choose(page, 'general', 'Mute');
    await eventually(async () => /Muted/.test(await row(page, 'general').textContent()), 'a muted conversation');
    await row(page, 'bob').locator('.row-link').click();
    const before = (await shown(page)).length;
    await post(server, bob, 'general', 'silence');
    await post(server, bob, 'general', 'hey @alice');
    await eventually(async () => (await shown(page)).length > before, 'calls for who is named');
    is((await shown(page)).slice(before), ['bob in #general: hey @alice'], 'and for nothing else');
    is(await page.evaluate('window.tones'), 0, 'no sound was made');
}

async function tones({ page }, server, { carol }) {
    await page.evaluate(() => localStorage.setItem('bering.sound', 'true'));
    await page.reload();
    await row(page, 'general').waitFor();
    await tell(server, carol, 'alice', 'with a sound');
    await eventually(async () => (await page.evaluate('window.tones')) === 2, 'who wants a sound hears one');
}

// Two tabs of one browser: one of them calls; none if one of them is looked at.
async function tabs(person, server, { carol }) {
    const first = person.page;
    const second = await person.newPage();
    await second.goto(`${server.url}/chat/ui`);
    await row(second, 'general').waitFor();
    const counts = async () => (await shown(first)).length + (await shown(second)).length;
    const before = await counts();
    await tell(server, carol, 'alice', 'to both tabs');
    await eventually(async () => (await counts()) > before, 'with two tabs one calls');
    await second.locator('.row', { hasText: 'carol' }).locator('.row-link').click();
    await second.bringToFront();
    const marker = await tell(server, carol, 'alice', 'looked at');
    ok(marker, 'while one is looked at');
    await tell(server, await server.makeUser('eve'), 'alice', 'from elsewhere');
    await eventually(async () => [...await shown(first), ...await shown(second)].includes('eve: from elsewhere'),
        'others call');
    const all = [...await shown(first), ...await shown(second)];
    is(all.filter((text) => text === 'carol: to both tabs').length, 1, 'each once');
    is(all.filter((text) => text === 'carol: looked at').length, 0, 'and what one looks at not at all');
}

async function declining(server, { carol, bob }) {
    const person = await chatter(server, carol, 'default', 'granted', { viewport: PHONE, locale: 'de-DE', colorScheme: 'dark' });
    const { page } = person;
    await tell(server, bob, 'carol', 'hello');
    await eventually(() => bar(page).isVisible(), 'somebody else is asked');
    await fitsWidth(page, 'on a phone it fits');
    await accessibility(page, 'and is accessible');
    await screenshot(page, 'question-phone-german-dark');
    await bar(page).getByRole('button', { name: 'Nicht jetzt' }).click();
    await eventually(async () => (await bar(page).count()) === 0, 'not now');
    await page.reload();
    await row(page, 'bob').waitFor();
    await tell(server, bob, 'carol', 'once more');
    await eventually(async () => /^\(2\) BeringShare$/.test(await page.title()), 'a message comes: the title counts it');
    ok(await row(page, 'bob').locator('.badge').count(), 'and the row in the list');
    is(await bar(page).count(), 0, 'nobody is asked again');
    is(await page.evaluate('window.asked'), 0, 'nor has the browser');
    is(await shown(page), [], 'nor is anything shown');
}

scenario(async ({ server }) => {
    const users = {};
    for (const name of ['alice', 'bob', 'carol']) users[name] = await server.makeUser(name);
    await server.makeChannel('general', ['alice', 'bob']);
    await server.makeChannel('team', ['alice', 'bob']);
    const alice = await asking(server, users);
    await calling(alice, server, users);
    await tones(alice, server, users);
    await tabs(alice, server, users);
    await declining(server, users);
});
