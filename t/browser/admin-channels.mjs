// The administration of channels and their members, and of federation tokens: made, changed, deleted; hostile names;
// what is wrong beside the field; what another administrator does shows.

import { button, complaint, dialog, row, signedIn, submit, visit } from './lib/admin.mjs';
import { eventually, is, like, ok, scenario, unlike } from './lib/harness.mjs';

const EVIL = '"><img src=x onerror="document.title=\'broken\'"><script>document.title="broken"</script>';

const channelOf = async (server, name) =>
        (await server.asAdmin('GET', '/admin/channels')).json.find((channel) => channel.name === name);

async function creating(page, server) {
    await visit(page, 'channels');
    await eventually(() => page.getByText('There are no channels yet').isVisible(), 'an empty list says so');
    await button(page, 'New channel').click();
    await submit(page, { name: '  ' });
    like(await complaint(page, 'name').innerText(), /Enter a name/, 'a missing name');
    await submit(page, { name: 'x'.repeat(129) });
    like(await complaint(page, 'name').innerText(), /too long/, 'a name that is too long');
    await submit(page, { name: 'general' });
    await dialog(page).waitFor({ state: 'detached' });
    await row(page, 'general').waitFor();
    is((await channelOf(server, 'general')).is_private, false, 'a public channel is made');
    await button(page, 'New channel').click();
    await submit(page, { name: 'general' });
    await eventually(async () => /exists/.test(await complaint(page, 'name').innerText()),
        'a name that exists is said beside the field');
    await dialog(page).getByLabel('Private').check();
    await submit(page, { name: 'board' });
    await dialog(page).waitFor({ state: 'detached' });
    is((await channelOf(server, 'board')).is_private, true, 'and a private one');
}

async function changing(page, server) {
    await button(page, 'Edit board').click();
    await submit(page, { name: 'general' });
    await eventually(async () => /exists/.test(await complaint(page, 'name').innerText()),
        'renaming: a name that exists');
    await dialog(page).getByLabel('Private').uncheck();
    await submit(page, { name: 'everybody' });
    await dialog(page).waitFor({ state: 'detached' });
    await row(page, 'everybody').waitFor();
    is((await channelOf(server, 'everybody')).is_private, false, 'a channel is renamed and made public');
    await button(page, 'Edit everybody').click();
    await dialog(page).getByLabel('Private').check();
    await submit(page);
    await dialog(page).waitFor({ state: 'detached' });
    is((await channelOf(server, 'everybody')).is_private, true, 'and private again');
}

async function members(page, server, id) {
    await visit(page, 'channels', id);
    const form = page.locator('.add-member');
    const add = async (name) => {
        await form.locator('[name="username"]').fill(name);
        await form.locator('button').click();
    };
    await eventually(() => page.getByText('Nobody is in it yet').isVisible(), 'nobody is in a new channel');
    await add('');
    like(await complaint(page, 'username').innerText(), /Enter a user/, 'a missing name');
    await add('a@b@c');
    like(await complaint(page, 'username').innerText(), /name@server/, 'no address');
    await add('nobody');
    await eventually(async () => /no such user/.test(await complaint(page, 'username').innerText()),
        'nobody of that name');
    await add('alice@nowhere');
    await eventually(async () => /server|user/i.test(await complaint(page, 'username').innerText()),
        'no server of that name');
    await add('alice');
    await row(page, 'alice').waitFor();
    is(await form.locator('[name="username"]').inputValue(), '',
      'a member is added, and the field is free for the next');
    await add(`bob@${server.serverName}`);
    await row(page, 'bob').waitFor();
    await page.getByLabel('Search members').last().fill('BO');
    await eventually(async () => await page.locator('tbody tr').count() === 1, 'members are searched');
    await page.getByLabel('Search members').last().fill('');
    await row(page, 'alice').waitFor();
    await button(page, 'Remove alice').click();
    await submit(page);
    await row(page, 'alice').waitFor({ state: 'detached' });
    const left = await server.asAdmin('GET', `/admin/channels/${id}/members`);
    is(left.json.map(({ username }) => username), ['bob'], 'a member is taken out, after a question');
    await server.asAdmin('POST', `/admin/channels/${id}/members`, { username: 'alice' });
    await row(page, 'alice').waitFor();
    ok(true, 'who is added elsewhere shows without a reload');
    await visit(page, 'channels', '00000000-0000-4000-8000-000000000000');
    await eventually(() => page.getByText('There is no such channel').isVisible(),
      'a channel that is not there says so');
}

async function deleting(page, server) {
    await visit(page, 'channels');
    await button(page, 'Delete general').click();
    await dialog(page).getByText('2 members').waitFor();
    ok(true, 'the question says how many members there are');
    await submit(page, { typed: 'genera' });
    like(await complaint(page, 'typed').innerText(), /not “general”/, 'the name must be typed');
    await submit(page, { typed: 'general' });
    await dialog(page).waitFor({ state: 'detached' });
    await row(page, 'general').waitFor({ state: 'detached' });
    is(await channelOf(server, 'general'), undefined, 'a channel is deleted');
}

async function hostile(page, server) {
    const { json: { id } } = await server.asAdmin('POST', '/admin/channels', { name: EVIL });
    await row(page, EVIL).waitFor();
    await button(page, `Delete ${EVIL}`).click();
    ok((await dialog(page).innerText()).includes(EVIL), 'a hostile channel name is a text in a question');
    await page.keyboard.press('Escape');
    await visit(page, 'channels', id);
    await eventually(async () => (await page.locator('#section-title').innerText()).includes(EVIL), 'and in a title');
    await server.asAdmin('POST', '/admin/federation-tokens', { label: EVIL });
    await visit(page, 'federation');
    await row(page, EVIL).waitFor();
    is(await page.locator('main img, main script').count(), 0, 'a hostile label likewise');
    unlike(await page.title(), /broken/, 'nothing of it has run');
}

async function tokens(page, server) {
    await visit(page, 'federation');
    await eventually(() => page.getByText('There are no tokens').isVisible(), 'an empty list of tokens says so');
    await button(page, 'New token').click();
    await submit(page);
    like(await complaint(page, 'label').innerText(), /Enter a name/, 'a missing label');
    await submit(page, { label: 'y'.repeat(129) });
    like(await complaint(page, 'label').innerText(), /too long/, 'a label that is too long');
    await submit(page, { label: 'archive' });
    await dialog(page).locator('.secret').waitFor();
    const token = await dialog(page).locator('.secret').inputValue();
    ok(token.length >= 20, 'the token is shown');
    await button(dialog(page), 'Done').click();
    await dialog(page).waitFor({ state: 'detached' });
    unlike(await page.content(), new RegExp(token), 'once');
    await row(page, 'archive').waitFor();
    await button(page, 'Delete archive').click();
    await submit(page);
    await row(page, 'archive').waitFor({ state: 'detached' });
    is((await server.asAdmin('GET', '/admin/federation-tokens')).json, [], 'a token is deleted, after a question');
}

async function self(page) {
    const secret = 'server-token-of-the-tests';
    unlike(await page.content(), new RegExp(secret), 'the server token is not in the page');
    await button(page, 'Show the server token').click();
    is(await dialog(page).locator('.secret').inputValue(), secret, 'until somebody asks for it');
    await button(dialog(page), 'Done').click();
    await dialog(page).waitFor({ state: 'detached' });
    unlike(await page.content(), new RegExp(secret), 'nor afterwards');
}

scenario(async ({ server }) => {
    await server.makeUser('alice');
    await server.makeUser('bob');
    const admin = await signedIn(server);
    const { page } = admin;
    admin.allow([/status of 40[0349]/]);
    await creating(page, server);
    await changing(page, server);
    await members(page, server, (await channelOf(server, 'general')).id);
    await deleting(page, server);
    await tokens(page, server);
    await self(page);
    await visit(page, 'channels');
    await hostile(page, server);
});
