// Calls of people of two servers: two of them, then three in a channel, while processes die, pages are opened again,
// and one of the servers goes away.

import {
    answer, arrives, call, hangUp, isOver, join, newCaller, openChat, panel, received, ring, says, setRules, tiles,
} from './lib/calls.mjs';
import { row } from './lib/chat.mjs';
import { EXPECTED } from './lib/guards.mjs';
import { ask, eventually, is, ok, scenario } from './lib/harness.mjs';
import { accessibility } from './lib/page_checks.mjs';
import { screenshot } from './lib/screenshot.mjs';

async function two({ servers, options }, { alice, bob }) {
    await openChat(alice.page, servers.a, `dm:${options.bob}`);
    await eventually(() => alice.page.locator('.conversation-head').getByText('online').isVisible(),
        'bob of the other server is online');
    await call(alice.page, 'bob@b');
    await ring(bob.page).waitFor();
    ok((await ring(bob.page).innerText()).includes('alice@a'), 'it rings on the other server');
    await answer(bob.page);
    await arrives(bob.page, 1, 'picture and sound arrive there');
    await arrives(alice.page, 1, 'and here');

    ok(await ask('killFederation', 'a'), 'the process that talks to other servers dies');
    await arrives(bob.page, 1, 'the call goes on');
    await bob.page.reload();
    await arrives(bob.page, 1, 'who opens the page again in the middle is in the call again');
    await arrives(alice.page, 1, 'on both sides');
    await hangUp(alice.page);
    await isOver(bob.page, 'and it ends on both');
}

async function three({ servers, options }, people) {
    const { alice, bob, carol, dave } = people;
    for (const one of [alice, carol, dave]) await openChat(one.page, servers.a, `channel:${options.origin}`);
    await openChat(bob.page, servers.b, `channel:${options.at_b}`);
    await alice.page.locator('.conversation-head').getByRole('button', { name: 'Start a call' }).click();
    const dialog = alice.page.getByRole('dialog');
    ok(/6 people with video, 8 with sound/.test(await dialog.innerText()), 'the limits stand there before one joins');
    await accessibility(alice.page, 'the dialog is accessible');
    await screenshot(alice.page, 'join');
    await alice.page.keyboard.press('Escape');

    await join(alice.page);
    await says(alice.page, /Nobody else is here yet/, 'the first one is alone');
    await join(bob.page);
    await arrives(bob.page, 1, 'the second one sees and hears the first');
    await join(carol.page, { camera: false });
    for (const [name, one] of Object.entries({ alice, bob })) {
        await arrives(one.page, 2, `${name} hears two others`, ['sound']);
        is(await tiles(one.page).count(), 3, 'three tiles');
    }
    await arrives(carol.page, 2, 'who joined without a camera sees and hears both');
    await eventually(async () => /3 participants/.test(await row(dave.page, 'general').innerText()),
        'outside the number stands beside the channel');
    ok(await dave.page.getByRole('button', { name: 'Join the call: 3 participants' }).isVisible(), 'and at the button');
    const names = (await tiles(carol.page).locator('.name').allInnerTexts()).sort();
    is(names, ['You', 'alice', 'bob@b'], 'tiles have names');
    await eventually(() => tiles(carol.page).locator('xpath=self::*[contains(@class, "speaking")]').count(),
        'who speaks is seen');
    await accessibility(carol.page, 'the panel is accessible');
    await screenshot(carol.page, 'three');
}

const both = async (people, name) => {
    for (const one of Object.values(people)) await arrives(one.page, 2, `${name}: ${one.name} hears both others`, ['sound']);
};

async function failures({ servers }, { alice, bob, carol }) {
    const people = { alice, bob, carol };
    for (const one of Object.values(people)) one.allow(EXPECTED.serverAway);
    await servers.a.killWorker();
    await both(people, 'a worker has died');
    await eventually(async () => {
        const { json } = await servers.a.asUser(alice.user, 'GET', `/api/channels/${alice.channel}/call/participants`);
        return json.length === 3;
    }, 'and all three are in the call, says the server');
    await both(people, 'afterwards');

    ok(await ask('killFederation', 'b'), 'the process that talks to other servers dies');
    await both(people, 'it has died');

    await bob.page.reload();
    await arrives(bob.page, 2, 'bob opens his page again, and sees and hears them', ['sound']);
    await both(people, 'after that');

    await carol.page.reload();
    await both(people, 'carol opens hers again');
    is(await panel(carol.page).getByRole('button', { name: 'Switch the camera on' }).count(), 1,
        'her camera is off as before');
}

async function leaving({ servers }, { alice, bob, carol }) {
    await hangUp(carol.page);
    await eventually(async () => (await tiles(alice.page).count()) === 2 && (await tiles(bob.page).count()) === 2,
        'who leaves is gone at once');
    await arrives(alice.page, 1, 'the others stay');
    await join(carol.page);
    await arrives(carol.page, 2, 'and one can come back');
    await arrives(bob.page, 2, 'seen by all');

    await servers.b.kill();
    await eventually(async () => (await tiles(alice.page).count()) === 2, 'the other server is gone: its people leave');
    await arrives(alice.page, 1, 'those of this one stay');
    await arrives(carol.page, 1, 'both of them');
    await servers.b.start();
    await ask('linked');
    await eventually(async () => (await tiles(alice.page).count()) === 3, 'it is back, and so are they');
    await both({ alice, bob, carol }, 'as before');

    await carol.page.close();
    await eventually(async () => (await tiles(alice.page).count()) === 2, 'who closes the page leaves');
    await arrives(alice.page, 1, 'and the others stay');
}

scenario(async (given) => {
    const { servers, people, options } = given;
    const names = Object.keys(people);
    const made = await Promise.all(names.map((name) => newCaller(name === 'bob' ? servers.b : servers.a, people[name], { key: '' })));
    const callers = Object.fromEntries(names.map((name, place) => [name, Object.assign(made[place], { user: people[name], channel: options.origin })]));
    await two(given, callers);
    for (const { page } of made) await setRules(page, { settleMs: 2000 });
    await three(given, callers);
    await failures(given, callers);
    await leaving(given, callers);
    ok((await received(callers.dave.page)).length === 0, 'and who is not in it connects to nobody');
});
