// Writing: Enter and Shift+Enter, input methods, drafts, limits, marks, and the focus.

import { check, eventually, is, like, ok, scenario } from './lib/harness.mjs';
import { accessibility, fitsWidth } from './lib/page_checks.mjs';
import { screenshot } from './lib/screenshot.mjs';
import { TOUCH, composerOf, fieldOf, hasFocus, openConversation, storedIn, textIs, writer } from './lib/writing.mjs';

const MOST = 3000; // bytes, as the test's server has it

async function keys({ server, alice, page, channel }) {
    const field = fieldOf(page);
    await eventually(() => hasFocus(field), 'the field has the focus when the conversation is opened');
    await page.keyboard.type('one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('two');
    is(await field.inputValue(), 'one\ntwo', 'Shift+Enter breaks the line');
    await page.keyboard.press('Enter');
    await textIs(page, '', 'Enter empties the field');
    await eventually(async () => (await storedIn(server, alice, channel.id)).join('|') === 'one\ntwo', 'and sends');
    await page.keyboard.type('  \n ');
    await page.keyboard.press('Enter');
    await page.keyboard.type('three');
    await page.keyboard.press('Control+Enter');
    await eventually(async () => (await storedIn(server, alice, channel.id)).length === 2,
        'white space alone is not sent');
    is((await storedIn(server, alice, channel.id))[1].trim(), 'three', 'Ctrl+Enter sends, too');
}

// What browsers do while an input method composes: keys that are not for the page.
async function inputMethod({ server, alice, page, channel }) {
    const field = fieldOf(page);
    await field.fill('にほん');
    const isTaken = await field.evaluate((element) => [{ isComposing: true }, { keyCode: 229 }].map((fields) => {
        const event = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...fields });
        return !element.dispatchEvent(event);
    }));
    is(isTaken, [false, false], 'Enter is left to the input method while it composes');
    is(await field.inputValue(), 'にほん', 'and sends nothing');
    await field.press('Enter');
    await eventually(async () => (await storedIn(server, alice, channel.id)).at(-1) === 'にほん', 'afterwards it does');
}

async function sendButton({ server, alice, page, channel }) {
    const button = composerOf(page).getByRole('button', { name: 'Send' });
    is(await button.getAttribute('aria-disabled'), 'true', 'with nothing to send the button says so');
    await button.click({ force: true });
    ok(await hasFocus(fieldOf(page)), 'a click on it leads to the field');
    await fieldOf(page).fill('twice?');
    await button.dblclick();
    await fieldOf(page).fill('after');
    await fieldOf(page).press('Enter');
    await eventually(async () => (await storedIn(server, alice, channel.id)).at(-1) === 'after',
        'messages come in order');
    const stored = await storedIn(server, alice, channel.id);
    is(stored.filter((body) => body === 'twice?').length, 1, 'a double click sends once');
}

async function drafts({ server, page, channel, other }) {
    await fieldOf(page).fill('a draft');
    await openConversation(page, server, `channel:${other.id}`);
    await textIs(page, '', 'another conversation has a draft of its own');
    await fieldOf(page).fill('another draft');
    await openConversation(page, server, `channel:${channel.id}`);
    await textIs(page, 'a draft', 'the first is there again');
    await page.reload();
    await textIs(page, 'a draft', 'after a reload, too');
    await eventually(() => hasFocus(fieldOf(page)), 'with the focus in it');
}

async function twoTabs({ server, person, page, channel, other }) {
    const second = await person.newPage();
    await openConversation(second, server, `channel:${other.id}`);
    await textIs(second, 'another draft', 'a second tab knows the drafts');
    await fieldOf(page).fill('written here');
    await fieldOf(second).fill('written there');
    await openConversation(second, server, `channel:${channel.id}`);
    await textIs(second, 'written here', 'neither tab overwrites what the other keeps');
    await openConversation(page, server, `channel:${other.id}`);
    await textIs(page, 'written there', 'in either direction');
    await fieldOf(page).fill('');
    await second.close();
    person.page = page;
    await openConversation(page, server, `channel:${channel.id}`);
    await fieldOf(page).fill('');
}

async function limits({ server, alice, page, channel }) {
    const before = (await storedIn(server, alice, channel.id)).length;
    const field = fieldOf(page);
    await field.fill('ä'.repeat(MOST / 2));
    is(await field.getAttribute('aria-invalid'), null, 'as long as the server allows: nothing is wrong');
    await field.fill(`${'ä'.repeat(MOST / 2)}a`);
    like(await composerOf(page).locator('.error').textContent(), /3,001 .*3,000/,
        'one byte more is said beside the field');
    is(await field.getAttribute('aria-invalid'), 'true', 'the field is invalid');
    const described = await field.evaluate(
        (element) => document.getElementById(element.getAttribute('aria-describedby')).textContent,
    );
    like(described, /too long/, 'and described by what is wrong');
    await field.press('Enter');
    ok((await field.inputValue()).length > 1000, 'it is not sent');
    await accessibility(page, 'axe has nothing against a text that is too long', { within: '.composer' });
    await screenshot(page, 'too-long');
    await field.fill('ä'.repeat(MOST / 2));
    await field.press('Enter');
    await eventually(async () => (await storedIn(server, alice, channel.id)).length === before + 1,
        'the longest one is sent');
}

async function marks({ page }) {
    const field = fieldOf(page);
    for (const [key, expected] of [['b', '**word**'], ['i', '_word_'], ['e', '`word`']]) {
        await field.fill('word');
        await field.selectText();
        await page.keyboard.press(`ControlOrMeta+${key}`);
        is(await field.inputValue(), expected, `Ctrl+${key.toUpperCase()} marks what is selected`);
        await page.keyboard.press(`ControlOrMeta+${key}`);
        is(await field.inputValue(), 'word', 'and takes the marks away again');
    }
    await page.keyboard.press('ControlOrMeta+b');
    await page.keyboard.press('ControlOrMeta+z');
    is(await field.inputValue(), 'word', 'which can be undone as if it was typed');
    await field.fill('');
}

async function focus({ page }) {
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.type('hey');
    await textIs(page, 'hey', 'who just begins to type writes into the field');
    await page.evaluate(() => {
        const dialog = document.createElement('dialog');
        dialog.textContent = 'a window';
        document.body.append(dialog);
        dialog.showModal();
        dialog.focus();
    });
    await page.keyboard.type('you');
    is(await fieldOf(page).inputValue(), 'hey', 'but not while a window stands over the page');
    await page.evaluate(() => document.querySelector('dialog[open]').remove());
    await fieldOf(page).fill('');
}

async function height({ page }) {
    const size = () => fieldOf(page).evaluate((element) => element.offsetHeight / window.innerHeight);
    const one = await size();
    await fieldOf(page).fill('a\nb\nc\nd');
    ok(await size() > 2 * one, 'the field grows with its text');
    await fieldOf(page).fill('a\n'.repeat(200));
    const most = await size();
    ok(most > 0.3 && most < 0.42, 'but not over the conversation', `${most} of the window`);
    await screenshot(page, 'high');
    await fieldOf(page).fill('');
    is(await size(), one, 'and becomes small again');
}

async function phone({ server, alice, channel, other }) {
    const person = await writer('alice-phone', server, alice, `channel:${channel.id}`, TOUCH);
    const { page } = person;
    ok(!await hasFocus(fieldOf(page)), 'on a phone no keyboard opens by itself');
    await fieldOf(page).tap();
    await page.keyboard.type('first');
    await page.keyboard.press('Enter');
    await page.keyboard.type('second');
    is(await fieldOf(page).inputValue(), 'first\nsecond', 'Enter breaks the line there');
    await fitsWidth(page, 'nothing is wider than a phone');
    await screenshot(page, 'phone');
    await composerOf(page).getByRole('button', { name: 'Send' }).tap();
    await eventually(async () => (await storedIn(server, alice, channel.id)).at(-1) === 'first\nsecond',
        'the button sends');
    await openConversation(page, server, `channel:${other.id}`);
    await person.leave();
}

scenario(async ({ server }) => {
    const alice = await server.makeUser('alice');
    const make = async (name) => (await server.asUser(alice, 'POST', '/api/channels', { name })).json;
    const [channel, other] = [await make('general'), await make('garden')];
    const person = await writer('alice', server, alice, `channel:${channel.id}`);
    const given = { server, alice, person, page: person.page, channel, other };
    for (const part of [keys, inputMethod, sendButton, drafts, twoTabs, limits, marks, focus, height, phone]) {
        await check(`${part.name} runs to its end`, async () => { await part(given); });
    }
    await accessibility(person.page, 'axe has nothing against the composer', { within: '.composer' });
});
