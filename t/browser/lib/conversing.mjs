// Somebody who reads a conversation: what is shown, where one is in it, and how to move.

import { signIn } from './writing.mjs';
import { newPerson } from './browser.mjs';

export const logOf = (page) => page.getByRole('log');

/** A person, signed in, whose page shows that conversation ("channel:ID"). Options: those of newPerson. */
export async function reader(name, server, user, key, options) {
    const person = await newPerson(name, options);
    await signIn(person, server, user);
    await person.page.goto(`${server.url}/chat/ui#${key}`);
    await logOf(person.page).waitFor();
    return person;
}

/** The ids of the messages that are drawn, in their order. */
export const idsShown = (page) => page.$$eval('[role="log"] [data-key]', (rows) => rows.map((row) => row.dataset.key));

/** {top, rest, count}: how far it is scrolled, what is below, how many messages are drawn. */
export const place = (page) => page.$eval('[role="log"]', (box) => ({
    top: box.scrollTop,
    rest: box.scrollHeight - box.scrollTop - box.clientHeight,
    count: box.querySelectorAll('[data-key]').length,
}));

export const isAtEnd = async (page) => (await place(page)).rest <= 1;

/** The row of the message with this text. */
export const rowOf = (page, text) => logOf(page).locator('[data-key]').filter({ hasText: text }).last();

/** Where a message stands in the view: pixels from its upper edge. */
export const topOf = (page, id) => page.$eval(`[data-key="${id}"]`, (row) =>
    row.getBoundingClientRect().top - row.closest('[role="log"]').getBoundingClientRect().top);

export const scrollBy = (page, pixels) => page.$eval('[role="log"]', (box, by) => { box.scrollTop += by; }, pixels);

/** Writes to a channel by the API; the message's id. */
export async function say(server, user, channel, body) {
    const { json } = await server.asUser(user, 'POST', '/api/messages/channel', { channel: channel.id, body });
    if (!json.message_id) throw new Error(JSON.stringify(json));
    return json.message_id;
}

/** The ids of all messages of a channel, oldest first, as the server has them. */
export async function storedIds(server, user, channel) {
    const { json } = await server.asUser(user, 'GET', `/api/messages/channel/${channel.id}`);
    if (!Array.isArray(json)) throw new Error(JSON.stringify(json));
    return json.map((message) => message.message_id);
}

/** The user has read a channel up to that message. */
export async function markRead(server, user, channel, id) {
    const path = `/api/conversations/channel/${channel.id}/read`;
    const { status, json } = await server.asUser(user, 'PUT', path, { message_id: id });
    if (status !== 200) throw new Error(JSON.stringify(json));
}

/** What the server knows of a conversation of that user. */
export async function conversationOf(server, user, id) {
    const { json } = await server.asUser(user, 'GET', '/api/conversations');
    return json.find((conversation) => conversation.id === id);
}
