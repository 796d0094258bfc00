// Two ends of app/models/calls/link.js in one page, and a post that delivers as badly as the test wants.

import { newCaller } from './lib/calls.mjs';
import { eventually, scenario } from './lib/harness.mjs';

// Runs in the page. `post(at, kind, value, deliver)` is asked about each signal.
function makePair({ post, offers }) {
    const decide = new Function('at', 'kind', 'value', 'deliver', 'state', post);
    return (async () => {
        const { Link } = await import('/app/models/calls/link.js');
        const { rules } = await import('/app/models/calls/rules.js');
        Object.assign(rules, { restartEveryMs: 500 });
        const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
        const state = {};
        const ends = [0, 1].map((at) => {
            const end = new Link({
                servers: [],
                isPolite: at === 1,
                send: (kind, value) => decide(at, kind, value, () => ends[1 - at].receive(kind, value), state),
            });
            document.body.append(Object.assign(document.createElement('video'), { srcObject: end.stream, autoplay: true }));
            for (const track of stream.getTracks()) end.setTrack(track.kind, track);
            return end;
        });
        window.ends = ends;
        window.state = state;
        for (const at of offers) ends[at].start();
    })();
}

// Frames and sound that both ends have received.
const count = (page) => page.evaluate(() => Promise.all(window.ends.map(async (end) => {
    const sum = { frames: 0, energy: 0 };
    for (const report of (await end.connection.getStats()).values()) {
        if (report.type !== 'inbound-rtp') continue;
        sum.frames += report.framesDecoded ?? 0;
        sum.energy += report.totalAudioEnergy ?? 0;
    }
    return sum;
})));

async function moves(page, name) {
    const before = await count(page);
    return eventually(async () => {
        const now = await count(page);
        return now.every((one, at) => one.frames > before[at].frames + 3 && one.energy > before[at].energy);
    }, name);
}

const close = (page) => page.evaluate(() => window.ends.forEach((end) => end.close()));

// What the post does with a signal, as a text: it runs in the page.
const POSTS = {
    plain: 'deliver()',
    // candidates at once, descriptions much later
    'candidates first': 'if (kind === "candidate") deliver(); else setTimeout(deliver, 400)',
    // the first description of each side is lost
    'lost descriptions': 'if (kind === "candidate" || state["lost" + at]) deliver(); else state["lost" + at] = true',
};

const NAMES = {
    plain: 'as it should be',
    'candidates first': 'candidates that come before the description wait for it',
    'lost descriptions': 'what was lost is said again',
};

scenario(async ({ server }) => {
    const alice = await newCaller(server, await server.makeUser('alice'));
    const { page } = alice;
    for (const [name, post] of Object.entries(POSTS)) {
        await page.evaluate(makePair, { post, offers: [0] });
        await moves(page, NAMES[name]);
        await close(page);
    }
    await page.evaluate(makePair, { post: 'setTimeout(deliver, 50)', offers: [0, 1] });
    await moves(page, 'both offer at once: one gives way');
    const names = () =>
        page.evaluate(() => window.ends.map((end) => /a=ice-ufrag:(.*)/.exec(end.connection.localDescription.sdp)[1]));
    const before = await names();
    await page.evaluate(() => window.ends.forEach((end) => end.restart()));
    await eventually(async () => (await names()).every((name, at) => name !== before[at]),
        'another network: new candidates, on both sides');
    await moves(page, 'and the same call goes on');
    const isStable = () => page.evaluate(() => window.ends.every((end) => end.connection.signalingState === 'stable'));
    await eventually(isStable, 'nothing is left open');
    await page.evaluate(() => window.ends.forEach((end) => end.receive('candidate', { candidate: 'nonsense', sdpMid: '0' })));
    await moves(page, 'a candidate that is nonsense is left out');
    await close(page);
});
