// What one sends: no camera, no microphone, neither; refused ones; another camera and microphone in the middle of a
// call; the screen.

import { DESKTOP, PHONE } from './lib/browser.mjs';
import {
    answer, arrives, button, call, hangUp, isOver, newCaller, panel, received, ring, tiles,
} from './lib/calls.mjs';
import { eventually, is, like, ok, scenario, waitUntil } from './lib/harness.mjs';
import { accessibility, fitsWidth } from './lib/page_checks.mjs';
import { screenshot } from './lib/screenshot.mjs';

// No camera is connected. Runs in the page, before its scripts.
function withoutCamera() {
    const { mediaDevices } = navigator;
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (wanted) => {
        if (wanted.video) throw new DOMException('Requested device not found', 'NotFoundError');
        return open(wanted);
    };
}

const problems = (page) => panel(page).locator('.call-problem').allInnerTexts();

async function without(server, alice, users) {
    const bob = await newCaller(server, users[1], { key: `dm:${users[0].id}`, init: [withoutCamera], name: 'without-camera' });
    await call(alice.page, 'bob');
    await answer(bob.page);
    await arrives(bob.page, 1, 'without a camera one sees and hears');
    await arrives(alice.page, 1, 'and is heard', ['sound']);
    like((await problems(bob.page)).join(), /Nobody can see you: no such device is there/, 'and is told');
    ok(await tiles(alice.page).first().locator('.avatar').isVisible(), 'the others see a mark');
    await screenshot(bob.page, 'no-camera');
    await accessibility(bob.page, 'which is accessible');
    await hangUp(alice.page);
    await isOver(bob.page, 'over');
    await bob.leave();
}

async function refused(server, alice, users) {
    const bob = await newCaller(server, users[1], { key: `dm:${users[0].id}`, permissions: ['camera'], name: 'without-microphone' });
    await call(bob.page, 'alice');
    await answer(alice.page);
    await arrives(alice.page, 1, 'without a microphone one is seen', ['picture']);
    await arrives(bob.page, 1, 'sees and hears');
    like((await problems(bob.page)).join(), /Nobody can hear you: the browser does not allow it/,
        'and is told why one is not heard');
    await hangUp(bob.page);
    await isOver(alice.page, 'over');
    await bob.leave();

    const mute = await newCaller(server, users[1], { key: `dm:${users[0].id}`, permissions: ['notifications'], name: 'without-both' });
    await call(alice.page, 'bob');
    await answer(mute.page);
    await arrives(mute.page, 1, 'whoever allows neither still sees and hears');
    is((await problems(mute.page)).length, 2, 'and is told of both');
    await hangUp(mute.page);
    await isOver(alice.page, 'over');
    await mute.leave();
}

const sent = (page, kind) => page.evaluate((wanted) => window.sending().find((track) => track.kind === wanted), kind);
const choose = async (page, label) => {
    const select = panel(page).getByLabel(label, { exact: true });
    await waitUntil(async () => await select.locator('option').count() > 2);
    const values = await select.locator('option').evaluateAll((options) => options.map((option) => option.value));
    await select.selectOption(values.at(-1));
    return values.at(-1);
};

async function isSilent(page, name) {
    return eventually(async () => {
        const [before] = await received(page);
        await waitUntil(async () => (await received(page))[0].frames > before.frames + 45);
        return (await received(page))[0].energy - before.energy < 1e-6;
    }, name);
}

async function change(alice, bob) {
    await button(panel(bob.page), 'Choose devices').click();
    await button(panel(bob.page), 'Mute the microphone').click();
    const camera = await choose(bob.page, 'Camera');
    const microphone = await choose(bob.page, 'Microphone');
    await eventually(async () => (await sent(bob.page, 'video')).deviceId === camera, 'another camera is sent');
    await eventually(async () => (await sent(bob.page, 'audio')).deviceId === microphone, 'another microphone, too');
    await arrives(alice.page, 1, 'its picture arrives', ['picture']);
    await isSilent(alice.page, 'what was muted still is');
    await screenshot(bob.page, 'devices');
    await accessibility(bob.page, 'the choice is accessible');
    await button(panel(bob.page), 'Unmute the microphone').click();
    await arrives(alice.page, 1, 'until it is not');
    await hangUp(bob.page);
    await isOver(alice.page, 'over');
    await call(bob.page, 'alice');
    await answer(alice.page);
    await arrives(alice.page, 1, 'the next call');
    is((await sent(bob.page, 'video')).deviceId, camera, 'uses the devices that were chosen');
    is((await sent(bob.page, 'audio')).deviceId, microphone, 'both of them');
}

async function screen(alice, bob) {
    const before = (await received(alice.page))[0].width;
    await button(panel(bob.page), 'Share the screen').click();
    await eventually(() => tiles(alice.page).locator('.screen-view').isVisible(),
        'a screen is shared: it is shown large');
    await arrives(alice.page, 1, 'its picture moves, and the sound goes on');
    await eventually(async () => (await received(alice.page))[0].width !== before, 'it is the screen, not the camera');
    const width = () => tiles(alice.page).locator('.screen-view').evaluate((view) => Math.round(10 * view.scrollWidth / view.clientWidth) / 10);
    is(await width(), 1, 'all of it is seen');
    const fits = await tiles(alice.page).evaluateAll((all) => {
        const { bottom } = all[0].closest('.tiles').getBoundingClientRect();
        return all.every((tile) => tile.getBoundingClientRect().bottom <= bottom + 1);
    });
    ok(fits, 'and no tile is cut off');
    await button(panel(alice.page), 'Larger').click();
    await button(panel(alice.page), 'Larger').click();
    is(await width(), 2, 'larger, one can move about in it');
    await screenshot(alice.page, 'screen-zoomed');
    await button(panel(alice.page), 'Show all of it').click();
    is(await width(), 1, 'and all of it again');
    await screenshot(alice.page, 'screen');
    await accessibility(alice.page, 'it is accessible');
    await alice.page.setViewportSize(PHONE);
    await screenshot(alice.page, 'screen-phone');
    await fitsWidth(alice.page, 'and fits a telephone');
    await alice.page.setViewportSize(DESKTOP);
    await button(panel(bob.page), 'Stop sharing the screen').click();
    await eventually(async () => (await tiles(alice.page).locator('.screen-view').count()) === 0, 'it ends');
    await arrives(alice.page, 1, 'the camera is seen again');

    await tiles(alice.page).first().hover();
    await button(tiles(alice.page).first(), 'Picture in picture').click();
    await eventually(() => alice.page.evaluate(() => document.pictureInPictureElement !== null), 'picture in picture');
    await button(tiles(alice.page).first(), 'Picture in picture').click();
    await eventually(() => alice.page.evaluate(() => document.pictureInPictureElement === null), 'and back');
    ok(await ring(alice.page).count() === 0, 'nothing else rings');
}

scenario(async ({ server }) => {
    const users = await Promise.all(['alice', 'bob'].map((name) => server.makeUser(name)));
    const alice = await newCaller(server, users[0], { key: `dm:${users[1].id}` });
    await without(server, alice, users);
    await refused(server, alice, users);
    const bob = await newCaller(server, users[1], { key: `dm:${users[0].id}` });
    await call(alice.page, 'bob');
    await answer(bob.page);
    await arrives(alice.page, 1, 'a call');
    await change(alice, bob);
    await screen(alice, bob);
});
