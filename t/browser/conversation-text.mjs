// What messages look like: Markdown, mentions, GIFs, long ones; and that nothing that people write does anything.

import { idsShown, isAtEnd, logOf, place, reader, rowOf, say } from './lib/conversing.mjs';
import { DESKTOP, PHONE } from './lib/browser.mjs';
import { eventually, is, like, ok, scenario, unlike } from './lib/harness.mjs';
import { accessibility, fitsWidth } from './lib/page_checks.mjs';
import { screenshot } from './lib/screenshot.mjs';

const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300" style="background: teal"/>';
const MEDIA = /^https:\/\/media\.example\//;
const EVIL = '"><img src=x onerror="globalThis.hurt=1"><script>globalThis.hurt=1</script>';

const TALK = [
    ['bob', 'Good morning! Has anybody looked at the **release notes**?'],
    ['bob', 'They are at https://docs.example/notes_(draft). I would *not* send them ~~yesterday~~ today.'],
    ['carol', 'Yes. Three things:\n1. the `--quiet` option\n2. what changed for @alice and @bob\n'
        + '3. [the schedule](https://docs.example/plan)'],
    ['carol', '> They are at the usual place\n\nWhich one is that? - I use this:\n```sh\nfor each in *.md; do\n'
        + '\techo "$each"   # a line so long that it has to be scrolled sideways on narrow screens\ndone\n```'],
    ['alice', 'Thank you @bob, I will read them.'],
    ['bob', '🎉'],
    ['bob', 'שלום לכולם, מה שלומכם היום?'],
];

const HOSTILE = [
    EVIL,
    '[click](javascript:globalThis.hurt=1)',
    `[gif:https://media.example/${EVIL}]`,
    '[gif:javascript:globalThis.hurt=1]',
    '[gif:data:image/svg+xml,<svg onload="globalThis.hurt=1">]',
    `\`\`\`${EVIL}\n${EVIL}\n\`\`\``,
    `[x](https://a.example/${'"'}onmouseover=globalThis.hurt=1)`,
    '<a href="javascript:globalThis.hurt=1">click</a>',
    'https://a.example/"onmouseover="globalThis.hurt=1',
    '&lt;img src=x onerror=globalThis.hurt=1&gt;',
];

async function markdown({ server, people, channel, page }) {
    for (const [author, body] of TALK) await say(server, people[author], channel, body);
    await eventually(async () => await rowOf(page, 'שלום').isVisible(), 'the talk is shown');
    is(await rowOf(page, 'release notes').locator('strong').textContent(), 'release notes', 'bold');
    const link = rowOf(page, 'They are at https').getByRole('link');
    is(await link.getAttribute('href'), 'https://docs.example/notes_(draft)',
        'a bare address is a link, without the full stop');
    is([await link.getAttribute('rel'), await link.getAttribute('target')], ['noopener noreferrer nofollow', '_blank'],
        'that tells nobody');
    const list = rowOf(page, 'Three things');
    is(await list.locator('ol > li').count(), 3, 'a list');
    is(await list.locator('mark.mention').textContent(), '@alice', 'one\'s own name stands out');
    like(await list.locator('a.mention').getAttribute('href'), /#dm:/, 'other names lead to them');
    ok(await rowOf(page, 'usual place').locator('blockquote').isVisible(), 'a quote');
    is(await rowOf(page, '🎉').locator('.large').count(), 1, 'an emoji alone is large');
    is(await rowOf(page, 'שלום').locator('p').evaluate((text) => getComputedStyle(text).direction), 'rtl',
        'each text has its own direction');
    const [first, second] = await page.$$eval('.message', (rows) =>
        rows.map((row) => row.classList.contains('continued')));
    is([first, second], [false, true], 'one author\'s messages stand together');
}

async function copying({ alice, page }) {
    await alice.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await rowOf(page, 'for each').getByRole('button', { name: 'Copy', exact: true }).click();
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    await eventually(async () => /^for each.*\n\techo .*\ndone$/.test(await copied()),
        'a button copies code as it was written');
    await rowOf(page, 'Thank you').hover();
    await rowOf(page, 'Thank you').getByRole('button', { name: 'More for this message' }).click();
    await page.getByRole('menuitem', { name: 'Copy text' }).click();
    await eventually(async () => await copied() === 'Thank you @bob, I will read them.',
        'a menu copies the text of a message');
}

async function hostile({ server, people, channel, page }) {
    for (const body of HOSTILE) await say(server, people.mallory, channel, body);
    const last = await say(server, people.mallory, channel, 'was that all?');
    await eventually(async () => (await idsShown(page)).at(-1) === last, 'hostile messages are shown');
    const log = logOf(page);
    is(await log.locator('script, iframe, [onerror], [onmouseover], [onload]').count(), 0, 'nothing of them is markup');
    const protocols = await log.locator('a').evaluateAll((links) => links.map((link) => link.protocol));
    is(protocols.filter((protocol) => !/^(?:https?|mailto):$/.test(protocol)), [],
        'no link leads into a script');
    const pictures = await log.locator('img').evaluateAll((images) => images.map((image) => image.src));
    is(pictures.filter((source) => !source.startsWith('https://')), [], 'no picture, either');
    for (const image of await log.locator('img').all()) await image.hover();
    is(await page.evaluate('globalThis.hurt'), undefined, 'nothing has run');
    like(await log.locator('.author').last().textContent(), /<img src=x/, 'a name is a text, too');
    like(await page.locator('.conversation-head h1').textContent(), /<b>/, 'and the name of a channel');
}

async function gifs({ server, people, channel, alice, page }) {
    const url = 'https://media.example/cat.gif';
    await say(server, people.bob, channel, `[gif:${url}]`);
    const image = logOf(page).locator(`img[src="${url}"]`);
    await eventually(() => image.evaluate((element) => element.complete && element.naturalWidth === 400),
        'a GIF is shown');
    const asked = await image.evaluate((element) => [element.alt, element.referrerPolicy, element.loading]);
    is(asked, ['GIF', 'no-referrer', 'lazy'], 'lazily, and its host is told nothing');
    await eventually(() => isAtEnd(page), 'the end stays in view');
    await page.evaluate(() => localStorage.setItem('bering.showGifs', 'false'));
    await page.reload();
    const offer = logOf(page).getByRole('button', { name: /Show GIF/ }).last();
    await offer.waitFor();
    is(await image.count(), 0, 'whoever does not want them loads none');
    await offer.click();
    await eventually(async () => await image.count() === 1, 'but by a click');
    await page.evaluate(() => localStorage.removeItem('bering.showGifs'));
    await page.reload();
    await say(server, people.bob, channel, '[gif:https://media.example/missing.gif]');
    alice.allow([/missing\.gif/]);
    await eventually(() => logOf(page).getByText('This GIF could not be loaded').isVisible(),
        'one that is missing says so');
}

async function folding({ server, people, channel, page }) {
    const long = Array.from({ length: 40 }, (_, number) => `line ${number} of many`).join('\n');
    const id = await say(server, people.bob, channel, long);
    const row = page.locator(`[data-key="${id}"]`);
    await row.waitFor();
    unlike(await row.textContent(), /line 20 of many/, 'a long message is folded');
    const button = row.getByRole('button', { name: 'Show more' });
    is(await button.getAttribute('aria-expanded'), 'false', 'a button says so');
    const before = (await place(page)).top;
    await button.press('Enter');
    await eventually(async () => /line 39 of many/.test(await row.textContent()), 'and shows all of it');
    ok(Math.abs((await place(page)).top - before) <= 1, 'what one reads stays in its place');
    const less = row.getByRole('button', { name: 'Show less' });
    ok(await less.evaluate((element) => element === document.activeElement), 'with the focus');
    await less.press('Enter');
    await eventually(async () => !/line 20 of many/.test(await row.textContent()), 'and folds it again');
}

/** What the server refuses stays, with the reason, until it is sent after all or given up. */
async function unsent({ server, people, channel, alice, page }) {
    alice.allow([/status of 400/]);
    const isPost = (url) => url.pathname === '/api/messages/channel';
    const refusal = { status: 400, contentType: 'application/json', body: '{"error": "not today"}' };
    await page.route(isPost, (route) => route.fulfill(refusal));
    const field = page.getByRole('form', { name: /write/i }).getByRole('textbox');
    for (const text of ['keep this', 'drop this']) {
        await field.fill(text);
        await field.press('Enter');
        await eventually(() => rowOf(page, text).getByText('not today').isVisible(), 'what is refused says why');
    }
    await accessibility(page, 'axe has nothing against it');
    await screenshot(page, 'unsent');
    await page.unroute(isPost);
    await rowOf(page, 'drop this').getByRole('button', { name: 'Discard' }).click();
    await eventually(async () => await rowOf(page, 'drop this').count() === 0, 'it can be given up');
    await rowOf(page, 'keep this').getByRole('button', { name: 'Try again' }).click();
    await eventually(async () => await page.locator('.message.pending').count() === 0, 'or sent once more');
    const { json } = await server.asUser(people.alice, 'GET', `/api/messages/channel/${channel.id}`);
    is(json.slice(-2).map((message) => message.body).filter((body) => / this$/.test(body)), ['keep this'],
        'which stores it once');
}

const VIEWS = [
    { name: 'wide', viewport: DESKTOP },
    { name: 'phone', viewport: PHONE, hasTouch: true },
    { name: 'dark', viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
    { name: 'phone-german-dark', viewport: PHONE, colorScheme: 'dark', locale: 'de-DE' },
];

async function looks({ server, people, talk }) {
    for (const { name, ...view } of VIEWS) {
        const someone = await reader(`alice-${name}`, server, people.alice, `channel:${talk.id}`, view);
        await rowOf(someone.page, 'שלום').waitFor();
        await accessibility(someone.page, `${name}: axe has nothing against it`);
        await fitsWidth(someone.page, `${name}: nothing is wider than the window`);
        await screenshot(someone.page, name);
        await someone.leave();
    }
}

scenario(async ({ server, people }) => {
    const talk = { id: await server.makeChannel('talk', ['alice', 'bob', 'carol']) };
    const channel = { id: await server.makeChannel('<b>evil</b>', ['alice', 'bob', 'mallory']) };
    const alice = await reader('alice', server, people.alice, `channel:${talk.id}`);
    const { page } = alice;
    alice.allow([/foreign host: https:\/\/media\.example\//]);
    await page.route(MEDIA, (route) => (route.request().url().includes('missing') ? route.abort()
        : route.fulfill({ contentType: 'image/svg+xml', body: PICTURE })));
    await markdown({ server, people, channel: talk, page });
    await copying({ alice, page });
    await looks({ server, people, talk });
    await page.goto(`${server.url}/chat/ui#channel:${channel.id}`);
    await eventually(() => page.getByText('No messages yet').isVisible(), 'an empty channel');
    const given = { server, people, channel, alice, page };
    for (const part of [hostile, gifs, folding, unsent]) await part(given);
});
