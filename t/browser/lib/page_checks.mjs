// Checks that hold for every page, in every state and at every width.

import { ok } from './harness.mjs';
import { axe } from './packages.mjs';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

function described({ id, help, nodes }) {
    return [`${id}: ${help}`, ...nodes.map(({ target, html }) => `    ${target.join(' ')}  ${html}`)].join('\n');
}

// Runs in the page.
async function findViolations([selector, values]) {
    const options = { runOnly: { type: 'tag', values }, resultTypes: ['violations'] };
    return (await globalThis.axe.run(selector ?? document, options)).violations;
}

function findWide() {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const outside = [...document.body.querySelectorAll('*')]
        .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
        .map((element) => element.outerHTML.slice(0, 120));
    return [`${scrollWidth} px in a window of ${clientWidth} px`, ...outside];
}

// axe-core finds nothing against WCAG 2.2 AA and good practice in what the page shows. Options: within (a selector).
export async function accessibility(page, name, { within } = {}) {
    if (!await page.evaluate('typeof axe === "object"')) await page.evaluate(`${axe.source}; undefined`);
    const violations = await page.evaluate(findViolations, [within, RULES]);
    return ok(violations.length === 0, name, violations.map(described).join('\n'));
}

// Nothing is wider than the window: nobody has to scroll sideways to read.
export async function fitsWidth(page, name) {
    const wide = await page.evaluate(findWide);
    return ok(wide.length === 0, name, wide.join('\n'));
}
