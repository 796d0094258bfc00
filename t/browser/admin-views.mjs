// Every view and dialog of the administration: nothing against WCAG 2.2 AA, nothing wider than the window, on a phone
// and wide, light and dark, English and German, from right to left; by keyboard alone. Pictures of all of it.

import { PHONE } from './lib/browser.mjs';
import { newAdmin, signIn, visit, dialog, button } from './lib/admin.mjs';
import { eventually, is, ok, scenario } from './lib/harness.mjs';
import { accessibility, fitsWidth } from './lib/page_checks.mjs';
import { screenshot } from './lib/screenshot.mjs';

const WIDE = { width: 1280, height: 860 };
const LOOKS = [
    { name: 'wide', viewport: WIDE },
    { name: 'phone', viewport: PHONE },
    { name: 'wide-dark', viewport: WIDE, colorScheme: 'dark' },
    { name: 'phone-german', viewport: PHONE, locale: 'de-DE' },
];

async function checked(page, name) {
    await accessibility(page, `${name}: axe has nothing against it`);
    await fitsWidth(page, `${name}: nothing is wider than the window`);
    await screenshot(page, name, { fullPage: await dialog(page).count() === 0 });
}

const settled = (page, selector) => page.locator(selector).first().waitFor();

// A section or one thing of it, and what shows once it is loaded.
const views = ({ peer, channel }) => [
    ['overview', ['overview'], '.bars'],
    ['users', ['users'], '.table'],
    ['servers', ['servers'], '.table'],
    ['server', ['servers', peer], '.about'],
    ['visibility', ['servers', peer, 'visibility'], '.choice'],
    ['channels', ['channels'], '.table'],
    ['channel', ['channels', channel], '.table'],
    ['federation', ['federation'], '.about'],
];

// What opens each dialog: a section, the accessible name of the button in the page's language (by its icon's order).
const DIALOGS = [
    ['user-create', 'users', '.title .button'],
    ['user-edit', 'users', 'tr:has-text("alice") .row-actions button:nth-of-type(1)'],
    ['user-password', 'users', 'tr:has-text("alice") .row-actions button:nth-of-type(2)'],
    ['user-token', 'users', 'tr:has-text("alice") .row-actions button:nth-of-type(3)'],
    ['user-delete', 'users', 'tr:has-text("alice") .row-actions button:nth-of-type(4)'],
    ['server-register', 'servers', '.title .button'],
    ['server-edit', 'servers', '.row-actions button:nth-of-type(1)'],
    ['server-delete', 'servers', '.row-actions button:nth-of-type(2)'],
    ['channel-create', 'channels', '.title .button'],
    ['channel-edit', 'channels', '.row-actions button:nth-of-type(1)'],
    ['channel-delete', 'channels', '.row-actions button:nth-of-type(2)'],
    ['token-create', 'federation', '.panel .button.primary'],
    ['server-token', 'federation', '.panel .tools .button'],
];

async function look(server, options, { name, ...context }) {
    const { page } = await newAdmin(server, name, context);
    await checked(page, `${name}-sign-in`);
    await signIn(page, server);
    for (const [view, parts, selector] of views(options)) {
        await visit(page, ...parts);
        await settled(page, selector);
        await checked(page, `${name}-${view}`);
    }
    for (const [kind, section, opener] of DIALOGS) {
        await visit(page, section);
        await settled(page, opener);
        await page.locator(opener).first().click();
        await dialog(page).waitFor();
        await checked(page, `${name}-dialog-${kind}`);
        await page.keyboard.press('Escape');
        await dialog(page).waitFor({ state: 'detached' });
        await eventually(() => page.locator(opener).first().evaluate((element) => element === document.activeElement),
            `${name}-dialog-${kind}: Escape closes it, and the focus is where it was`);
    }
}

async function fromRightToLeft(server, options) {
    const { page } = await newAdmin(server, 'right-to-left', { viewport: PHONE });
    await signIn(page, server);
    await page.evaluate(() => { document.documentElement.dir = 'rtl'; });
    for (const [view, parts, selector] of views(options)) {
        await visit(page, ...parts);
        await settled(page, selector);
        await fitsWidth(page, `right to left, ${view}: nothing is wider than the window`);
        await screenshot(page, `rtl-${view}`);
    }
}

// Presses Tab until the focus is on what matches; whether it ever is.
async function tabTo(page, selector) {
    for (let count = 0; count < 60; count += 1) {
        await page.keyboard.press('Tab');
        if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return true;
    }
    return false;
}

async function byKeyboard(server) {
    const { page } = await newAdmin(server, 'keyboard');
    await page.keyboard.type(server.adminUsername);
    await page.keyboard.press('Tab');
    await page.keyboard.type(server.adminPassword);
    await page.keyboard.press('Enter');
    await page.locator('#section-title').waitFor();
    ok(await tabTo(page, '.sections a[href="#channels"]'), 'the keyboard reaches the sections');
    await page.keyboard.press('Enter');
    await eventually(() => page.evaluate(() => document.activeElement.id === 'section-title'),
      'a section that is opened has the focus at its title');
    ok(await tabTo(page, '.title .button'), 'it reaches what makes a channel');
    await page.keyboard.press('Enter');
    await dialog(page).waitFor();
    await eventually(() => page.evaluate(() => document.activeElement.name === 'name'),
      'a dialog begins at its first field');
    await page.keyboard.type('by-keyboard');
    await page.keyboard.press('Enter');
    await dialog(page).waitFor({ state: 'detached' });
    await eventually(() => page.locator('tr:has-text("by-keyboard")').isVisible(), 'Enter makes the channel');
    await eventually(() => page.evaluate(() => document.activeElement.matches('.title .button')),
      'and the focus is back');
    await page.locator('.skip').focus();
    await page.keyboard.press('Enter');
    is(await page.evaluate(() => [document.activeElement.id, location.hash]), ['section-title', '#channels'],
      'the skip link leads to the content');
    is(await button(page, 'Sign out').count(), 1, 'the buttons have names');
}

scenario(async ({ server, options }) => {
    for (const view of LOOKS) await look(server, options, view);
    await fromRightToLeft(server, options);
    await byKeyboard(server);
});
