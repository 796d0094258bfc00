// What the harness offers, used as tests use it: nothing of this may fail.

import { PHONE, newPerson } from './lib/browser.mjs';
import { EXPECTED } from './lib/guards.mjs';
import { ask, check, eventually, is, like, note, ok, scenario, unlike } from './lib/harness.mjs';
import { accessibility, fitsWidth } from './lib/page_checks.mjs';

const answers = (page) => page.evaluate(async () => (await fetch('/health')).ok);
const refuses = (page) => page.evaluate(() => fetch('/health').then(() => false, () => true));

async function contexts({ server }) {
    const view = { viewport: PHONE, colorScheme: 'dark', reducedMotion: 'reduce', locale: 'de-DE' };
    const alice = await newPerson('alice', view);
    const { page } = alice;
    await page.goto(`${server.url}/`);
    ok(await page.evaluate('isSecureContext'), 'an address of 127/8 is a secure context');
    is(await page.evaluate('[typeof navigator.locks, typeof navigator.serviceWorker, typeof navigator.mediaDevices]'),
        ['object', 'object', 'object'], 'with all that pages need of one');
    const seen = () => {
        const matches = (query) => matchMedia(query).matches;
        const { language } = navigator;
        const isDark = matches('(prefers-color-scheme: dark)');
        const isCalm = matches('(prefers-reduced-motion: reduce)');
        return { width: innerWidth, language, isDark, isCalm };
    };
    const expected = { width: 360, language: 'de-DE', isDark: true, isCalm: true };
    is(await page.evaluate(seen), expected, 'a context of her own');
    await fitsWidth(page, 'the page fits');
    await accessibility(page, 'and is accessible');

    const bob = await newPerson('bob', { permissions: ['camera', 'microphone', 'notifications'] });
    await bob.page.goto(`${server.url}/`);
    const kinds = () => navigator.mediaDevices.getUserMedia({ audio: true, video: true })
        .then((stream) => stream.getTracks().map((track) => track.kind).sort(), (error) => error.name);
    is(await bob.page.evaluate(kinds), ['audio', 'video'], 'who has the permission has a camera and a microphone');
    is(await page.evaluate(kinds), 'NotAllowedError', 'who has not is refused');
}

async function network({ server, proxies }) {
    const carol = await newPerson('carol');
    const { page } = carol;
    carol.allow(EXPECTED.serverAway);
    await page.goto(`${proxies.network.url}/`);
    await carol.goOffline();
    ok(await refuses(page), 'somebody goes offline');
    await carol.goOnline();
    await eventually(() => answers(page), 'and comes back');
    await proxies.network.down();
    ok(await refuses(page), 'a proxy cuts the way');
    await proxies.network.open();
    await eventually(() => answers(page), 'and opens it');

    await page.goto(`${server.url}/`);
    await server.stop();
    ok(await refuses(page), 'the server stops');
    await server.start();
    await eventually(() => answers(page), 'and starts');
    await server.restart();
    await eventually(() => answers(page), 'and is started again');
    const killed = await server.killWorker();
    await eventually(async () => {
        const workers = await server.workers();
        return workers.length === 2 && !workers.includes(killed);
    }, 'a worker is killed and another takes its place');
    await server.kill();
    ok(await refuses(page), 'all of it is killed');
    await server.start();
    await eventually(() => answers(page), 'and it comes back');
}

async function accounts({ server, people, options }) {
    const dave = await server.makeUser('dave');
    like(dave.id, /^[0-9a-f-]{36}$/, 'a user is made');
    const { username, password } = dave;
    const signIn = await server.request('POST', '/api/login', { body: { username, password } });
    is(signIn.status, 200, 'who has a password');
    const channel = await server.makeChannel('general', ['dave', 'erin']);
    const members = await server.asAdmin('GET', `/admin/channels/${channel}/members`);
    is(members.json.map((member) => member.username).sort(), ['dave', 'erin'], 'a channel with members');
    const message = { channel: 'general', body: 'Grüße' };
    const said = await server.asUser(people.erin, 'POST', '/api/messages/channel', message);
    is(said.status, 200, 'the test brought a user, who writes');
    is(options, { greeting: 'Grüße' }, 'and options');
    is(await ask('twice', 'Ü'), 'ÜÜ', 'and an action');
    await check('an action that dies is an error here', async () => {
        like(await ask('dies').catch((error) => error.message), /no way/, 'with its text');
    });
    unlike(server.url, /localhost/, 'an address of this test alone');
    note('a note is no check');
}

scenario(async (given) => {
    await accounts(given);
    await contexts(given);
    await network(given);
});
