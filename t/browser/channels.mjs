// Channels: create, browse and join, members, leave; what the server refuses is said in words and beside the field.

import { PHONE } from './lib/browser.mjs';
import { choose, newChatter, row } from './lib/chat.mjs';
import { EXPECTED } from './lib/guards.mjs';
import { eventually, is, like, ok, scenario } from './lib/harness.mjs';
import { accessibility, fitsWidth } from './lib/page_checks.mjs';
import { screenshot } from './lib/screenshot.mjs';

const dialog = (page) => page.locator('dialog[open]');
const closed = (page, name) => eventually(async () => (await dialog(page).count()) === 0, name);

async function empty(server, user) {
    const person = await newChatter(server, user);
    const { page } = person;
    person.allow(EXPECTED.refused, [/status of 409/]);
    await eventually(() => page.getByText('You are in no channel yet.').isVisible(),
        'no channel: that is said, and what to do');
    await page.locator('.sidebar-nothing').getByRole('button', { name: 'Browse channels' }).click();
    await eventually(() => dialog(page).getByText('You are in all the public channels').isVisible(),
        'nothing to join is said, too');
    await accessibility(page, 'the empty list is accessible');
    await page.keyboard.press('Escape');
    await closed(page, 'Esc closes it');
    like(await page.evaluate(() => document.activeElement.textContent), /Browse channels/, 'and the focus is back');
    return person;
}

async function create({ page }) {
    await page.getByRole('button', { name: 'Create a channel' }).click();
    const name = dialog(page).getByLabel('Name');
    const send = () => dialog(page).getByRole('button', { name: 'Create' }).click();
    const problem = async () =>
        page.locator(`[id="${(await name.getAttribute('aria-describedby')).split(' ').at(-1)}"]`).textContent();
    await send();
    is(await problem(), 'Give the channel a name.', 'no name: said beside the field');
    is(await page.evaluate(() => document.activeElement.name), 'name', 'which has the focus');
    await name.fill('   ');
    await send();
    is(await problem(), 'Give the channel a name.', 'spaces are no name');
    await name.fill('ä'.repeat(65));
    await send();
    is(await problem(), 'The name is too long.', 'a name of more bytes than the server takes');
    await name.fill('a\u0085b');
    await send();
    await eventually(async () => /does not take this name/.test(await problem()),
        'a name that the server does not take');
    await name.fill('taken');
    await send();
    await eventually(async () => /There is a channel of that name already/.test(await problem()),
        'a name that is taken');
    await accessibility(page, 'the form with an error is accessible');
    await screenshot(page, 'create');
    await name.fill('<b>Grüße</b>');
    await send();
    await closed(page, 'a good one is made');
    await eventually(() => row(page, '<b>Grüße</b>').locator('[aria-current]').count(),
        'and open, its name as it was typed');
    await page.getByRole('button', { name: 'Create a channel' }).click();
    await name.fill('secret');
    await dialog(page).getByLabel('Private').check();
    await send();
    await eventually(async () => /private channel/.test(await row(page, 'secret').textContent()), 'a private one');
}

async function browse({ page }, server, bob) {
    await server.asUser(bob, 'POST', '/api/channels', { name: 'open', private: false });
    await server.asUser(bob, 'POST', '/api/channels', { name: 'closed', private: true });
    await page.getByRole('button', { name: 'Browse channels' }).click();
    await eventually(async () => (await dialog(page).locator('.line bdi').allTextContents()).join() === 'open,taken',
        'public ones one is not in');
    await dialog(page).getByRole('searchbox').fill('OPE');
    is(await dialog(page).locator('.line bdi').allTextContents(), ['open'], 'a search');
    await screenshot(page, 'browse');
    await accessibility(page, 'the list is accessible');
    await dialog(page).getByRole('button', { name: 'Join open' }).click();
    await closed(page, 'one joins');
    await eventually(() => row(page, 'open').locator('[aria-current]').count(), 'and is there');
}

async function members({ page }, server, bob) {
    await choose(page, 'secret', 'Members');
    await eventually(() => dialog(page).locator('.line').count().then((count) => count === 1), 'one member');
    like(await dialog(page).locator('.line').textContent(), /alice.*you/s, 'which is oneself');
    await dialog(page).getByRole('button', { name: 'Add people' }).click();
    await dialog(page).getByRole('searchbox').fill('bob');
    await screenshot(page, 'add');
    await accessibility(page, 'adding is accessible');
    await dialog(page).getByRole('button', { name: 'Add bob' }).click();
    await eventually(async () => (await dialog(page).getByRole('button', { name: 'Add bob' }).count()) === 0,
        'somebody is added');
    const list = await server.asUser(bob, 'GET', '/api/channels');
    ok(list.json.some((channel) => channel.name === 'secret'), 'and sees it');
    await dialog(page).getByRole('button', { name: 'Back to the members' }).click();
    await eventually(() => dialog(page).locator('.line').count().then((count) => count === 2), 'two members');
    await screenshot(page, 'members');
    await accessibility(page, 'the members are accessible');
    await dialog(page).getByRole('button', { name: 'Remove bob' }).click();
    await accessibility(page, 'the question, too');
    await dialog(page).getByRole('group').getByRole('button', { name: 'Cancel' }).click();
    is(await dialog(page).locator('.line').count(), 2, 'one can think better of it');
    await dialog(page).getByRole('button', { name: 'Remove bob' }).click();
    await dialog(page).getByRole('button', { name: 'Remove', exact: true }).click();
    await eventually(() => dialog(page).locator('.line').count().then((count) => count === 1), 'or take somebody out');
}

/** Somebody else changes the members while they are shown, and takes oneself out. */
async function watched({ page }, server, bob, alice) {
    const open = (await server.asUser(bob, 'GET', '/api/channels')).json.find((channel) => channel.name === 'open');
    await page.keyboard.press('Escape');
    await choose(page, 'open', 'Members');
    await eventually(() => dialog(page).locator('.line').count().then((count) => count === 2), 'two members');
    const carol = await server.makeUser('carol');
    await server.asUser(bob, 'POST', `/api/channels/${open.id}/members`, { user_id: carol.id });
    await eventually(() => dialog(page).locator('.line').count().then((count) => count === 3),
        'who is added elsewhere comes by itself');
    await dialog(page).getByRole('button', { name: 'Remove carol' }).click();
    await server.asUser(bob, 'DELETE', `/api/channels/${open.id}/members/${alice.id}`);
    await eventually(() => row(page, 'open').count().then((count) => count === 0),
        'one is taken out: the channel is gone from the list');
    const remove = dialog(page).getByRole('button', { name: 'Remove', exact: true });
    if (await remove.count()) await remove.click();
    await eventually(() => dialog(page).getByRole('button', { name: /^Remove/ }).count().then((count) => count === 0),
        'and one can remove nobody');
    await page.keyboard.press('Escape');
}

async function leaving({ page }, server, bob, alice) {
    await choose(page, 'secret', 'Leave channel');
    like(await dialog(page).textContent(), /only one of its members can bring you back/,
        'leaving a private one is asked for');
    await accessibility(page, 'the question is accessible');
    await screenshot(page, 'leave');
    await dialog(page).getByRole('button', { name: 'Cancel' }).click();
    await closed(page, 'one may stay');
    is(await row(page, 'secret').count(), 1, 'and is still in it');
    await choose(page, 'secret', 'Leave channel');
    await dialog(page).getByRole('button', { name: 'Leave channel' }).click();
    await eventually(() => row(page, 'secret').count().then((count) => count === 0), 'or leave');
    await row(page, '<b>Grüße</b>').locator('.row-link').click();
    await choose(page, '<b>Grüße</b>', 'Leave channel');
    await eventually(() => row(page, '<b>Grüße</b>').count().then((count) => count === 0),
        'a public one is left at once');
    is(await page.evaluate(() => location.hash), '', 'and is not open any more');
    const back = await server.asUser(bob, 'POST', '/api/channels', { name: 'invitation', private: true });
    await server.asUser(bob, 'POST', `/api/channels/${back.json.id}/members`, { user_id: alice.id });
    await eventually(() => row(page, 'invitation').count(), 'a private channel one is added to comes by itself');
}

async function onPhone(server, user) {
    const person = await newChatter(server, user, { viewport: PHONE, colorScheme: 'dark', locale: 'de-DE' });
    await row(person.page, 'invitation').waitFor();
    await person.page.getByRole('button', { name: 'Kanal anlegen' }).click();
    await fitsWidth(person.page, 'the dialog fits a phone');
    await accessibility(person.page, 'dark, in German');
    await screenshot(person.page, 'create-phone-german-dark');
}

scenario(async ({ server }) => {
    const alice = await server.makeUser('alice');
    const bob = await server.makeUser('bob');
    const person = await empty(server, alice);
    await server.asUser(bob, 'POST', '/api/channels', { name: 'taken', private: false });
    await create(person);
    await browse(person, server, bob);
    await members(person, server, bob);
    await watched(person, server, bob, alice);
    await leaving(person, server, bob, alice);
    await onPhone(server, alice);
});
