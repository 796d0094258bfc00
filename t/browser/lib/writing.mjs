// Somebody at the composer of the chat page: signed in, in a conversation, with their hands on the keyboard.

import { PHONE, newPerson } from './browser.mjs';
import { eventually } from './harness.mjs';

/** Options of a person with a phone, used with a finger. */
export const TOUCH = { viewport: PHONE, hasTouch: true, isMobile: true };

/** Signs in by the API: the cookie is the browser's from then on. */
export async function signIn(person, server, user) {
    const data = { username: user.username, password: user.password };
    const answer = await person.context.request.post(`${server.url}/api/login`, { data });
    if (!answer.ok()) throw new Error(`${user.username} cannot sign in: ${answer.status()}`);
}

export const composerOf = (page) => page.getByRole('form', { name: /write a message|nachricht schreiben/i });
export const fieldOf = (page) => composerOf(page).getByRole('textbox');

/** The page shows that conversation ("channel:ID"), and one can write. */
export async function openConversation(page, server, key) {
    await page.goto(`${server.url}/chat/ui#${key}`);
    await fieldOf(page).waitFor();
}

/**
 * A person, signed in, in a conversation. Options: those of newPerson, and what is done with the person before:
 * prepare.
 */
export async function writer(name, server, user, key, { prepare = () => {}, ...options } = {}) {
    const person = await newPerson(name, options);
    await prepare(person);
    await signIn(person, server, user);
    await openConversation(person.page, server, key);
    return person;
}

/** The bodies of a channel's messages, oldest first, as the server has them. */
export async function storedIn(server, user, channelId) {
    const { json } = await server.asUser(user, 'GET', `/api/messages/channel/${channelId}?limit=200`);
    return json.map(({ body }) => body);
}

export const textIs = (page, text, name) => eventually(async () => await fieldOf(page).inputValue() === text, name);
export const hasFocus = (locator) => locator.evaluate((element) => element === document.activeElement);
