// What must make a test fail, one case a run: t/96-browser/harness.t looks whether it does.

import { newPerson } from './lib/browser.mjs';
import { ask, check, is, ok, scenario } from './lib/harness.mjs';
import { accessibility, fitsWidth } from './lib/page_checks.mjs';

async function visit(path, { server }) {
    const person = await newPerson('alice');
    await person.page.goto(server.url + path, { waitUntil: 'networkidle' });
    ok(true, 'the page was visited');
    return person;
}

const CASES = {
    'failed check': () => is([1, { two: 2 }], [1, { two: 3 }], 'one is like the other'),
    'check that throws': () => check('a step', () => { throw new Error('the step stumbles'); }),
    'no check': () => {},
    'exception': () => { throw new Error('out of order'); },
    'forgotten promise': async () => {
        ok(true, 'so far');
        Promise.reject(new Error('nobody waits'));
        await new Promise((resolve) => { setTimeout(resolve, 60_000); });
    },
    'vanishing': () => {
        ok(true, 'so far');
        process.exit(0);
    },
    'console error': (given) => visit('/console.html', given),
    'page error': (given) => visit('/throws.html', given),
    'inline script': (given) => visit('/inline.html', given),
    'missing file': (given) => visit('/missing.html', given),
    'allowed error': async (given) => (await visit('/console.html', given)).allow([/seven bridges/]),
    'foreign address': async (given) => {
        const { page } = await visit('/', given);
        await page.goto('http://198.51.100.1/').catch(() => {});
    },
    'foreign name': async (given) => {
        const { page } = await visit('/', given);
        await page.goto('http://example.org/').catch(() => {});
    },
    'foreign port': async (given) => {
        const { page } = await visit('/', given);
        await page.goto(given.server.url.replace(/\d+$/, '1')).catch(() => {});
    },
    'server away': async (given) => {
        const { page } = await visit('/', given);
        await given.server.stop();
        await page.evaluate(() => fetch('/health').catch(() => {}));
        await given.server.start();
    },
    'inaccessible': async (given) => accessibility((await visit('/inaccessible.html', given)).page, 'axe is content'),
    'too wide': async (given) => fitsWidth((await visit('/wide.html', given)).page, 'the page fits'),
    'hanging': async (given) => {
        await visit('/', given);
        await ask('running', process.env.BERING_BROWSER_RUN);
        await new Promise(() => { setInterval(() => {}, 1000); });
    },
};

scenario((given) => CASES[given.options.case](given));
