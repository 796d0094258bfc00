// The start page: readable on a phone and on a wide screen, light and dark, without a single complaint of the browser.

import { DESKTOP, PHONE, newPerson } from './lib/browser.mjs';
import { is, like, ok, scenario } from './lib/harness.mjs';
import { accessibility, fitsWidth } from './lib/page_checks.mjs';
import { screenshot } from './lib/screenshot.mjs';

const VIEWS = [
    { name: 'phone', viewport: PHONE, colorScheme: 'light' },
    { name: 'phone-dark', viewport: PHONE, colorScheme: 'dark' },
    { name: 'wide', viewport: DESKTOP, colorScheme: 'light' },
    { name: 'wide-dark', viewport: DESKTOP, colorScheme: 'dark' },
];

scenario(async ({ server }) => {
    for (const { name, ...view } of VIEWS) {
        const visitor = await newPerson(name, view);
        const answer = await visitor.page.goto(`${server.url}/`, { waitUntil: 'networkidle' });
        is(answer.status(), 200, `${name}: the page is there`);
        like(await visitor.page.title(), /BeringShare/, `${name}: it has a title`);
        ok(await visitor.page.getByRole('heading', { level: 1 }).isVisible(), `${name}: its heading shows`);
        const isLoaded = await visitor.page.locator('img').evaluate((image) => image.naturalWidth > 0);
        ok(isLoaded, `${name}: its picture is loaded`);
        is(await visitor.page.getByRole('link', { name: 'Open the chat' }).getAttribute('href'), '/chat/ui',
            `${name}: the way to the chat`);
        is(await visitor.page.getByRole('link', { name: 'Administration' }).getAttribute('href'), '/admin/ui',
            `${name}: and to the administration`);
        await fitsWidth(visitor.page, `${name}: nothing is wider than the window`);
        await accessibility(visitor.page, `${name}: axe has nothing against it`);
        await screenshot(visitor.page, name, { fullPage: true });
        await visitor.leave();
    }
});
