// A scripted client of the original's kind: a bare page with an RTCPeerConnection that says exactly what is written
// down of the original's signals, with no field of ours, and understands nothing else.

import {
    answer, arrives, button, call, decline, hangUp, isOver, join, newCaller, panel, received, ring, says, tiles, watchConnections,
} from './lib/calls.mjs';
import { newPerson } from './lib/browser.mjs';
import { eventually, is, ok, scenario } from './lib/harness.mjs';

// Runs in its page.
function startOriginal({ token, own }) {
    const log = [];
    const unknown = [];
    const connections = new Map();
    let stream;
    let waiting = {};
    const post = (path, body) => fetch(path, {
        method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}),
    }).then((reply) => reply.json());
    const send = (target, type, payload) => post('/api/call/signal', {
        target, signal_type: type, payload: payload === undefined ? '' : JSON.stringify(payload),
    });
    const connect = (peer, onCandidate) => {
        const made = new RTCPeerConnection({ iceServers: [] });
        connections.get(peer)?.close();
        connections.set(peer, made);
        for (const track of stream.getTracks()) made.addTrack(track, stream);
        made.onicecandidate = ({ candidate }) => { if (candidate) onCandidate(candidate); };
        made.ontrack = ({ streams }) => { // as simple clients do: the first stream is what is shown
            const video = document.getElementById(peer) ?? document.body.appendChild(Object.assign(document.createElement('video'), { id: peer }));
            video.srcObject = streams[0];
            video.play().catch(() => {}); // another stream has come meanwhile
        };
        return made;
    };
    const add = async (peer, candidate) => {
        const made = connections.get(peer);
        if (made?.remoteDescription) await made.addIceCandidate(candidate);
        else (waiting[peer] ??= []).push(candidate);
    };
    const describe = async (peer, description) => {
        await connections.get(peer).setRemoteDescription(description);
        for (const candidate of (waiting[peer] ?? []).splice(0)) await connections.get(peer).addIceCandidate(candidate);
    };
    const groupCandidate = (peer, channel) => (candidate) =>
        send(peer, 'group-ice-candidate', { candidate, channel_id: channel, from_peer: own });
    const end = (peer) => { connections.get(peer)?.close(); connections.delete(peer); };

    const handlers = {
        async offer(peer, payload) { window.incoming = { peer, payload }; },
        async answer(peer, payload) { await describe(peer, payload); },
        'ice-candidate': (peer, payload) => add(peer, payload),
        async hangup(peer) { end(peer); },
        async reject(peer) { end(peer); },
        async busy(peer) { end(peer); },
        'screen-share-start': async () => {},
        'screen-share-stop': async () => {},
        async 'group-offer'(peer, { sdp, channel_id: channel }) {
            const made = connect(peer, groupCandidate(peer, channel));
            await describe(peer, sdp);
            await made.setLocalDescription(await made.createAnswer());
            await send(peer, 'group-answer', { sdp: made.localDescription, channel_id: channel });
        },
        'group-answer': (peer, { sdp }) => describe(peer, sdp),
        'group-ice-candidate': (peer, { candidate }) => add(peer, candidate),
    };
    let turn = Promise.resolve();
    const socket = new WebSocket(`ws://${location.host}/api/ws?token=${token}`);
    socket.onmessage = ({ data }) => {
        const event = JSON.parse(data);
        if (event.event !== 'webrtc_signal') return;
        const { from_user: from, signal_type: type, payload } = JSON.parse(event.payload);
        log.push(type);
        if (!handlers[type]) unknown.push(type);
        else turn = turn.then(() => handlers[type](from.username, payload ? JSON.parse(payload) : null)).catch((error) => log.push(String(error)));
    };
    Object.assign(window, {
        log, unknown,
        open: async () => {
            stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
            await new Promise((resolve) => { if (socket.readyState === 1) resolve(); else socket.onopen = resolve; });
        },
        callTo: async (peer) => {
            const made = connect(peer, (candidate) => send(peer, 'ice-candidate', candidate));
            await made.setLocalDescription(await made.createOffer());
            return send(peer, 'offer', made.localDescription);
        },
        acceptCall: async () => {
            const { peer, payload } = window.incoming;
            const made = connect(peer, (candidate) => send(peer, 'ice-candidate', candidate));
            await describe(peer, payload);
            await made.setLocalDescription(await made.createAnswer());
            await send(peer, 'answer', made.localDescription);
        },
        say: (peer, type) => send(peer, type),
        endCall: (peer) => { end(peer); waiting = {}; return send(peer, 'hangup'); },
        joinCall: async (channel) => {
            const { participants } = await post(`/api/channels/${channel}/call/join`);
            for (const { username } of participants.filter((one) => one.username !== own.split('@')[0])) {
                const made = connect(username, groupCandidate(username, channel));
                await made.setLocalDescription(await made.createOffer());
                await send(username, 'group-offer', { sdp: made.localDescription, channel_id: channel });
            }
        },
        leaveCall: (channel) => { [...connections.keys()].forEach(end); return post(`/api/channels/${channel}/call/leave`); },
    });
}

async function original(server, user) {
    const person = await newPerson(user.username, { permissions: ['camera', 'microphone'] });
    person.allow([/status of 404/]); // no icon beside a bare page
    await person.context.addInitScript(watchConnections);
    await person.page.goto(`${server.url}/health`);
    await person.page.evaluate(startOriginal, { token: user.token, own: `${user.username}@local` });
    await person.page.evaluate(() => window.open());
    return person;
}

// What a simple client puts into its one <video> is shown there.
const shows = (page, peer, name) => eventually(() => page.evaluate((id) => {
    const video = document.getElementById(id);
    return video && video.srcObject && video.videoWidth > 2 && video.currentTime > 0;
}, peer), name);

async function direct(alice, old) {
    await call(alice.page, 'old');
    await eventually(() => old.page.evaluate(() => window.incoming?.peer === 'alice'), 'the original is called');
    is(await old.page.evaluate(() => [window.incoming.payload.type, typeof window.incoming.payload.sdp].join()), 'offer,string', 'by a session description');
    await old.page.evaluate(() => window.acceptCall());
    await arrives(alice.page, 1, 'it answers: picture and sound arrive here');
    await arrives(old.page, 1, 'and there');
    await shows(old.page, 'alice', 'where they are shown, too');
    ok(await tiles(alice.page).first().locator('video').isVisible(), 'the picture is shown here');
    await button(panel(alice.page), 'Share the screen').click();
    await eventually(() => old.page.evaluate(() => window.log.includes('screen-share-start')),
        'it hears that a screen is shared');
    await arrives(old.page, 1, 'and sees it');
    await button(panel(alice.page), 'Stop sharing the screen').click();
    await eventually(() => old.page.evaluate(() => window.log.includes('screen-share-stop')),
        'and that it is not any more');
    await old.page.evaluate(() => window.say('alice', 'screen-share-start'));
    await eventually(() => tiles(alice.page).locator('xpath=self::*[contains(@class, "large")]').count(),
        'its own screen is shown large');
    await old.page.evaluate(() => window.endCall('alice'));
    await says(alice.page, /old has hung up/, 'it hangs up');

    await old.page.evaluate(() => window.callTo('alice'));
    await ring(alice.page).waitFor();
    ok(await ring(alice.page).innerText().then((text) => /old\s+Call with video/.test(text)),
        'the original calls: it rings');
    await answer(alice.page);
    await arrives(alice.page, 1, 'picture and sound arrive here');
    await arrives(old.page, 1, 'and there');
    await shows(old.page, 'alice', 'and are shown there');
    await hangUp(alice.page);
    await eventually(async () => (await received(old.page)).length === 0, 'hanging up ends it there, too');

    await old.page.evaluate(() => window.callTo('alice'));
    await ring(alice.page).waitFor();
    await decline(alice.page);
    await eventually(() => old.page.evaluate(() => window.log.at(-1) === 'reject'), 'declining is said in its words');
    await call(alice.page, 'old');
    await eventually(() => old.page.evaluate(() => window.log.filter((type) => type === 'offer').length >= 2),
        'called again');
    await old.page.evaluate(() => window.say('alice', 'busy'));
    await says(alice.page, /old is in another call/, 'it is busy');
    await isOver(alice.page, 'over');
}

async function group(alice, bob, old, channel) {
    await join(alice.page);
    await old.page.evaluate((id) => window.joinCall(id), channel);
    await arrives(alice.page, 1, 'the original joins a call of ours: picture and sound arrive here');
    await arrives(old.page, 1, 'and there');
    await join(bob.page);
    await arrives(bob.page, 2, 'who joins after it sees and hears both');
    await arrives(old.page, 2, 'and it them');
    await shows(old.page, 'bob', 'it shows them');
    is(await tiles(alice.page).count(), 3, 'three tiles');
    await old.page.evaluate((id) => window.leaveCall(id), channel);
    await eventually(async () => (await tiles(alice.page).count()) === 2, 'it leaves');
    await arrives(alice.page, 1, 'the others stay');
}

scenario(async ({ server }) => {
    const users = await Promise.all(['alice', 'bob', 'old'].map((name) => server.makeUser(name)));
    const channel = await server.makeChannel('general', ['alice', 'bob', 'old']);
    const old = await original(server, users[2]);
    const alice = await newCaller(server, users[0], { key: `dm:${users[2].id}` });
    const bob = await newCaller(server, users[1], { key: `channel:${channel}` });
    await direct(alice, old);
    await alice.page.evaluate((id) => { location.hash = `channel:${id}`; }, channel);
    await group(alice, bob, old, channel);
});
