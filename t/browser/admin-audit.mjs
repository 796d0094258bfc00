// The administration's audit log: what was done stands there, is found, and has pages; hostile names stay text. Retention of a
// channel is set beside its members; the overview says what is kept and what the disk holds.

import { button, complaint, row, signedIn, visit } from './lib/admin.mjs';
import { eventually, is, like, ok, scenario, unlike } from './lib/harness.mjs';

const EVIL = '"><img src=x onerror="document.title=\'broken\'">';

const channelOf = async (server, name) =>
        (await server.asAdmin('GET', '/admin/channels')).json.find((channel) => channel.name === name);

async function log(page, server) {
    await server.asAdmin('POST', '/admin/channels', { name: EVIL });
    await server.asAdmin('POST', '/admin/users', { username: 'carol', password: 'a-secret-of-carol' });
    await visit(page, 'audit');
    await row(page, 'user.create').first().waitFor();
    const text = await page.locator('main').innerText();
    like(text, /carol/, 'who was made');
    like(text, /ADMIN_TOKEN/, 'by whom');
    like(text, /127\.0\.0\.1|::1|127\./, 'from where');
    like(text, /Entries are kept for 365 days/, 'and for how long that is known');
    unlike(text, /a-secret-of-carol/, 'no password');
    ok(text.includes(EVIL), 'a hostile name is text');
    unlike(await page.title(), /broken/, 'and runs nothing');
}

async function searching(page) {
    await page.getByRole('searchbox').fill('channel.create');
    await eventually(async () => await row(page, 'user.create').count() === 0, 'a search leaves the rest out');
    ok(await row(page, 'channel.create').count() >= 1, 'and finds what was meant');
    await page.getByRole('searchbox').fill('nothing is like this');
    await page.getByText('No entry is like that').waitFor();
    await page.getByRole('searchbox').fill('');
    await row(page, 'user.create').first().waitFor();
}

async function pages(page, server) {
    for (let i = 0; i < 60; i += 1) await server.asAdmin('POST', '/admin/federation-tokens', { label: `label ${i}` });
    await button(page, 'Look again').click();
    await row(page, 'label 59').waitFor();
    is(await page.locator('tbody tr').count(), 50, 'a page has fifty rows');
    await button(page, 'Older').click();
    await row(page, 'label 3').first().waitFor();
    await eventually(async () => await row(page, 'label 59').count() === 0, 'older ones are on the next page');
    await button(page, 'Newer').click();
    await row(page, 'label 59').waitFor();
    ok(await button(page, 'Newer').isDisabled(), 'nothing is newer than the first');
}

async function retention(page, server) {
    await server.asAdmin('POST', '/admin/channels', { name: 'news' });
    const { id } = await channelOf(server, 'news');
    await visit(page, 'channels', id);
    const field = page.locator('[name="days"]');
    await field.waitFor();
    await eventually(async () => /for 90 days/.test(await page.locator('main').innerText()), "the server's own number is said");
    for (const wrong of ['0', '-1', 'x', '36501']) {
        await field.fill(wrong);
        await button(page, 'Save').click();
        await eventually(async () => /number of days/.test(await complaint(page, 'days').innerText()), `wrong: ${wrong}`);
    }
    await field.fill('30');
    await button(page, 'Save').click();
    await eventually(async () => (await channelOf(server, 'news')).retention_days === 30, 'a number of its own');
    await eventually(async () => { // the page may just be showing the number that it has saved
        await field.fill('');
        await button(page, 'Save').click();
        return (await channelOf(server, 'news')).retention_days === null;
    }, 'and none again');
}

async function figures(page) {
    await visit(page, 'overview');
    await page.getByText('Messages in channels are kept').waitFor();
    const text = await page.locator('main').innerText();
    like(text, /for 90 days/, 'what is kept');
    like(text, /for ever/, 'direct messages have no limit');
    like(text, /Of it, free to be used again/, 'free pages');
    like(text, /Free disk space/, 'and the disk');
}

scenario(async ({ server }) => {
    const { page } = await signedIn(server, 'admin');
    await log(page, server);
    await searching(page);
    await pages(page, server);
    await retention(page, server);
    await figures(page);
});
