// The settings: who one is, the password, sessions, looks, and the way there and back.

import { eventually, is, like, ok, scenario, unlike } from './lib/harness.mjs';
import { EXPECTED } from './lib/guards.mjs';
import { tell } from './lib/chat.mjs';
import { PARTS, goTo, newSettler, signInHere } from './lib/settings.mjs';

const errorOf = (page, label) =>
    page.locator('.field', { has: page.getByLabel(label, { exact: true }) }).locator('.error');
const root = (page, name) => page.evaluate((attribute) => document.documentElement.getAttribute(attribute), name);
const stored = async (server, user) =>
    (await server.asUser(user, 'GET', '/api/users')).json.find(({ id }) => id === user.id).display_name;

async function findsTheWay(page, server, bob) {
    is(await page.locator('.settings h1').textContent(), 'Profile', 'without a name, the first part is shown');
    for (const [part, title] of Object.entries(PARTS)) {
        await goTo(page, part);
        like(page.url(), new RegExp(`/chat/settings#${part}$`), `${part}: the address names it`);
        is(await page.locator('.settings-nav [aria-current="page"]').textContent(), title,
            `${part}: the navigation marks it`);
        if (part === 'profile') continue; // it was there before
        await eventually(() => page.locator('h1').evaluate((heading) => heading === document.activeElement),
            `${part}: its heading has the focus`);
    }
    await page.goBack();
    is(await page.locator('.settings h1').textContent(), 'Sessions', 'the browser\'s back goes to the part before');
    await page.goto(`${server.url}/chat/ui#dm:${bob.id}`);
    await page.locator('.frame').waitFor();
    await page.goto(`${server.url}/chat/settings#about`);
    await page.getByRole('link', { name: 'Back to the chat' }).click();
    await eventually(() => page.url() === `${server.url}/chat/ui#dm:${bob.id}`,
        'the way back leads to the conversation that one came from');
    await page.goto(`${server.url}/chat/settings#no-such-part`);
    is(await page.locator('.settings h1').textContent(), 'Profile', 'an unknown name is the first part');
}

async function changesProfile(page, server, alice) {
    await goTo(page, 'profile');
    const name = page.getByLabel('Display name', { exact: true });
    const save = () => page.getByRole('button', { name: 'Save' }).click();
    like(await page.locator('.settings-facts').textContent(), /alice@local/, 'the address is shown');
    await name.fill('x'.repeat(129));
    await save();
    like(await errorOf(page, 'Display name').textContent(), /too long/,
        'a name that is too long is said beside the field');
    ok(await name.evaluate((field) => field === document.activeElement), 'which has the focus');
    is(await name.getAttribute('aria-invalid'), 'true', 'and is marked');
    await name.fill('a\u0007b');
    await save();
    like(await errorOf(page, 'Display name').textContent(), /cannot be shown/, 'control characters');
    is(await stored(server, alice), null, 'nothing of it was stored');
    await name.fill('<b>Älice</b> ❄');
    await save();
    await eventually(() => page.locator('.settings-name').textContent().then((text) => text === '<b>Älice</b> ❄'),
        'the new name shows, as it was written');
    is(await stored(server, alice), '<b>Älice</b> ❄', 'and is stored');
    await name.fill('   ');
    await save();
    await eventually(async () => (await stored(server, alice)) === null, 'an empty one takes it away');
    await eventually(() => page.locator('.settings-name').textContent().then((text) => text === 'alice'),
        'the user name shows');
}

async function fillPassword(page, current, next, again = next) {
    await page.getByLabel('Current password').fill(current);
    await page.getByLabel('New password', { exact: true }).fill(next);
    await page.getByLabel('New password once more').fill(again);
    await page.getByRole('button', { name: 'Change the password' }).click();
}

async function showsStrength(page) {
    const next = page.getByLabel('New password', { exact: true });
    const said = page.locator('.strength [role="status"]');
    await next.fill('alice1');
    like(await said.textContent(), /Very weak.*your name/, 'one\'s own name is no password');
    await next.fill('aaaaaaaaaaaaaaaaaaaa');
    like(await said.textContent(), /repeats/, 'nor is one letter');
    await next.fill('copper lantern drift ocean walnut mitten');
    like(await said.textContent(), /Good|Strong/, 'six words are one');
    await page.getByText('How the strength is guessed').click();
    ok(await page.getByText('It cannot know whether').isVisible(), 'what the guess cannot know is said');
}

async function changesPassword(page, server, alice, person) {
    await goTo(page, 'password');
    await fillPassword(page, '', '', '');
    like(await errorOf(page, 'Current password').textContent(), /Enter your current/,
        'nothing filled in: the current one');
    like(await errorOf(page, 'New password').textContent(), /Enter a new/, 'and the new one are missing');
    await fillPassword(page, 'wrong', 'copper lantern', 'copper lanterm');
    like(await errorOf(page, 'New password once more').textContent(), /differs/, 'a typing error');
    await fillPassword(page, 'wrong', 'é'.repeat(37));
    like(await errorOf(page, 'New password').textContent(), /72 bytes/, 'more bytes than the server reads');
    await fillPassword(page, alice.password, alice.password);
    like(await errorOf(page, 'New password').textContent(), /already/, 'the same one');
    person.allow(EXPECTED.refused);
    await fillPassword(page, 'wrong', 'copper lantern drift');
    await eventually(async () => /wrong/.test(await errorOf(page, 'Current password').textContent()),
        'a wrong current one is said beside it');
    await showsStrength(page);
    await page.getByLabel('Show what is typed').check();
    is(await page.getByLabel('New password', { exact: true }).getAttribute('type'), 'text',
        'what is typed can be shown');
    await page.getByLabel('Show what is typed').uncheck();
    await fillPassword(page, alice.password, 'copper lantern drift');
    await eventually(() => page.getByText('The password has been changed.').isVisible(), 'the change is confirmed');
    is(await page.getByLabel('Current password').inputValue(), '', 'the fields are empty again');
    const login = (password) => server.request('POST', '/api/login', { body: { username: 'alice', password } });
    is((await login(alice.password)).status, 401, 'the old password is no longer good');
    is((await login('copper lantern drift')).status, 200, 'the new one is');
    alice.password = 'copper lantern drift';
}

async function changesLooks(page, person) {
    await goTo(page, 'appearance');
    const themeColor = () => page.locator('meta[name="theme-color"]').first().getAttribute('content');
    await page.getByLabel('Dark').check();
    is([await root(page, 'data-theme'), await themeColor()], ['dark', '#182127'],
        'the dark theme, and the browser\'s bar with it');
    is(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--paper-2').trim()), '#182127',
        'which is the sheet\'s colour');
    await page.getByLabel('Light').check();
    is([await root(page, 'data-theme'), await themeColor()], ['light', '#f3f6f8'], 'the light theme');
    await page.getByLabel('High contrast').check();
    is(await root(page, 'data-contrast'), 'high', 'high contrast');
    await page.getByLabel('Compact').check();
    is(await root(page, 'data-density'), 'compact', 'density');
    await page.getByLabel('Load GIFs by themselves').uncheck();
    await page.getByLabel('Language').selectOption('de');
    await eventually(() => page.getByRole('heading', { level: 1, name: 'Aussehen' }).isVisible(), 'German, at once');
    is(await root(page, 'lang'), 'de', 'and the page says so');
    const other = await person.context.newPage();
    await other.goto(page.url());
    await eventually(() => other.getByRole('heading', { level: 1, name: 'Aussehen' }).isVisible(),
        'another tab looks the same');
    is([await root(other, 'data-theme'), await root(other, 'data-contrast'), await root(other, 'data-density')], ['light', 'high', 'compact'],
        'in everything');
    ok(!await other.getByLabel('GIFs von selbst laden').isChecked(), 'GIFs, too');
    await other.getByLabel('Sprache').selectOption('en');
    await eventually(() => page.getByRole('heading', { level: 1, name: 'Appearance' }).isVisible(),
        'a change there is one here');
    await other.close();
    await page.getByLabel('As the system').check();
    await page.getByLabel('High contrast').uncheck();
    await page.getByLabel('Comfortable').check();
}

async function endsSessions(page, server, alice, person) {
    const elsewhere = await newSettler(server, alice, 'profile', { name: 'elsewhere', userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' });
    await server.request('POST', '/api/login', { body: { username: 'alice', password: alice.password } });
    await goTo(page, 'sessions');
    const rows = page.locator('.settings-list li');
    await eventually(async () => await rows.filter({ hasText: 'Firefox on Linux' }).count() === 1,
        'the other browser is named in words');
    const current = rows.filter({ hasText: 'This one' });
    is(await current.count(), 1, 'this session is marked');
    like(await current.textContent(), /Chrome on Linux.*Since.*\d{4}/s, 'with its browser, and since when');
    is(await current.getByRole('button').count(), 0, 'and is not ended by the way');
    await rows.filter({ hasText: 'Firefox on Linux' }).getByRole('button').click();
    await eventually(async () => await rows.filter({ hasText: 'Firefox on Linux' }).count() === 0, 'one is ended');
    ok(await page.locator('.settings-list').evaluate((list) => list === document.activeElement),
        'the focus stays near');
    await eventually(() => elsewhere.page.locator('.sign-in').isVisible(), 'that browser is back at the sign-in');
    await elsewhere.leave();
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    const button = page.getByRole('button', { name: 'Sign out everywhere' });
    await eventually(() => button.evaluate((element) => element === document.activeElement),
        'Esc gives up, and the focus is back');
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
    await eventually(() => page.locator('.sign-in').isVisible(), 'signed out everywhere');
    const cookies = await person.context.cookies();
    is(cookies.filter(({ name }) => name === 'bering_session'), [], 'no session is left in the browser');
    await signInHere(page, alice);
    await eventually(async () => await rows.count() === 1, 'after signing in again there is one session');
}

async function saysWhenOffline(page, server, person) {
    await goTo(page, 'sessions');
    await person.goOffline();
    await eventually(() => page.locator('.settings .banner').isVisible(), 'without a connection the settings say so');
    await goTo(page, 'profile');
    await page.getByLabel('Display name', { exact: true }).fill('Somebody');
    await page.getByRole('button', { name: 'Save' }).click();
    await eventually(() => page.getByText('The server cannot be reached.').isVisible(), 'what cannot be saved is said');
    await goTo(page, 'sessions');
    await eventually(() => page.getByRole('button', { name: 'Try again' }).isVisible(),
        'a list that cannot be loaded can be asked for again');
    await person.goOnline();
    await page.getByRole('button', { name: 'Try again' }).click();
    await eventually(() => page.locator('.settings-list li').first().isVisible(), 'and comes');
}

scenario(async ({ server }) => {
    const alice = await server.makeUser('alice');
    const bob = await server.makeUser('bob');
    await tell(server, bob, 'alice', 'hello');
    const person = await newSettler(server, alice, '');
    const { page } = person;
    await findsTheWay(page, server, bob);
    await changesProfile(page, server, alice);
    await changesPassword(page, server, alice, person);
    await changesLooks(page, person);
    await goTo(page, 'about');
    like(await page.locator('.settings-facts').textContent(), /Serverlocal.*VersionBeringShare \d+\.\d+/s,
        'the server and its version');
    unlike(await page.locator('.settings').textContent(), /undefined|null|NaN/, 'nothing is said that is nothing');
    await endsSessions(page, server, alice, person);
    await saysWhenOffline(page, server, person);
});
