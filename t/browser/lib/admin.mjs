// The administration page, as tests use it: signing in, going to a section, dialogs.

import { newPerson } from './browser.mjs';
import { EXPECTED } from './guards.mjs';

// Until somebody has signed in, /admin/me answers 401, and browsers complain of that.
export async function newAdmin(server, name = 'admin', options = {}) {
    const admin = await newPerson(name, options);
    admin.allow(EXPECTED.signedOut);
    await admin.page.goto(`${server.url}/admin/ui`);
    await admin.page.locator('[name="username"]').waitFor();
    return admin;
}

export async function signIn(page, server) {
    await page.locator('[name="username"]').fill(server.adminUsername);
    await page.locator('[name="password"]').fill(server.adminPassword);
    await page.locator('form button[type="submit"]').click();
    await page.locator('#section-title').waitFor();
}

export async function signedIn(server, name, options) {
    const admin = await newAdmin(server, name, options);
    await signIn(admin.page, server);
    return admin;
}

// By the address, as a link does.
export async function visit(page, ...parts) {
    await page.evaluate((hash) => { location.hash = hash; }, parts.join('/'));
    await page.locator('#section-title').waitFor();
}

export const dialog = (page) => page.getByRole('dialog');
export const button = (scope, name) => scope.getByRole('button', { name, exact: true });
export const row = (page, text) => page.locator('tbody tr').filter({ hasText: text });

// Fills a dialog's fields and sends them.
export async function submit(page, fields = {}) {
    for (const [name, value] of Object.entries(fields)) await dialog(page).locator(`[name="${name}"]`).fill(value);
    await dialog(page).locator('button[type="submit"]').click();
}

// What stands beside a field as wrong.
export const complaint = (page, name) => page.locator(`.field:has([name="${name}"]) .error`).first();
