// Calls, as tests use them: people with cameras and microphones (Chromium's own false ones), and what really arrives:
// frames that are decoded and sound that has energy, by getStats, never what a page says of itself.

import { newPerson } from './browser.mjs';
import { EXPECTED } from './guards.mjs';
import { eventually, ok, waitUntil } from './harness.mjs';
import { signIn } from './writing.mjs';

// Keeps what the page connects, and says what comes over it. Runs in the page, before its scripts.
export function watchConnections() {
    const made = [];
    window.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(...parameters) {
            super(...parameters);
            made.push(this);
        }
    };
    window.sending = () => made.filter((one) => one.connectionState !== 'closed').flatMap((one) => one.getSenders())
        .filter((sender) => sender.track).map(({ track }) => ({ kind: track.kind, deviceId: track.getSettings().deviceId }));
    window.received = async () => {
        const open = made.filter((one) => one.connectionState !== 'closed');
        return Promise.all(open.map(async (one) => {
            const sum = { state: one.connectionState, frames: 0, energy: 0, width: 0, candidate: null };
            const stats = await one.getStats();
            for (const report of stats.values()) {
                if (report.type === 'inbound-rtp' && report.kind === 'video') {
                    sum.frames += report.framesDecoded ?? 0;
                    sum.width = report.frameWidth ?? 0;
                }
                if (report.type === 'inbound-rtp' && report.kind === 'audio') sum.energy += report.totalAudioEnergy ?? 0;
                if (report.type === 'candidate-pair' && report.nominated && report.state === 'succeeded') {
                    sum.candidate = stats.get(report.localCandidateId)?.candidateType ?? sum.candidate;
                }
            }
            return sum;
        }));
    };
}

const DEVICES = ['camera', 'microphone'];

// Somebody signed in, who lends the page both devices. Options: those of newPerson; `key`: the conversation that is
// open; `init`: functions that run in the page before its own scripts.
export async function newCaller(server, user, { key = '', init = [], name = user.username, ...options } = {}) {
    const person = await newPerson(name, { permissions: DEVICES, ...options });
    person.allow(EXPECTED.signedOut);
    for (const script of [watchConnections, ...init]) await person.context.addInitScript(script);
    await signIn(person, server, user);
    await openChat(person.page, server, key);
    return person;
}

export async function openChat(page, server, key = '') {
    await page.goto(`${server.url}/chat/ui${key ? `#${key}` : ''}`);
    await page.locator('.frame').waitFor();
    await setRules(page, { awayMs: 600_000, connectMs: 600_000, endedMs: 600_000 }); // however slow the machine is
}

// Changes a few of the rules that the page's calls keep to.
export const setRules = (page, changes) => page.evaluate(async (given) => {
    const { rules } = await import('/app/models/calls/rules.js');
    Object.assign(rules, given);
}, changes);

export const received = (page) => page.evaluate(() => window.received());

const grows = { picture: (now, before) => now.frames > before.frames + 2, sound: (now, before) => now.energy > before.energy };

// From so many others, picture and sound arrive from now on: all of these grow.
export async function arrives(page, count, name, what = ['picture', 'sound']) {
    let before;
    const { value, problem } = await waitUntil(async () => {
        const now = await received(page);
        if (now.length !== count) throw new Error(`${now.length} connections: ${JSON.stringify(now)}`);
        if (before?.length !== count) before = now;
        return what.every((kind) => now.every((one, place) => grows[kind](one, before[place])));
    });
    return ok(value, name, `${problem} ${JSON.stringify(before)} ${JSON.stringify(await received(page))}`);
}

export const panel = (page) => page.locator('.call-panel');
export const tiles = (page) => panel(page).locator('.tile');
export const ring = (page) => page.locator('dialog.ring');
export const button = (scope, name) => scope.getByRole('button', { name, exact: true });
export const says = (page, pattern, name) => eventually(async () => pattern.test(await panel(page).innerText()), name);

// Calls from the head of the open conversation.
export const call = (page, name, withVideo = true) =>
    button(page, `Call ${name}${withVideo ? ' with video' : ''}`).click();
export const answer = (page, withVideo = true) =>
    button(ring(page), withVideo ? 'Answer with video' : 'Answer').click();
export const decline = (page) => button(ring(page), 'Decline').click();
export const hangUp = (page) => panel(page).locator('.call-buttons .button.danger').click();
export const isOver = (page, name) =>
    eventually(async () => (await panel(page).locator('.call-buttons').count()) === 0, name);

// Joins the call of the open channel.
export async function join(page, { camera = true, muted = false } = {}) {
    await page.locator('.conversation-head').getByRole('button', { name: /^(Start a call|Join the call)/ }).click();
    const dialog = page.getByRole('dialog');
    if (camera) await dialog.getByLabel('With my camera').check();
    if (muted) await dialog.getByLabel('With my microphone muted').check();
    await dialog.locator('button[type="submit"]').click();
    await panel(page).locator('.call-buttons').waitFor();
}
