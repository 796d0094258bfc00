// The debug console: the last requests, answers and events; none of them tells a password or a token.

import { PHONE } from './lib/browser.mjs';
import { chooseAccount, newChatter, row, tell } from './lib/chat.mjs';
import { EXPECTED } from './lib/guards.mjs';
import { eventually, is, like, ok, scenario, unlike } from './lib/harness.mjs';
import { accessibility, fitsWidth } from './lib/page_checks.mjs';
import { screenshot } from './lib/screenshot.mjs';

const NEW_PASSWORD = 'another password of alice';

const panel = (page) => page.getByRole('region', { name: 'Debug console' });
const titles = (page) => page.locator('.trace-entry b').allTextContents();

async function opened(server, alice) {
    const person = await newChatter(server, alice, { permissions: ['clipboard-read', 'clipboard-write'] });
    const { page } = person;
    await chooseAccount(page, 'Debug console');
    await eventually(() => panel(page).isVisible(), 'the menu opens it');
    await eventually(async () => (await titles(page)).includes('POST /api/login'), 'the sign-in is in it');
    ok((await titles(page)).includes('200 POST /api/login'), 'and its answer');
    await accessibility(page, 'it is accessible');
    return person;
}

// Everything that the page keeps, shown or not.
const text = (page) => page.evaluate(async () => (await import('/app/net/trace.js')).traceText());

async function secrets({ page, allow }, server, alice) {
    const token = await server.asAdmin('POST', `/admin/users/${alice.id}/token`);
    is(token.status, 200, 'a token is made');
    const answers = await page.evaluate(async ([password, next, adminPassword]) => {
        const { post, put } = await import('/app/net/api.js');
        await put('/api/profile/password', { current_password: password, new_password: next });
        const me = await post('/api/login', { username: 'alice', password: next }, { isSigningIn: true });
        const admin = await post('/admin/login', { username: 'admin', password: adminPassword }, { isSigningIn: true });
        const rotated = await post(`/admin/users/${me.user_id}/token`);
        const { get } = await import('/app/net/api.js');
        const information = await get('/admin/server-info');
        return [me.token, admin.token, rotated.token, information.server_token];
    }, [alice.password, NEW_PASSWORD, server.adminPassword]);
    is(answers.filter((secret) => secret?.length > 8).length, 4, 'the answers do hold secrets');
    const kept = await text(page);
    like(kept, /"token":"\*\*\*"/, 'tokens are masked');
    for (const [place, secret] of [...answers, alice.password, NEW_PASSWORD, server.adminPassword].entries()) {
        ok(!kept.includes(secret), `secret ${place} is not in it`);
    }
    unlike(await panel(page).textContent(), /password of alice/, 'nor on the page');
    ok(allow, 'done');
}

async function use({ page }, server, bob) {
    await tell(server, bob, 'alice', 'an event for the console');
    await eventually(async () => (await page.locator('.trace-entry code').allTextContents()).some((detail) => detail.includes('an event for the console')),
        'events come in');
    await panel(page).getByRole('button', { name: 'Events' }).click();
    is((await page.locator('.trace-entry').evaluateAll((rows) => [...new Set(rows.map((one) => one.dataset.kind))])), ['event'],
        'one kind alone');
    await screenshot(page, 'events');
    await panel(page).getByRole('button', { name: 'All', exact: true }).click();
    await panel(page).getByRole('button', { name: 'Copy all' }).click();
    await eventually(async () =>
        (await page.evaluate(() => navigator.clipboard.readText())).includes('an event for the console'),
        'all is copied');
    await screenshot(page, 'all');
    await page.evaluate(async () => {
        const { note } = await import('/app/net/trace.js');
        for (let count = 0; count < 150; count += 1) note('request', `number ${count}`);
    });
    await eventually(async () => (await page.locator('.trace-entry').count()) === 100, 'a hundred are kept');
    is((await titles(page)).at(-1), 'number 149', 'the last ones');
    await panel(page).getByRole('button', { name: 'Clear' }).click();
    await eventually(() => panel(page).getByText('Nothing yet.').isVisible(), 'it can be emptied');
    await page.keyboard.press('Escape');
    await eventually(async () => (await panel(page).count()) === 0, 'Esc closes it');
}

scenario(async ({ server }) => {
    const alice = await server.makeUser('alice');
    const bob = await server.makeUser('bob');
    const person = await opened(server, alice);
    person.allow(EXPECTED.signedOut);
    await secrets(person, server, alice);
    await use(person, server, bob);
    const phone = await newChatter(server, bob, { viewport: PHONE, colorScheme: 'dark', locale: 'de-DE' });
    await row(phone.page, 'alice').waitFor();
    await chooseAccount(phone.page, 'Fehlerkonsole');
    await phone.page.locator('.console').waitFor();
    await fitsWidth(phone.page, 'it fits a phone');
    await accessibility(phone.page, 'dark, in German');
    await screenshot(phone.page, 'phone-german-dark');
});
