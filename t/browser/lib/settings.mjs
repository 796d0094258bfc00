// The settings, as tests use them: signing in on one of their parts, and going to another.

import { newPerson } from './browser.mjs';
import { EXPECTED } from './guards.mjs';

export const PARTS = {
    profile: 'Profile', password: 'Password', devices: 'Camera and microphone', notifications: 'Notifications',
    appearance: 'Appearance', sessions: 'Sessions', about: 'About',
};

// Fills in and sends the form that stands there instead of the settings.
export async function signInHere(page, user) {
    await page.locator('input[name="username"]').fill(user.username);
    await page.locator('input[name="password"]').fill(user.password);
    await page.locator('button[type="submit"]').click();
    await page.locator('.sign-in').waitFor({ state: 'detached' });
}

// Somebody signed in on a part of the settings; the options are newPerson's.
export async function newSettler(server, user, part, options = {}) {
    const person = await newPerson(options.name ?? user.username, options);
    person.allow(EXPECTED.signedOut); // the first question of a page is who is signed in
    await person.page.goto(`${server.url}/chat/settings#${part}`);
    await signInHere(person.page, user);
    await person.page.locator('.settings h1').waitFor();
    return person;
}

// By the navigation, in English.
export async function goTo(page, part) {
    await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: PARTS[part] }).click();
    await page.getByRole('heading', { level: 1, name: PARTS[part] }).waitFor();
}
