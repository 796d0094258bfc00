// Pictures of pages, for people: build/screenshots/SCRIPT-NAME.png.

import { join } from 'node:path';

// Options: Playwright's (fullPage, clip, ...). Animations are at their end in it, and no cursor blinks.
export async function screenshot(page, name, options = {}) {
    const path = join(process.env.BERING_SCREENSHOTS, `${process.env.BERING_SCRIPT.replaceAll('/', '-')}-${name}.png`);
    await page.screenshot({ path, animations: 'disabled', ...options });
    return path;
}
