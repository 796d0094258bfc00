// Two people of one server call each other: picture and sound arrive; decline, busy, no answer, cancel, not online;
// what is missed.

import { PHONE } from './lib/browser.mjs';
import {
    answer, arrives, button, call, decline, hangUp, isOver, newCaller, panel, received, ring, says, setRules, tiles,
} from './lib/calls.mjs';
import { eventually, is, ok, scenario, waitUntil } from './lib/harness.mjs';
import { accessibility, fitsWidth } from './lib/page_checks.mjs';
import { screenshot } from './lib/screenshot.mjs';

const missedLines = (page) => page.locator('.message .missed-call').count();

async function talk(alice, bob) {
    await call(alice.page, 'bob');
    await ring(bob.page).waitFor();
    is(await ring(bob.page).locator('.caller').innerText().then((text) => /alice/.test(text)), true,
        'it rings, and says who calls');
    ok(await bob.page.evaluate(() => document.activeElement.classList.contains('caller')),
        'no button has the focus: keys answer nothing');
    await says(alice.page, /Ringing/, 'who calls sees that it rings');
    await accessibility(bob.page, 'what rings is accessible');
    await screenshot(bob.page, 'ring');
    await answer(bob.page);
    await arrives(bob.page, 1, 'picture and sound of the caller arrive');
    await arrives(alice.page, 1, 'and those of who was called');
    is(await tiles(alice.page).count(), 2, 'two tiles');
    await eventually(async () => /\d:\d\d/.test(await panel(alice.page).locator('.duration').innerText()),
        'how long it takes is shown');
    await eventually(() => tiles(bob.page).locator('.quality').count(), 'and how good it comes');
    await accessibility(alice.page, 'the panel is accessible');
    await screenshot(alice.page, 'two');
}

async function controls(alice, bob) {
    await button(panel(alice.page), 'Mute the microphone').click();
    await eventually(() => tiles(bob.page).first().locator('.caption').innerText().then((text) => /Muted/.test(text)),
        'who is muted is seen to be');
    await eventually(async () => {
        const [before] = await received(bob.page);
        await waitUntil(async () => (await received(bob.page))[0].frames > before.frames + 45);
        return (await received(bob.page))[0].energy - before.energy < 1e-6;
    }, 'nothing is heard, while the picture goes on');
    await button(panel(alice.page), 'Unmute the microphone').click();
    await arrives(bob.page, 1, 'until it is not any more');

    await button(panel(alice.page), 'Switch the camera off').click();
    await eventually(async () => (await tiles(bob.page).first().locator('video').count()) === 0,
        'the camera is off: the mark is shown');
    await arrives(bob.page, 1, 'the sound goes on', ['sound']);
    await button(panel(alice.page), 'Switch the camera on').click();
    await arrives(bob.page, 1, 'and the picture comes back');
    ok(await tiles(bob.page).first().locator('video').isVisible(), 'and is shown');

    await button(panel(alice.page), 'Fill the window').click();
    await alice.page.setViewportSize(PHONE);
    await fitsWidth(alice.page, 'it fits a telephone');
    await screenshot(alice.page, 'phone');
    await alice.page.emulateMedia({ colorScheme: 'dark' });
    await accessibility(alice.page, 'and is accessible in the dark');
    await button(panel(alice.page), 'Make it small again').click();
    await screenshot(alice.page, 'phone-dark-docked');
    await alice.page.setViewportSize({ width: 1440, height: 900 });
    await alice.page.emulateMedia({ colorScheme: 'light' });
}

async function settings(alice, bob) {
    await alice.page.evaluate(() => { history.pushState(null, '', '/chat/settings'); dispatchEvent(new PopStateEvent('popstate')); });
    await alice.page.locator('.settings').waitFor();
    ok(await panel(alice.page).isVisible(), 'the call is there in the settings, too');
    await arrives(bob.page, 1, 'and goes on');
    await alice.page.goBack();
    await alice.page.locator('.frame').waitFor();
    await arrives(alice.page, 1, 'as one comes back');
}

async function waysOut(alice, bob) {
    await hangUp(alice.page);
    await isOver(bob.page, 'hanging up ends it on both sides');
    await says(bob.page, /alice has hung up/, 'and is said');
    is(await missedLines(alice.page), 0, 'nothing was missed');

    await call(alice.page, 'bob', false);
    await ring(bob.page).waitFor();
    await decline(bob.page);
    await says(alice.page, /bob has declined/, 'declined');
    is(await missedLines(alice.page), 0, 'on purpose: nothing was missed');

    await call(alice.page, 'bob', false);
    await ring(bob.page).waitFor();
    await hangUp(alice.page);
    await eventually(async () => (await ring(bob.page).count()) === 0, 'cancelled: it rings no more');
    await eventually(async () => (await missedLines(bob.page)) === 1, 'and a line says what was missed');
    ok(await bob.page.locator('.missed-call').innerText().then((text) => text === 'Missed call'),
        'in the language of the reader');

    await setRules(alice.page, { noAnswerMs: 1500 });
    await call(alice.page, 'bob');
    await ring(bob.page).waitFor();
    await says(alice.page, /bob does not answer/, 'nobody answers');
    await eventually(async () => (await ring(bob.page).count()) === 0, 'it rings no more');
    await eventually(async () => (await missedLines(bob.page)) === 2, 'and is missed');
    await setRules(alice.page, { noAnswerMs: 45000 });
}

async function busy(alice, bob, carol) {
    await call(alice.page, 'bob', false);
    await ring(bob.page).waitFor();
    await answer(bob.page, false);
    await arrives(alice.page, 1, 'a call with sound alone', ['sound']);
    is(await panel(alice.page).locator('video').count(), 0, 'shows no picture');
    await call(carol.page, 'bob');
    await says(carol.page, /bob is in another call/, 'somebody else is told that one is busy');
    await arrives(alice.page, 1, 'and the call goes on', ['sound']);
    await button(panel(bob.page), 'Switch the camera on').click();
    await arrives(alice.page, 1, 'a camera can be switched on in it');
    ok(await tiles(alice.page).first().locator('video').isVisible(), 'and is seen');
    await hangUp(bob.page);
    await isOver(alice.page, 'over');
}

scenario(async ({ server }) => {
    const users = await Promise.all(['alice', 'bob', 'carol', 'dave'].map((name) => server.makeUser(name)));
    const [alice, carol] = await Promise.all([0, 2].map((at) => newCaller(server, users[at], { key: `dm:${users[1].id}` })));
    const bob = await newCaller(server, users[1], { key: `dm:${users[0].id}` });
    await talk(alice, bob);
    await controls(alice, bob);
    await settings(alice, bob);
    await waysOut(alice, bob);
    await busy(alice, bob, carol);

    await alice.page.evaluate((id) => { location.hash = `dm:${id}`; }, users[3].id);
    await call(alice.page, 'dave');
    await says(alice.page, /dave is not online/, 'who is not online is said not to be, at once');
    await eventually(async () => (await missedLines(alice.page)) === 1, 'and will see that somebody called');
});
