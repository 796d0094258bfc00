// The chat and its sign-in for everyone: from right to left, in German on a phone, with high contrast, in the system's
// own colours, without motion.

import { DESKTOP, PHONE, newPerson } from './lib/browser.mjs';
import { post, row, signIn, tell } from './lib/chat.mjs';
import { EXPECTED } from './lib/guards.mjs';
import { eventually, is, ok, scenario } from './lib/harness.mjs';
import { accessibility, fitsWidth } from './lib/page_checks.mjs';
import { screenshot } from './lib/screenshot.mjs';

const VIEWS = [
    { name: 'phone-right-to-left', viewport: PHONE, direction: 'rtl' },
    { name: 'wide-right-to-left', viewport: DESKTOP, direction: 'rtl' },
    { name: 'phone-german', viewport: PHONE, locale: 'de-DE' },
    { name: 'phone-german-contrast', viewport: PHONE, locale: 'de-DE', contrast: 'more', colorScheme: 'dark' },
    { name: 'forced-colors', viewport: DESKTOP, forcedColors: 'active' },
    { name: 'still', viewport: DESKTOP, reducedMotion: 'reduce' },
];

const isMoving = () => [...document.querySelectorAll('*')].filter((element) => {
    const { transitionDuration, animationDuration } = getComputedStyle(element);
    return [transitionDuration, animationDuration].some((time) => parseFloat(time) > 0.01);
}).map((element) => element.className);

async function looksAt(page, name, { direction, forcedColors, reducedMotion }) {
    if (direction) await page.evaluate((value) => { document.documentElement.dir = value; }, direction);
    await fitsWidth(page, `${name}: nothing is wider than the window`);
    if (!forcedColors) await accessibility(page, `${name}: axe has nothing against it`); // axe reads colours that are not shown
    if (reducedMotion) is(await page.evaluate(isMoving), [], `${name}: nothing moves`);
    await screenshot(page, name);
}

// In the system's own colours, whoever uses a control sees its edge.
async function hasEdges(page, name) {
    const flat = await page.locator('.button, input').evaluateAll((controls) => controls.filter((control) => {
        const { borderStyle, outlineStyle } = getComputedStyle(control);
        return control.checkVisibility() && borderStyle === 'none' && outlineStyle === 'none' && control.type !== 'hidden';
    }).map((control) => control.outerHTML.slice(0, 100)));
    is(flat, [], `${name}: controls have edges`);
}

scenario(async ({ server }) => {
    const alice = await server.makeUser('alice');
    const bob = await server.makeUser('bob');
    await server.makeChannel('general', ['alice', 'bob']);
    await tell(server, bob, 'alice',
        'hello **there**, see https://bering.example/a/very/long/address/that/does/not/want/to/break/anywhere/at/all');
    await tell(server, bob, 'alice',
        '```\na line of code that is longer than any phone is wide, and then some more of it\n```');
    await post(server, bob, 'general', '@alice welcome');
    for (const { name, ...options } of VIEWS) {
        const person = await newPerson(name, options);
        const { page } = person;
        person.allow(EXPECTED.signedOut);
        await page.goto(`${server.url}/chat/ui`);
        await page.locator('.sign-in').waitFor();
        await looksAt(page, `${name}-sign-in`, options);
        if (options.forcedColors) await hasEdges(page, `${name}-sign-in`);
        await signIn(page, alice);
        await looksAt(page, `${name}-sidebar`, options);
        await row(page, 'bob').getByRole('link').click();
        await eventually(() => page.locator('main').getByText('hello', { exact: false }).first().isVisible(),
            `${name}: the conversation shows`);
        await looksAt(page, `${name}-conversation`, options);
        ok(await page.evaluate(() => document.documentElement.lang === (navigator.language.startsWith('de') ? 'de' : 'en')), `${name}: the page says its language`);
        await person.leave();
    }
});
