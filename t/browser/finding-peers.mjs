// People and channels of another server: named with it, there when they are there, joined, and refused in words.

import { PHONE } from './lib/browser.mjs';
import { choose, newChatter, post, row, tell } from './lib/chat.mjs';
import { conversationOf } from './lib/conversing.mjs';
import { EXPECTED } from './lib/guards.mjs';
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
    const found = () => page.locator('.sidebar .row bdi').allTextContents();
    await eventually(async () => (await found()).sort().join() === 'admin@b,bob@b,carol@b',
        'the search finds a server');
    await page.getByRole('searchbox').fill('');
    return there;
}

async function unreadIn(server, user, name) {
    const channels = (await server.asUser(user, 'GET', '/api/channels')).json;
    const { id } = channels.find((channel) => channel.name === name);
    return (await conversationOf(server, user, id)).unread;
}

async function channel({ page }, there, { a, b, alice, bob }) {
    await page.locator('.section-head').getByRole('button', { name: 'Browse channels' }).click();
    const line = dialog(page).locator('.line', { hasText: 'beyond' });
    await eventually(() => line.isVisible(), 'a channel of the other server is among those to join');
    is(await line.locator('.row-detail').textContent(), 'b', 'with where it is from');
    await screenshot(page, 'browse');
    await dialog(page).getByRole('button', { name: 'Join beyond' }).click();
    await eventually(() => row(page, 'beyond').locator('[aria-current]').count(), 'one joins');
    is(await detail(page, 'beyond'), 'b', 'the list says where it is from');
    await eventually(() => ask('isMember', 'alice@a'), 'and the other server has heard of it');
    await eventually(() => page.getByText('long before', { exact: true }).last().isVisible(),
        'what was said before is handed over');
    is(await unreadIn(a, alice, 'beyond'), 0, 'and is no news');
    await page.evaluate(() => { location.hash = ''; });
    await page.locator('[role="log"]').waitFor({ state: 'detached' });
    await post(b, bob, 'beyond', 'welcome @alice@a');
    await post(b, bob, 'beyond', 'and hello');
    await eventually(async () => /2 unread messages/.test(await row(page, 'beyond').textContent()),
        'what is said since is counted here');
    is(await unreadIn(a, alice, 'beyond'), 2, 'and nothing else');
    like(await there.page.locator('.sidebar').textContent(), /Alice of A|alice@a/,
        'there one is named with this server');
}

// What was said before somebody came and what was said since are there in their order, and nobody hears of it twice.
async function history({ page }) {
    await row(page, 'beyond').getByRole('link').click();
    await eventually(() => page.getByText('and hello', { exact: true }).last().isVisible(),
        'what was said is there');
    const texts = (await page.locator('[data-key]').allTextContents()).join();
    is(texts.match(/long before|welcome|and hello/g), ['long before', 'welcome', 'and hello'],
        'each once, in its order');
}

// The other server goes away and comes back: what is written meanwhile arrives there then, and who is there is seen
// again.
async function away({ page }, there, b, bob) {
    await row(page, 'bob@b').getByRole('link').click();
    const head = page.locator('.conversation-head');
    await eventually(async () => /bob@b/.test(await head.textContent()) && /online/.test(await head.textContent()),
        'the head says who and where, and whether they are there');
    await accessibility(page, 'a conversation with somebody of another server is accessible');
    there.allow(EXPECTED.serverAway, EXPECTED.offline);
    await b.stop();
    await eventually(async () => /offline/.test(await head.textContent()), 'with their server, they are gone');
    await page.getByLabel('Message', { exact: true }).fill('written while you were away');
    await page.keyboard.press('Enter');
    await eventually(() => page.getByText('written while you were away').last().isVisible(),
        'one can write all the same');
    await b.start();
    await eventually(() => row(there.page, 'alice@a|Alice of A').isVisible(), 'the other page has its server back');
    await row(there.page, 'alice@a|Alice of A').getByRole('link').click();
    await eventually(() => there.page.getByText('written while you were away').last().isVisible(),
        'and then it arrives, without a reload');
    await eventually(async () => /online/.test(await head.textContent()), 'they are seen again');
    await tell(b, bob, 'alice@a', 'I have read it');
    const answer = page.getByText('I have read it', { exact: true }).last();
    await eventually(() => answer.isVisible(), 'and answer');
}

async function members({ page }) {
    await choose(page, 'beyond', 'Members');
    await eventually(() => dialog(page).locator('.line').count().then((count) => count >= 1), 'the members');
    await accessibility(page, 'are accessible');
    await dialog(page).getByRole('button', { name: 'Add people' }).click();
    like(await dialog(page).textContent(), /This channel belongs to b\./,
        'who adds people of other servers is said beforehand');
    await dialog(page).getByRole('button', { name: 'Add carol@b' }).click();
    const alert = dialog(page).getByRole('alert').first();
    await eventually(async () => /added by the server that the channel belongs to/.test(await alert.textContent()),
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
    await channel(person, there, { a, b, alice, bob: bobWithPassword });
    await history(person);
    await members(person);
    await away(person, there, b, bobWithPassword);
    const phone = await newChatter(a, alice, { viewport: PHONE, colorScheme: 'dark' });
    await row(phone.page, 'beyond').waitFor();
    await phone.page.evaluate(() => { document.documentElement.dir = 'rtl'; });
    await fitsWidth(phone.page, 'right to left on a phone');
    await accessibility(phone.page, 'dark');
    await screenshot(phone.page, 'phone-rtl-dark');
});
