// Camera, microphone and speaker: tried on a click alone, what is wrong said in words, and everything off again in the
// end.

import { eventually, is, like, ok, scenario } from './lib/harness.mjs';
import { goTo, newSettler } from './lib/settings.mjs';

const card = (page, title) => page.getByRole('region', { name: title, exact: true });
const said = (page, title) => card(page, title).locator(':scope > [role="status"]');

// Counts what is asked of the browser, and can make it refuse.
function watchDevices() {
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    window.asked = 0;
    window.problem = null;
    window.tracks = [];
    navigator.mediaDevices.getUserMedia = async (wanted) => {
        window.asked += 1;
        if (window.problem) throw new DOMException('', window.problem);
        const stream = await real(wanted);
        window.tracks.push(...stream.getTracks());
        return stream;
    };
}

const live = (page) => page.evaluate(() => window.tracks.filter((track) => track.readyState === 'live').length);

async function triesCamera(page) {
    is(await page.evaluate(() => window.asked), 0, 'nothing is asked for without a click');
    await page.getByRole('button', { name: 'Try the camera' }).click();
    const video = page.locator('video.preview');
    await eventually(() => video.evaluate((element) => element.videoWidth > 0 && !element.paused),
        'the camera\'s picture shows');
    is(await live(page), 1, 'one device is on');
    const choice = page.getByLabel('Use this camera');
    await eventually(async () => /fake_device/.test(await choice.textContent()), 'now cameras have names');
    const ids = await choice.locator('option').evaluateAll((options) => options.map((option) => option.value).filter(Boolean));
    await choice.selectOption(ids[0]);
    await eventually(() => page.evaluate((id) => window.tracks.at(-1).getSettings().deviceId === id, ids[0]),
        'another choice is on at once');
    await eventually(async () => await page.evaluate(() => window.tracks.length) === 2 && await live(page) === 1,
        'and the one before is off');
    is(await page.evaluate(() => JSON.parse(localStorage.getItem('bering.camera'))), ids[0],
        'the choice is remembered');
    await page.getByRole('button', { name: 'Switch the camera off' }).click();
    await eventually(async () => await live(page) === 0, 'a click switches it off');
    return ids[0];
}

async function triesMicrophone(page) {
    await page.getByRole('button', { name: 'Try the microphone' }).click();
    const meter = card(page, 'Microphone').locator('meter');
    await eventually(() => meter.evaluate((element) => element.value > 0.1), 'the level moves with what is heard');
    await eventually(() => page.getByText('You are heard.').isVisible(), 'which is also said in words');
    await goTo(page, 'profile');
    await eventually(async () => await live(page) === 0, 'leaving the part switches everything off');
    await goTo(page, 'devices');
}

async function saysWhatIsWrong(page) {
    const problems = {
        NotFoundError: /There is no camera/, NotAllowedError: /does not let this page/, NotReadableError: /in use by another/,
        TypeError: /could not be switched on/,
    };
    for (const [name, text] of Object.entries(problems)) {
        await page.evaluate((problem) => { window.problem = problem; }, name);
        await page.getByRole('button', { name: 'Try the camera' }).click();
        await eventually(async () => text.test(await said(page, 'Camera').textContent()), `${name} in words`);
    }
    await page.evaluate(() => { window.problem = null; });
    await page.getByRole('button', { name: 'Try the camera' }).click();
    await eventually(async () => await live(page) === 1, 'once it is there, another click is enough');
    is(await said(page, 'Camera').textContent(), '', 'and nothing is wrong any more');
    await page.evaluate(() => { const track = window.tracks.at(-1); track.stop(); track.dispatchEvent(new Event('ended')); });
    await eventually(async () => /unplugged/.test(await said(page, 'Camera').textContent()),
        'a camera that is unplugged');
}

async function followsDevices(page, camera) {
    await page.evaluate(() => {
        navigator.mediaDevices.enumerateDevices = async () => [{ kind: 'videoinput', deviceId: 'new', label: 'Another camera' }];
        navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    });
    const choice = page.getByLabel('Use this camera');
    await eventually(async () => /Another camera/.test(await choice.textContent()),
        'a camera that is plugged in is listed');
    is(await choice.inputValue(), camera, 'the chosen one stays chosen');
    like(await choice.locator('option:checked').textContent(), /not connected/, 'and is said to be away');
    await page.evaluate(() => localStorage.setItem('bering.camera', '"gone"'));
    await page.reload();
    await page.getByRole('button', { name: 'Try the camera' }).click();
    await eventually(async () => /another one/.test(await said(page, 'Camera').textContent()),
        'one that is not there is replaced, and that is said');
    is(await live(page), 1, 'the other is on');
}

async function triesSpeaker(page) {
    const button = page.getByRole('button', { name: 'Play a tone' });
    ok(await page.getByLabel('Use this speaker').isVisible(), 'the speaker can be chosen');
    await button.click();
    await eventually(async () => await button.getAttribute('aria-busy') === null, 'the tone is played to its end');
    is(await page.locator('.toast.error').count(), 0, 'without a complaint');
}

scenario(async ({ server }) => {
    const alice = await server.makeUser('alice');
    const person = await newSettler(server, alice, 'profile', { permissions: ['camera', 'microphone'] });
    const { page } = person;
    await page.addInitScript(watchDevices);
    await page.reload();
    await goTo(page, 'devices');
    const camera = await triesCamera(page);
    await triesMicrophone(page);
    await saysWhatIsWrong(page);
    await followsDevices(page, camera);
    await triesSpeaker(page);
    await person.leave();

    const refused = await newSettler(server, alice, 'devices', { name: 'refused' });
    await refused.page.getByRole('button', { name: 'Try the microphone' }).click();
    await eventually(async () => /does not let this page/.test(await said(refused.page, 'Microphone').textContent()),
        'a real refusal in words');
    is(await refused.page.getByRole('button', { name: 'Try the microphone' }).count(), 1, 'and one can try again');
});
