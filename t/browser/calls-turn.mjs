// A call that may go through a TURN server only: picture and sound arrive through it, and nothing does without the
// right secret.

import { answer, arrives, call, hangUp, isOver, newCaller, received, ring, says, setRules } from './lib/calls.mjs';
import { eventually, is, scenario } from './lib/harness.mjs';

async function two(server) {
    const users = await Promise.all(['alice', 'bob'].map((name) => server.makeUser(name)));
    const people = await Promise.all([0, 1].map((at) => newCaller(server, users[at],
        { key: `dm:${users[1 - at].id}`, name: `${users[at].username}-${server.name}` })));
    for (const { page } of people) await setRules(page, { iceTransportPolicy: 'relay', connectMs: 6000 });
    return people;
}

// The types of the candidates that the browser finds with what the server tells it, and the errors it gets.
const gather = (page) => page.evaluate(async () => {
    const { iceServers } = await import('/app/models/calls/ice.js');
    const connection = new RTCPeerConnection({ iceServers: await iceServers(), iceTransportPolicy: 'relay' });
    const found = { types: [], errors: [] };
    connection.onicecandidate = ({ candidate }) => { if (candidate) found.types.push(candidate.type); };
    connection.onicecandidateerror = ({ errorCode }) => found.errors.push(errorCode);
    connection.createDataChannel('any');
    await connection.setLocalDescription();
    await new Promise((resolve) => {
        connection.onicegatheringstatechange = () => { if (connection.iceGatheringState === 'complete') resolve(); };
    });
    connection.close();
    return found;
});

scenario(async ({ servers }) => {
    const [alice, bob] = await two(servers.server);
    await call(alice.page, 'bob');
    await answer(bob.page);
    await arrives(alice.page, 1, 'picture and sound arrive through the TURN server');
    await arrives(bob.page, 1, 'in both directions');
    for (const { page } of [alice, bob]) {
        await eventually(async () => (await received(page))[0].candidate === 'relay', 'by a relayed candidate');
    }
    await hangUp(alice.page);
    await isOver(bob.page, 'over');

    const [carol, dave] = await two(servers.wrong);
    const { types, errors } = await gather(carol.page);
    is([types.length, errors.includes(401)], [0, true], 'with another secret the TURN server refuses');
    await call(carol.page, 'bob');
    await ring(dave.page).waitFor();
    await answer(dave.page);
    await says(carol.page, /connection was lost|has hung up/, 'and a call that cannot be connected ends, and says so');
});
