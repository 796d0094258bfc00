// What README tells newcomers to do in the browser: <address>, *field* `text`, **button**. Each address is opened by
// somebody who has not been here before.

import { newPerson } from './lib/browser.mjs';
import { EXPECTED } from './lib/guards.mjs';
import { eventually, is, ok, scenario } from './lib/harness.mjs';
import { screenshot } from './lib/screenshot.mjs';

const ACTION = /<(?<address>http[^>]+)>|\*\*(?<name>[^*]+)\*\*|(?<!\*)\*(?<field>[^*]+)\*\s+`(?<text>[^`]+)`/g;

const actionsOf = (step) => [...step.matchAll(ACTION)].map(({ groups }) => ({ ...groups }));

async function open(people, address) {
    const person = await newPerson(`newcomer ${people.length + 1}`);
    person.allow(EXPECTED.signedOut); // the first question of a page is who is signed in
    people.push(person);
    await person.page.goto(address);
}

// A button or a link, by the whole of its name; where a dialog is open, one of the dialog's.
async function click(page, name) {
    const scope = await page.getByRole('dialog').count() ? page.getByRole('dialog') : page;
    const exact = { name, exact: true };
    await scope.getByRole('button', exact).or(scope.getByRole('link', exact)).first().click();
}

async function act(people, { address, name, field, text }) {
    if (address) return open(people, address);
    const { page } = people.at(-1);
    return name ? click(page, name) : page.getByLabel(field, { exact: true }).fill(text);
}

scenario(async ({ options }) => {
    const people = [];
    for (const step of options.steps) {
        const actions = actionsOf(step);
        for (const action of actions) await act(people, action);
        ok(actions.length > 0, step.trim());
    }
    const [administrator, alice, bob] = people;
    is(people.length, 3, 'an administrator and two people');
    await eventually(() => alice.page.getByText('Hello Alice', { exact: true }).last().isVisible(),
        'Alice sees what Bob has written');
    await alice.page.getByLabel('Message', { exact: true }).fill('Hello Bob');
    await alice.page.keyboard.press('Enter');
    await eventually(() => bob.page.getByText('Hello Bob', { exact: true }).last().isVisible(),
        'and Bob what she answers');
    await screenshot(alice.page, 'alice');
    await screenshot(administrator.page, 'administrator');
});
