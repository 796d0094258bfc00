// People and channels of another server: named with it, there when they are there, joined, and refused in words.

import { PHONE } from './lib/browser.mjs';
import { choose, newChatter, post, row } from './lib/chat.mjs';
import { ask, eventually, is, like, scenario } from './lib/harness.mjs';
import { accessibility, fitsWidth } from './lib/page_checks.mjs';
import { screenshot } from './lib/screenshot.mjs';

const dialog = (page) => page.locator('dialog[open]');
const detail = (page, name) => row(page, name).locator('.row-detail').textContent();

async function people({ page }, b, bob) {
    await eventually(() => row(page, 'carol@b').count(), 'who has no other name is named with the server');
    like(await row(page, 'bob@b').textContent(), /offline/, 'who is away');
    const there = await newChatter(b, bob);
    await eventually(async () => /online/.test(await row(page, 'bob@b').textContent()),
        'comes there, and is seen here');
    await page.getByRole('searchbox').fill('@b');
    await eventually(async () => (await page.locator('.sidebar .row bdi').allTextContents()).sort().join() === 'admin@b,bob@b,carol@b',
        'the search finds a server');
    await page.getByRole('searchbox').fill('');
    return there;
}

async function channel({ page }, there, b, bob) {
    await page.locator('.section-head').getByRole('button', { name: 'Browse channels' }).click();
    const line = dialog(page).locator('.line', { hasText: 'beyond' });
    await eventually(() => line.isVisible(), 'a channel of the other server is among those to join');
    is(await line.locator('.row-detail').textContent(), 'b', 'with where it is from');
    await screenshot(page, 'browse');
    await dialog(page).getByRole('button', { name: 'Join beyond' }).click();
    await eventually(() => row(page, 'beyond').locator('[aria-current]').count(), 'one joins');
    is(await detail(page, 'beyond'), 'b', 'the list says where it is from');
    await eventually(() => ask('isMember', 'alice@a'), 'and the other server has heard of it');
    await post(b, bob, 'beyond', 'welcome @alice@a');
    await page.evaluate(() => { location.hash = ''; });
    await post(b, bob, 'beyond', 'and hello');
    await eventually(async () => /unread message/.test(await row(page, 'beyond').textContent()),
        'what is said there is counted here');
    like(await there.page.locator('.sidebar').textContent(), /Alice of A|alice@a/,
        'there one is named with this server');
}

async function members({ page }) {
    await choose(page, 'beyond', 'Members');
    await eventually(() => dialog(page).locator('.line').count().then((count) => count >= 1), 'the members');
    await accessibility(page, 'are accessible');
    await dialog(page).getByRole('button', { name: 'Add people' }).click();
    like(await dialog(page).textContent(), /This channel belongs to b\./,
        'who adds people of other servers is said beforehand');
    await dialog(page).getByRole('button', { name: 'Add carol@b' }).click();
    await eventually(async () => /added by the server that the channel belongs to/.test(await dialog(page).getByRole('alert').first().textContent()),
        'and when it was refused');
    await accessibility(page, 'the refusal is accessible');
    await screenshot(page, 'refused');
    await page.keyboard.press('Escape');
}

scenario(async ({ servers: { a, b }, people: { bob } }) => {
    const alice = await a.makeUser('alice', { display_name: 'Alice of A' });
    const bobWithPassword = { ...bob, password: 'a password of bob' };
    await b.asAdmin('PUT', `/admin/users/${bob.id}`, { password: bobWithPassword.password });
    const person = await newChatter(a, alice);
    person.allow([/status of 409/]);
    const there = await people(person, b, bobWithPassword);
    await channel(person, there, b, bobWithPassword);
    await members(person);
    const phone = await newChatter(a, alice, { viewport: PHONE, colorScheme: 'dark' });
    await row(phone.page, 'beyond').waitFor();
    await phone.page.evaluate(() => { document.documentElement.dir = 'rtl'; });
    await fitsWidth(phone.page, 'right to left on a phone');
    await accessibility(phone.page, 'dark');
    await screenshot(phone.page, 'phone-rtl-dark');
});
