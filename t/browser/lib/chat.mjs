// The chat page, as tests use it: signing in, opening conversations, what others say meanwhile.

import { EXPECTED } from './guards.mjs';
import { newPerson } from './browser.mjs';

// Somebody signed in on the chat page. `address`: what stands behind /chat/ui; the other options are newPerson's.
export async function newChatter(server, user, { address = '', ...options } = {}) {
    const person = await newPerson(user.username, options);
    person.allow(EXPECTED.signedOut); // the first question of a page is who is signed in
    await person.page.goto(`${server.url}/chat/ui${address}`);
    await signIn(person.page, user);
    return person;
}

export async function signIn(page, user) {
    await page.locator('input[name="username"]').fill(user.username);
    await page.locator('input[name="password"]').fill(user.password);
    await page.locator('button[type="submit"]').click();
    await page.locator('.frame').waitFor();
}

// A message from one user to another, or to a channel.
export async function tell(server, from, recipient, body) {
    const answer = await server.asUser(from, 'POST', '/api/messages/dm', { recipient, body });
    if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.json)}`);
    return answer.json.message_id;
}

export async function post(server, from, channel, body) {
    const answer = await server.asUser(from, 'POST', '/api/messages/channel', { channel, body });
    if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.json)}`);
    return answer.json.message_id;
}

// The row of the sidebar with that name.
export const row = (page, name) =>
    page.locator('.sidebar .row').filter({ has: page.locator('bdi', { hasText: new RegExp(`^${name}$`) }) });

// Chooses from the menu of a row of the sidebar.
export async function choose(page, name, item) {
    await row(page, name).hover();
    await row(page, name).getByRole('button').click();
    await page.getByRole('menuitem', { name: item }).click();
}

// Chooses from the menu of one's own account.
export async function chooseAccount(page, item) {
    await page.locator('.account button').first().click();
    await page.getByRole('menuitem', { name: item }).click();
}
