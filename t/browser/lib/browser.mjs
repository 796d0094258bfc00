// One Chromium for a script, and people who use it: each has a context, and so cookies and storage, of their own.
//
//     const alice = await newPerson('alice', { viewport: PHONE, colorScheme: 'dark' });
//     await alice.page.goto(`${server.url}/`);

import { setup, tell } from './channel.mjs';
import { atEnd, ok, whenBroken } from './harness.mjs';
import { EXPECTED, Guard } from './guards.mjs';
import { chromium } from './packages.mjs';
import { screenshot } from './screenshot.mjs';

export const PHONE = { width: 360, height: 740 };
export const TABLET = { width: 820, height: 1180 };
export const DESKTOP = { width: 1440, height: 900 };

const PATIENCE = 60_000; // milliseconds; only says when to give up

// Names are looked up nowhere: the tests' servers are addresses of 127/8.
const ARGUMENTS = [
    '--headless=new',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--ignore-certificate-errors', // nobody has signed those of the tests
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.*, EXCLUDE localhost, EXCLUDE *.local',
    '--allow-loopback-in-peer-connection', // calls, on a machine without any network
    '--auto-select-tab-capture-source-by-title=BeringShare', // what is shared as "the screen"
    // Asked for only by who has the permission: newPerson's permissions. Of four cameras, the first and the last are
    // common ones.
    '--use-fake-device-for-media-stream=device-count=4',
];

let launched;

async function launch() {
    const started = await chromium.launch({
        executablePath: process.env.BERING_CHROMIUM,
        chromiumSandbox: process.getuid() !== 0,
        args: ARGUMENTS,
        timeout: PATIENCE,
        handleSIGINT: false,
        handleSIGTERM: false,
    });
    tell({ began: 'a browser' }); // the test looks at its processes, to be able to end them
    return started;
}

// The browser, started when somebody needs it. The profile is in TMPDIR, which is this run's own.
export function browser() {
    launched ??= launch();
    return launched;
}

// Somebody with a browser: a context, its first page, and a guard (lib/guards.mjs).
class Person {
    constructor(name, context, guard) { Object.assign(this, { name, context, guard, isClosed: false }); }

    // Expected problems: allow(EXPECTED.signedOut, [/a text/]).
    allow(...lists) { this.guard.allow(...lists); }

    async newPage() {
        this.page = await this.context.newPage();
        return this.page;
    }

    // The network is gone for this person alone, and back. A server that is away: server.stop(), a proxy's down().
    async goOffline() {
        this.allow(EXPECTED.offline, EXPECTED.serverAway);
        await this.context.setOffline(true);
    }

    goOnline() { return this.context.setOffline(false); }

    // Done: closes all pages, and checks that nothing unexpected happened.
    async leave() {
        if (this.isClosed) return;
        this.isClosed = true;
        await this.context.close();
        const problems = this.guard.problems();
        ok(problems.length === 0, `${this.name}'s browser has nothing to complain about`, problems.join('\n'));
    }
}

// Options: those of Playwright's contexts (viewport, locale, colorScheme, reducedMotion, permissions: ['camera',
// 'microphone', 'notifications'], ...).
export async function newPerson(name, options = {}) {
    const context = await (await browser()).newContext({
        viewport: DESKTOP, locale: 'en-GB', timezoneId: 'UTC', colorScheme: 'light', ...options,
    });
    context.setDefaultTimeout(PATIENCE);
    const person = new Person(name, context, new Guard(context, (await setup).hosts));
    await person.newPage();
    atEnd(() => person.leave());
    whenBroken(() => screenshot(person.page, `broken-${name}`));
    return person;
}

atEnd(async () => { await (await launched)?.close(); });
