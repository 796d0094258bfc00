// The chat can be installed as an app: Chromium has nothing against its manifest.

import { newPerson } from './lib/browser.mjs';
import { EXPECTED } from './lib/guards.mjs';
import { eventually, is, ok, scenario } from './lib/harness.mjs';

scenario(async ({ server }) => {
    const person = await newPerson('visitor');
    person.allow(EXPECTED.signedOut);
    const { page } = person;
    await page.goto(`${server.url}/chat/ui`);
    await page.locator('.sign-in').waitFor();
    await eventually(() => page.evaluate(() => Boolean(navigator.serviceWorker.controller)),
        'its service worker is there');
    const session = await person.context.newCDPSession(page);
    const manifest = await session.send('Page.getAppManifest');
    is(manifest.errors, [], 'the manifest has no errors');
    const { name, start_url: start, scope, id, display, icons } = JSON.parse(manifest.data);
    is([name, start, scope, id, display], ['BeringShare', '/chat/ui', '/chat/', '/chat/ui', 'standalone'],
        'it says what the app is');
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    // a window of a test is one that remembers nothing, in which no browser installs
    is(installabilityErrors.map(({ errorId }) => errorId).filter((each) => each !== 'in-incognito'), [],
        'and nothing is against installing it');
    for (const { src, sizes, type } of icons) {
        const found = await page.evaluate(async (address) => {
            const image = new Image();
            image.src = address;
            await image.decode();
            return `${image.naturalWidth}x${image.naturalHeight}`;
        }, src);
        ok(sizes === 'any' || found === sizes, `${src} is as large as the manifest says`, found);
        const answer = await page.request.get(server.url + src);
        is(answer.headers()['content-type'].split(';')[0], type, `${src} is what the manifest says`);
    }
});
