// Two people chat, and everything that their browsers load comes by HTTP/2: the event stream, too.

import { newPerson } from './lib/browser.mjs';
import { signIn } from './lib/chat.mjs';
import { rowOf } from './lib/conversing.mjs';
import { EXPECTED } from './lib/guards.mjs';
import { eventually, is, ok, scenario } from './lib/harness.mjs';
import { fieldOf, openConversation } from './lib/writing.mjs';

// By which protocol each answer came; that of a stream, which never ends, is in no list that the page has.
async function watchProtocols(person) {
    const session = await person.context.newCDPSession(person.page);
    const seen = new Map();
    await session.send('Network.enable');
    session.on('Network.responseReceived', ({ response }) => {
        if (!response.fromServiceWorker && !response.fromDiskCache)
            seen.set(new URL(response.url).pathname, response.protocol);
    });
    return seen;
}

async function chatter(name, server, user, key) {
    const person = await newPerson(name, { ignoreHTTPSErrors: true });
    const protocols = await watchProtocols(person);
    person.allow(EXPECTED.signedOut);
    await person.page.goto(`${server.url}/chat/ui`);
    await signIn(person.page, user);
    await openConversation(person.page, server, key);
    return Object.assign(person, { protocols });
}

async function write(person, text) {
    await fieldOf(person.page).fill(text);
    await fieldOf(person.page).press('Enter');
}

scenario(async ({ server, people, options }) => {
    const key = `channel:${options.channel}`;
    const alice = await chatter('alice', server, people.alice, key);
    const bob = await chatter('bob', server, people.bob, key);
    await write(alice, 'by HTTP/2');
    await eventually(() => rowOf(bob.page, 'by HTTP/2').isVisible(), 'what alice writes, bob reads');
    await write(bob, 'and back again');
    await eventually(() => rowOf(alice.page, 'and back again').isVisible(), 'and the other way round');
    for (const person of [alice, bob]) {
        await eventually(() => person.protocols.has('/api/events'), `${person.name} has an event stream`);
        is(person.protocols.get('/api/events'), 'h2', 'by HTTP/2');
        const others = [...person.protocols].filter(([, protocol]) => protocol !== 'h2');
        is(others, [], 'as is everything else');
        const loaded = await person.page.evaluate(() =>
            performance.getEntriesByType('resource').map(({ name, nextHopProtocol }) => [name, nextHopProtocol])
                .filter(([, protocol]) => protocol !== ''));
        ok(loaded.length > 20, `the page knows how ${loaded.length} of its parts came`);
        is(loaded.filter(([, protocol]) => protocol !== 'h2'), [], 'all by HTTP/2');
    }
});
