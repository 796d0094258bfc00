// Every part of the settings as people see it: light, dark, high contrast, on a phone, in German, from right to left.

import { DESKTOP, PHONE } from './lib/browser.mjs';
import { eventually, is, ok, scenario } from './lib/harness.mjs';
import { accessibility, fitsWidth } from './lib/page_checks.mjs';
import { screenshot } from './lib/screenshot.mjs';
import { PARTS, newSettler } from './lib/settings.mjs';

const VIEWS = [
    { name: 'wide', viewport: DESKTOP },
    { name: 'wide-dark', viewport: DESKTOP, colorScheme: 'dark' },
    { name: 'wide-contrast', viewport: DESKTOP, contrast: 'more' },
    { name: 'dark-contrast', viewport: DESKTOP, colorScheme: 'dark', contrast: 'more' },
    { name: 'forced-colors', viewport: DESKTOP, forcedColors: 'active' },
    { name: 'phone', viewport: PHONE, hasTouch: true, isMobile: true },
    { name: 'phone-german-dark', viewport: PHONE, colorScheme: 'dark', locale: 'de-DE' },
    { name: 'phone-right-to-left', viewport: PHONE, direction: 'rtl' },
    { name: 'wide-right-to-left', viewport: DESKTOP, direction: 'rtl' },
];

async function fillsPassword(page) {
    await page.locator('input[name="next"]').fill('alice 12345');
    await page.locator('input[name="again"]').fill('something else');
    await page.locator('main button[type="submit"]').click();
    await page.locator('.error').first().waitFor();
}

const PREPARE = { password: fillsPassword };

async function looksAt(server, user, { name, direction, ...options }) {
    const person = await newSettler(server, user, 'about', { name, ...options });
    const { page } = person;
    for (const part of Object.keys(PARTS)) {
        await page.goto(`${server.url}/chat/settings#${part}`);
        await page.locator(`.settings-nav a[aria-current][href$="#${part}"]`).waitFor();
        if (direction) await page.evaluate((value) => { document.documentElement.dir = value; }, direction);
        await eventually(async () => await page.getByText(/^(?:Loading|Lädt)…$/).count() === 0,
            `${name}: ${part}: everything is there`);
        await PREPARE[part]?.(page);
        await fitsWidth(page, `${name}: ${part}: nothing is wider than the window`);
        if (options.forcedColors) ok(true, `${name}: the system's own colours`);
        else await accessibility(page, `${name}: ${part}: axe has nothing against it`);
        await screenshot(page, `${name}-${part}`, { fullPage: true });
    }
    await person.leave();
}

async function keepsStill(server, user) {
    const person = await newSettler(server, user, 'appearance', { name: 'still', reducedMotion: 'reduce' });
    const moving = await person.page.evaluate(() => [...document.querySelectorAll('*')].filter((element) => {
        const style = getComputedStyle(element);
        return [style.transitionDuration, style.animationDuration].some((time) => parseFloat(time) > 0.01);
    }).map((element) => element.className));
    is(moving, [], 'where motion is not wanted, nothing moves');
    await person.leave();
}

scenario(async ({ server }) => {
    const alice = await server.makeUser('alice');
    const name = 'Alice of the long name that goes on for a while ❄';
    is((await server.asUser(alice, 'PUT', '/api/profile', { display_name: name })).status, 200,
        'somebody with a long name');
    for (const view of VIEWS) await looksAt(server, alice, view);
    await keepsStill(server, alice);
});
