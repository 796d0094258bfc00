// What every script is made of: one scenario with checks, each of which becomes a result of the Perl test.
//
//     import { scenario, is, eventually } from './lib/harness.mjs';
//     scenario(async ({ server, people, options }) => {
//         is(1 + 1, 2, 'numbers add up');
//     });

import { inspect, isDeepStrictEqual } from 'node:util';
import { ask, setup, tell } from './channel.mjs';
import { serversOf } from './servers.mjs';

export { ask } from './channel.mjs';

const PATIENCE = 60_000; // milliseconds; only says when to give up
const PAUSE = 25;

const afterwards = []; // what closes what was opened, run in reverse order
const onFailure = [];  // what says more when the scenario breaks

const shown = (value) => inspect(value, { depth: 6, breakLength: 120 });
const textOf = (error) => (error instanceof Error ? error.stack ?? error.message : String(error));

// For what a scenario opens: called at its end, whatever happened.
export function atEnd(close) { afterwards.push(close); }

// For what helps to understand why a scenario broke: a picture of each page.
export function whenBroken(explain) { onFailure.push(explain); }

function report(isFine, name, message = '') {
    tell({ check: name, ok: Boolean(isFine), message: isFine ? '' : message });
    return Boolean(isFine);
}

export function ok(value, name, message = '') {
    return report(value, name, message || `got ${shown(value)}`);
}

export function is(got, expected, name) {
    return report(isDeepStrictEqual(got, expected), name, `got ${shown(got)}\nexpected ${shown(expected)}`);
}

export function like(text, pattern, name) {
    return report(pattern.test(String(text)), name, `got ${shown(text)}\nexpected ${pattern}`);
}

export function unlike(text, pattern, name) {
    return report(!pattern.test(String(text)), name, `got ${shown(text)}\nexpected nothing like ${pattern}`);
}

export function note(text) { tell({ note: String(text) }); }

// A check of several steps: it fails when the function throws or answers false.
export async function check(name, steps) {
    try {
        return report(await steps() !== false, name, 'the answer was false');
    } catch (error) {
        return report(false, name, textOf(error));
    }
}

// Waits until the condition holds: its value, or nothing when it gave up. A condition that throws does not hold yet.
export async function waitUntil(condition) {
    const deadline = Date.now() + PATIENCE;
    let problem = 'never true';
    while (Date.now() < deadline) {
        try {
            const value = await condition();
            if (value) return { value };
            problem = `last: ${shown(value)}`;
        } catch (error) {
            problem = textOf(error);
        }
        await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
    }
    return { problem };
}

// The condition comes true sooner or later; its value.
export async function eventually(condition, name) {
    const { value, problem } = await waitUntil(condition);
    report(value, name, problem);
    return value;
}

async function runAll(functions) {
    for (const each of functions) {
        try {
            await each();
        } catch (error) {
            report(false, 'the script cleans up', textOf(error));
        }
    }
}

// Runs the script's one scenario, then ends the process. It gets what the test gave: servers and proxies by their names
// (server: the one that is called so), people and options.
export async function scenario(steps) {
    try {
        const given = await setup;
        const servers = serversOf(given.servers, ask);
        const proxies = serversOf(given.proxies, ask);
        await steps({ server: servers.server, servers, proxies, people: given.people, options: given.options });
    } catch (error) {
        tell({ crash: textOf(error) });
        for (const explain of onFailure) await explain().catch(() => {});
    }
    await runAll(afterwards.reverse());
    tell({ done: true });
    process.exit(0);
}

// A promise that nobody waits for, or a callback, has failed.
for (const kind of ['uncaughtException', 'unhandledRejection']) {
    process.on(kind, (error) => {
        tell({ crash: textOf(error) });
        process.exit(1);
    });
}
