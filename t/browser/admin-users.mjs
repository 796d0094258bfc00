// The administration of users: signing in, finding one of thousands, making, changing, deleting; hostile names; what is
// wrong beside the field; live.

import { button, complaint, dialog, newAdmin, row, signIn, signedIn, submit, visit } from './lib/admin.mjs';
import { EXPECTED } from './lib/guards.mjs';
import { ask, eventually, is, like, ok, scenario, unlike } from './lib/harness.mjs';

const EVIL = '<img/src=x/onerror=document.title=1>'.replaceAll('/', '\u2215'); // a user's name holds no slash
const EVIL_NAME = '"><img src=x onerror="document.title=\'broken\'"><script>document.title="broken"</script>';
const TOKEN = /^[A-Za-z0-9_-]{20,}$/;

const count = (page) => page.locator('.pager p').innerText();
const rows = (page) => page.locator('tbody tr').count();

async function signingIn(server) {
    const admin = await newAdmin(server);
    const { page } = admin;
    await page.locator('form button[type="submit"]').click();
    like(await complaint(page, 'username').innerText(), /user name/, 'a missing name is said beside its field');
    like(await complaint(page, 'password').innerText(), /password/, 'and a missing password');
    await page.locator('[name="username"]').fill('admin');
    await page.locator('[name="password"]').fill('not it');
    await page.locator('form button[type="submit"]').click();
    await eventually(async () => /wrong/.test(await complaint(page, 'password').innerText()),
        'a wrong password is said beside it');
    await signIn(page, server);
    const cookies = await admin.context.cookies(`${server.url}/admin/ui`);
    is(cookies.map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite })),
        [{ name: 'bering_admin', httpOnly: true, sameSite: 'Strict' }],
          'the session is in a cookie that no script reads');
    is(await page.evaluate(() => document.cookie), '', 'indeed not');
    return admin;
}

async function finding(page) {
    await visit(page, 'users');
    await eventually(async () => /1–50 of 3,00\d/.test(await count(page)), 'thousands of users come by pages');
    is(await rows(page), 50, 'of fifty');
    await button(page, 'Next page').click();
    await eventually(async () => /51–100 of/.test(await count(page)), 'the next page');
    await button(page, 'Last page').click();
    await eventually(async () => /^3,001–3,00\d of/.test(await count(page)), 'the last page');
    await page.getByLabel('Search users').last().fill('PERSON-2999');
    await eventually(async () => await rows(page) === 1 && /1–1 of 1/.test(await count(page)),
        'one is found by a part of the name');
    await page.getByLabel('Search users').last().fill('nobody-is-called-so');
    await eventually(() => page.getByText('No user is like that').isVisible(), 'nobody is found');
    await page.getByLabel('Search users').last().fill('');
    await page.getByLabel('Of which server').selectOption('remote');
    await eventually(() => page.getByText('No user is like that').isVisible(), 'users of other servers: none');
    await page.getByLabel('Of which server').selectOption('local');
    await eventually(async () => await rows(page) === 50, 'users of this server');
}

async function creating(page, server) {
    await button(page, 'New user').click();
    await submit(page);
    like(await complaint(page, 'username').innerText(), /Enter a name/, 'a missing name');
    await submit(page, { username: 'a b' });
    like(await complaint(page, 'username').innerText(), /No spaces/, 'a name with a space');
    await submit(page, { username: 'é'.repeat(65) });
    like(await complaint(page, 'username').innerText(), /too long/, 'a name that is too long in bytes');
    await submit(page, { username: 'carol', display_name: 'x'.repeat(129), password: 'p'.repeat(73) });
    like(await complaint(page, 'display_name').innerText(), /too long/, 'a display name that is too long');
    like(await complaint(page, 'password').innerText(), /too long/, 'a password that is too long');
    await submit(page, { username: 'person-1', display_name: '', password: '' });
    await eventually(async () => /taken/.test(await complaint(page, 'username').innerText()),
        'what the server refuses is said beside the field');
    is(await page.evaluate(() => document.activeElement.name), 'username', 'which has the focus');
    await submit(page, { username: 'carol', display_name: 'Carol Ünlü', password: 'secret of carol' });
    await dialog(page).locator('.secret').waitFor();
    const token = await dialog(page).locator('.secret').inputValue();
    like(token, TOKEN, 'the token is shown');
    const answer = await server.asUser({ token }, 'GET', '/api/users');
    is(answer.status, 200, 'and works');
    await dialog(page).getByRole('button', { name: 'Copy' }).click();
    await eventually(async () => await page.evaluate(() => navigator.clipboard.readText()) === token,
        'and can be copied');
    await page.mouse.click(5, 5);
    ok(await dialog(page).isVisible(), 'a click beside it does not lose it');
    await button(dialog(page), 'Done').click();
    await dialog(page).waitFor({ state: 'detached' });
    unlike(await page.content(), new RegExp(token), 'once closed, the page does not have it');
    const signIn = await server.request('POST', '/api/login',
            { body: { username: 'carol', password: 'secret of carol' } });
    is([signIn.status, signIn.json.display_name], [200, 'Carol Ünlü'], 'the password and the display name are there');
    return token;
}

async function changing(page, server, token) {
    await page.getByLabel('Search users').last().fill('carol');
    await row(page, 'Carol Ünlü').waitFor();
    await button(page, 'Edit carol').click();
    await submit(page, { username: 'person-2' });
    await eventually(async () => /taken/.test(await complaint(page, 'username').innerText()), 'editing: a taken name');
    await submit(page, { username: 'caro/l' });
    await eventually(async () => /No spaces/.test(await complaint(page, 'username').innerText()),
      'editing: a bad name');
    await submit(page, { username: 'carola', display_name: '' });
    await dialog(page).waitFor({ state: 'detached' });
    await row(page, 'carola').waitFor();
    unlike(await page.locator('tbody').innerText(), /Ünlü/, 'a display name can be taken away');

    await button(page, 'Password of carola').click();
    await submit(page);
    like(await complaint(page, 'password').innerText(), /Enter a password/, 'a missing password');
    await submit(page, { password: 'one thing', repeated: 'another' });
    like(await complaint(page, 'repeated').innerText(), /differ/, 'passwords that differ');
    await submit(page, { password: 'a better secret', repeated: 'a better secret' });
    await dialog(page).waitFor({ state: 'detached' });
    const old = await server.request('POST', '/api/login',
        { body: { username: 'carola', password: 'secret of carol' } });
    const now = await server.request('POST', '/api/login',
        { body: { username: 'carola', password: 'a better secret' } });
    is([old.status, now.status], [401, 200], 'only the new password lets in');

    await button(page, 'New token for carola').click();
    await button(dialog(page), 'Make a new token').click();
    await dialog(page).locator('.secret').waitFor();
    const fresh = await dialog(page).locator('.secret').inputValue();
    await button(dialog(page), 'Done').click();
    const status = async (which) => (await server.asUser({ token: which }, 'GET', '/api/users')).status;
    is([await status(token), await status(fresh)], [401, 200], 'only the new token lets in');
}

async function deleting(page, server) {
    await button(page, 'Delete carola').click();
    await submit(page, { typed: 'carol' });
    like(await complaint(page, 'typed').innerText(), /not “carola”/, 'the name must be typed');
    await button(dialog(page), 'Cancel').click();
    await dialog(page).waitFor({ state: 'detached' });
    await button(page, 'Delete carola').click();
    await submit(page, { typed: 'carola' });
    await dialog(page).waitFor({ state: 'detached' });
    await eventually(() => page.getByText('No user is like that').isVisible(), 'the user is gone');
    await eventually(() => page.evaluate(() => document.activeElement.id === 'section-title'),
        'and the focus is at the title');
    await page.getByLabel('Search users').last().fill('admin');
    await button(page, 'Delete admin').click();
    await submit(page, { typed: 'admin' });
    await eventually(() => dialog(page).getByText('ADMIN_USERNAME').isVisible(),
        'why the administrator cannot be deleted is said');
    await page.keyboard.press('Escape');
    is((await server.asAdmin('GET', '/admin/users?q=admin')).json.length, 1, 'and is not');
}

async function hostile(page, server) {
    const made = await server.asAdmin('POST', '/admin/users', { username: EVIL });
    await server.asAdmin('PUT', `/admin/users/${made.json.id}`, { display_name: EVIL_NAME });
    await page.getByLabel('Search users').last().fill('onerror');
    await row(page, EVIL_NAME).waitFor();
    for (const kind of ['Edit', 'Password of', 'New token for', 'Delete']) {
        await button(page, kind === 'New token for' ? `New token for ${EVIL}` : `${kind} ${EVIL}`).click();
        await dialog(page).waitFor();
        ok((await dialog(page).innerText()).includes(EVIL), `${kind}: a hostile name is a text`);
        await page.keyboard.press('Escape');
        await dialog(page).waitFor({ state: 'detached' });
    }
    is(await page.locator('main img, main script, dialog img').count(), 0, 'and nothing else');
    unlike(await page.title(), /broken/, 'nor has it run');
}

async function live(page, server) {
    await page.getByLabel('Search users').last().fill('person-7');
    await row(page, 'person-70').first().waitFor();
    await ask('online', 'person-7');
    await eventually(async () => /Online/.test(await row(page, 'person-7').first().innerText()),
        'who comes online is seen');
    await ask('offline');
    await eventually(async () => /Offline/.test(await row(page, 'person-7').first().innerText()), 'and who goes');
    await page.getByLabel('Search users').last().fill('newcomer');
    await eventually(() => page.getByText('No user is like that').isVisible(), 'nobody yet');
    await server.asAdmin('POST', '/admin/users', { username: 'newcomer' });
    await row(page, 'newcomer').waitFor();
    ok(true, 'a user made elsewhere shows without a reload');
}

// Where no stream of events gets through, the page asks again and again.
async function polled(server) {
    const admin = await newAdmin(server, 'polled');
    const { page } = admin;
    admin.allow([/status of 503/]);
    await page.route('**/admin/events', (route) => route.fulfill({ status: 503 }));
    await signIn(page, server);
    await visit(page, 'users');
    await page.getByText('Every 5 s').waitFor();
    await page.getByLabel('Search users').last().fill('latecomer');
    await eventually(() => page.getByText('No user is like that').isVisible(), 'without a stream, nobody yet');
    await server.asAdmin('POST', '/admin/users', { username: 'latecomer' });
    await row(page, 'latecomer').waitFor();
    ok(true, 'and soon somebody');
    await page.unroute('**/admin/events');
    await page.getByText('Live', { exact: true }).waitFor();
    ok(true, 'once the stream gets through, the page is live');
}

// A slow server: a second Enter does nothing, the button says that it is busy.
async function once(page) {
    let posts = 0;
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    await page.route('**/admin/users', async (route) => {
        if (route.request().method() !== 'POST') return route.continue();
        posts += 1;
        await held;
        return route.continue();
    });
    await button(page, 'New user').click();
    await submit(page, { username: 'only-once' });
    await page.keyboard.press('Enter');
    is(await dialog(page).locator('button[type="submit"]').getAttribute('aria-busy'), 'true',
        'a button whose work is under way says so');
    release();
    await dialog(page).locator('.secret').waitFor();
    is(posts, 1, 'and sends once');
    await button(dialog(page), 'Done').click();
    await page.unroute('**/admin/users');
}

async function expiring(admin, server) {
    const { page } = admin;
    admin.allow(EXPECTED.signedOut);
    await visit(page, 'channels');
    const [{ value: token }] = await admin.context.cookies(`${server.url}/admin/ui`);
    await server.request('POST', '/admin/logout', { token });
    await page.getByText('Your session has ended').waitFor();
    ok(true, 'a session that has ended leads to the sign-in at once');
    await signIn(page, server);
    is(await page.locator('#section-title').innerText(), 'Channels', 'and then to where one was');
    await admin.context.clearCookies();
    await page.getByLabel('Search channels').last().fill('anything');
    await page.getByText('Your session has ended').waitFor();
    await signIn(page, server);
    is(await page.getByLabel('Search channels').last().inputValue(), 'anything',
        'also when it is an answer that says so');
    await button(page, 'Sign out').click();
    await page.locator('[name="password"]').waitFor();
    is(await page.getByText('Your session has ended').count(), 0, 'signing out is no expiry');
    is((await admin.context.cookies(`${server.url}/admin/ui`)).length, 0, 'and takes the cookie away');
}

scenario(async ({ server }) => {
    await (await signingIn(server)).leave();
    const admin = await signedIn(server, 'anna', { permissions: ['clipboard-read', 'clipboard-write'] });
    admin.allow([/status of 40[0139]/]);
    const { page } = admin;
    await finding(page);
    const token = await creating(page, server);
    await changing(page, server, token);
    await deleting(page, server);
    await hostile(page, server);
    await live(page, server);
    await once(page);
    await polled(server);
    await expiring(admin, server);
});
