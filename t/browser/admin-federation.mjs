// The administration of the federation: other servers registered, changed, deleted; how links are; what was refused,
// sent again and dropped; what another server may see, of thousands; asking all what is new; hostile names. "a" is
// administered, "b" is another server of this project, "zulu" one that misbehaves as it is told.

import { button, complaint, dialog, row, signedIn, submit, visit } from './lib/admin.mjs';
import { ask, eventually, is, like, ok, scenario, unlike } from './lib/harness.mjs';

const EVIL = '<img\u2215src=x\u2215onerror=document.title=1>';

const serverOf = async (server, name) =>
        (await server.asAdmin('GET', '/admin/servers')).json.find((entry) => entry.name === name);

async function registering(page, a, b) {
    const seen = []; // what the page is told of servers when it asks
    page.on('response', async (answer) => {
        if (answer.request().method() !== 'GET' || !answer.url().includes('/admin/servers')) return;
        seen.push(await answer.text().catch(() => ''));
    });
    await visit(page, 'servers');
    await eventually(() => page.getByText('No other servers yet').isVisible(), 'an empty list says so');
    await button(page, 'Register a server').click();
    await submit(page, { name: '', base_url: '' });
    like(await complaint(page, 'name').innerText(), /Enter a name/, 'a missing name');
    like(await complaint(page, 'base_url').innerText(), /address/, 'a missing address');
    await submit(page, { name: 'b c', base_url: 'ftp://example.org' });
    like(await complaint(page, 'name').innerText(), /No spaces/, 'a bad name');
    like(await complaint(page, 'base_url').innerText(), /begins with/, 'a bad address');
    await submit(page, { name: 'a', base_url: b.url });
    await eventually(async () => /this server/.test(await complaint(page, 'name').innerText()),
      "this server's own name");
    await submit(page, { name: 'b', base_url: b.url, token: 'server-token-of-b-in-the-tests' });
    await dialog(page).waitFor({ state: 'detached' });
    await row(page, 'b').waitFor();
    unlike(await page.content(), /server-token-of-b/, 'its token is not kept in the page');
    await eventually(() => seen.some((text) => text.includes('"b"')), 'the list of servers has it');
    unlike(seen.join(), /server-token-of-b/, 'without its token');
    await button(page, 'Register a server').click();
    await submit(page, { name: 'b', base_url: b.url });
    await eventually(async () => /registered/.test(await complaint(page, 'name').innerText()),
        'a name that is taken is said beside the field');
    await submit(page, { name: 'gamma', base_url: 'http://127.0.0.1:1' });
    await dialog(page).locator('.secret').waitFor();
    const token = await dialog(page).locator('.secret').inputValue();
    await button(dialog(page), 'Done').click();
    await dialog(page).waitFor({ state: 'detached' });
    is((await serverOf(a, 'gamma')).token, token, 'without a token, one is made and shown');
    unlike(await page.content(), new RegExp(token), 'once');
}

async function changing(page, a) {
    const before = await serverOf(a, 'gamma');
    await button(page, 'Edit gamma').click();
    await submit(page, { name: 'b' });
    await eventually(async () => /registered/.test(await complaint(page, 'name').innerText()),
        'editing: a name that is taken');
    await submit(page, { base_url: 'nowhere' });
    await eventually(async () => /begins with/.test(await complaint(page, 'base_url').innerText()),
        'editing: a bad address');
    await submit(page, { name: 'delta', base_url: 'http://127.0.0.1:2' });
    await dialog(page).waitFor({ state: 'detached' });
    await row(page, 'delta').waitFor();
    const after = await serverOf(a, 'delta');
    is([after.base_url, after.token], ['http://127.0.0.1:2', before.token], 'a server is changed, and keeps its token');
    await eventually(async () => /Failing/.test(await row(page, 'delta').innerText()),
        'a server that is not there is failing');
    await row(page, 'delta').getByRole('link', { name: 'delta', exact: true }).click();
    await eventually(() => page.getByText('cannot be reached').isVisible(), 'which its page explains in words');
    await visit(page, 'servers');
    await button(page, 'Delete delta').click();
    await submit(page, { typed: 'gamma' });
    like(await complaint(page, 'typed').innerText(), /not “delta”/, 'the name must be typed');
    await submit(page, { typed: 'delta' });
    await row(page, 'delta').waitFor({ state: 'detached' });
    is(await serverOf(a, 'delta'), undefined, 'a server is deleted');
}

async function health(page, a) {
    await eventually(async () => /Refuses us/.test(await row(page, 'b').innerText()),
        'a server that does not know this one refuses it');
    await visit(page, 'servers', (await serverOf(a, 'b')).id);
    await eventually(() => page.getByText('does not let this server in').isVisible(), 'and what to do is said');
    await ask('introduce');
    await eventually(() => page.getByText('b answers, and nothing waits for it.').isVisible(),
        'once it does, all is good');
    await eventually(() => page.getByText('this software').isVisible(), 'and what it is is known');
}

async function ways(page) {
    const test = async (text, name) => {
        await button(page, 'Test both ways').click();
        await eventually(() => page.getByText(text).isVisible(), name);
    };
    await test(/^b reaches this server \(\d+ ms\)/, 'both ways are tried: there and back');
    ok(await page.getByText(/^This server reaches b \(\d+ ms\)/).isVisible(), 'and from here to there');
    await ask('wrongWayBack');
    await test(/^b does not reach this server.*no connection can be made/, 'a wrong address on the other side is found');
    await ask('rightWayBack');
    await test(/^b reaches this server/, 'and that it has been put right');
}

async function synchronising(page) {
    await visit(page, 'federation');
    await button(page, 'Fetch users').click();
    await eventually(() => page.getByText(/new users?:.*betty@b|No new users/).first().isVisible(),
        'users are fetched, and the result is told');
    await eventually(() => page.getByText('All servers answered.').first().isVisible(), 'from all servers');
    await ask('newChannels');
    await button(page, 'Fetch channels').click();
    await eventually(() => page.getByText(/new channels?:|No new channels/).isVisible(), 'channels, too');
    await ask('peerDown');
    await button(page, 'Fetch users').click();
    await eventually(() => page.getByText('This server gave no answer: zulu').isVisible(),
      'who gave no answer is named');
    await ask('peerUp');
}

async function refused(page, a, people) {
    await ask('refuse');
    for (const body of ['one', 'two', 'three']) await a.asUser(people.alice, 'POST', '/api/messages/dm',
        { recipient: 'zoe@zulu', body });
    await visit(page, 'servers');
    await eventually(async () => /3 refused/.test(await row(page, 'zulu').innerText()),
        'what a server refused is counted');
    await row(page, 'zulu').getByRole('link', { name: 'zulu', exact: true }).click();
    await page.getByText('zulu did not take 3 messages').waitFor();
    like(await page.locator('tbody tr').first().innerText(), /Message[\s\S]*400[\s\S]*<b>not here<\/b>/,
        'with its answer, as a text');
    is(await page.locator('tbody b').count(), 0, 'and as nothing else');

    await page.getByRole('button', { name: /^Send number/ }).first().click();
    await eventually(async () => await ask('refusals') >= 4, 'one is sent again');
    await page.getByText('zulu did not take 3 messages').waitFor();
    await page.getByRole('button', { name: /^Drop number/ }).first().click();
    await dialog(page).getByText('will never get it').waitFor();
    await submit(page);
    await page.getByText('zulu did not take 2 messages').waitFor();
    ok(true, 'one is dropped, after a question');
    await ask('accept');
    await button(page, 'Send all again').click();
    await eventually(() => page.getByText('None.').isVisible(), 'all are sent again');
    is((await ask('received')).length, 2, 'and arrive');
    await ask('refuse');
    await a.asUser(people.alice, 'POST', '/api/messages/dm', { recipient: 'zoe@zulu', body: 'four' });
    await button(page, 'Drop all').click();
    await dialog(page).getByText('never get any').waitFor();
    await submit(page);
    await eventually(() => page.getByText('None.').isVisible(), 'all are dropped, after a question');
    await ask('accept');
}

async function visibility(page, a) {
    const { id } = await serverOf(a, 'b');
    const hidden = async () => (await a.asAdmin('GET', `/admin/servers/${id}/visibility`)).json;
    const idOf = async (name) => (await a.asAdmin('GET', `/admin/users?q=${name}&local=1`)).json[0].id;
    await visit(page, 'servers', id, 'visibility');
    const users = page.locator('.panel').filter({ has: page.getByRole('heading', { name: 'Users', exact: true }) });
    const channels = page.locator('.panel').filter({ has: page.getByRole('heading',
        { name: 'Channels', exact: true }) });
    await users.getByText(/0 of 2,?\d+ hidden/).waitFor();
    is(await users.locator('.choice').count(), 50, 'of thousands of users, one page is drawn');
    await users.getByRole('searchbox').fill('person-1234');
    await eventually(async () => await users.locator('.choice').count() === 1, 'one is found by name');
    await users.locator('.choice input').uncheck();
    await channels.locator('.choice').filter({ hasText: 'secret-plans' }).locator('input').uncheck();
    await page.getByText('Not saved yet').waitFor();
    await button(page, 'Save').click();
    await page.getByText('Not saved yet').waitFor({ state: 'detached' });
    const saved = await hidden();
    is(saved.hidden_user_ids, [await idOf('person-1234')], 'who is not ticked is hidden');
    is(saved.hidden_channel_ids.length, 1, 'so is a channel');
    await ask('seenByB', 'person-1234').then((isSeen) => is(isSeen, false, 'the other server does not see the user'));

    await users.getByRole('searchbox').fill('person-20');
    await eventually(async () => /1–\d+ of 1\d\d|1–50 of/.test(await users.locator('.pager p').innerText())
        || await users.locator('.choice').count() > 1, 'many are found');
    await button(users, 'Untick all found').click();
    await users.getByLabel('Which are shown').selectOption('hidden');
    await button(page, 'Undo').click();
    await users.getByRole('searchbox').fill('');
    await eventually(async () => await users.locator('.choice').count() === 1, 'undone, only what was saved is hidden');
    await users.locator('.choice input').check();
    await button(page, 'Save').click();
    await eventually(async () => (await hidden()).hidden_user_ids.length === 0, 'and shown again');
    is((await hidden()).hidden_channel_ids.length, 1, 'without touching the rest');
}

async function hostile(page, a) {
    const { json: { id } } = await a.asAdmin('POST', '/admin/servers',
            { name: EVIL, base_url: 'http://127.0.0.1:1/<script>' });
    await visit(page, 'servers');
    await row(page, EVIL).waitFor();
    for (const parts of [['servers', id], ['servers', id, 'visibility'], ['overview'], ['users']]) {
        await visit(page, ...parts);
        await eventually(async () => (await page.locator('main').innerHTML()).includes('onerror'),
            `${parts[0]}: a hostile server name is a text`);
        is(await page.locator('main img, main script').count(), 0, `${parts[0]}: and nothing else`);
    }
    await visit(page, 'servers', '00000000-0000-4000-8000-000000000000');
    await eventually(() => page.getByText('There is no such server').isVisible(), 'a server that is not there says so');
}

async function overview(page, a, people) {
    await visit(page, 'overview');
    await page.getByText('As a table').click();
    const last = page.locator('.minutes tbody tr td').first();
    await last.waitFor();
    const before = await page.locator('.figure').nth(3).locator('strong').innerText();
    await a.asUser(people.alice, 'POST', '/api/messages/dm', { recipient: 'zoe@zulu', body: 'count me' });
    await eventually(async () => await page.locator('.figure').nth(3).locator('strong').innerText() !== before,
        'the figures follow while one looks');
    is(await page.locator('.minutes tbody tr').count(), 60, 'the chart has a table of sixty minutes');
    like(await page.locator('figcaption').innerText(), /\d+ messages? in the last hour/, 'and a sentence');
    await eventually(() => page.locator('.people').getByText('alice').isVisible(), 'who is online is named');
}

scenario(async ({ servers: { a, b }, people }) => {
    const admin = await signedIn(a);
    const { page } = admin;
    admin.allow([/status of 40[0349]/]);
    await registering(page, a, b);
    await changing(page, a);
    await health(page, a);
    await ways(page);
    await ask('peer');
    await synchronising(page);
    await refused(page, a, people);
    await visibility(page, a);
    await overview(page, a, people);
    await hostile(page, a);
});
