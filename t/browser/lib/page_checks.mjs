// Checks that hold for every page, in every state and at every width.

import { ok } from './harness.mjs';
import { axe } from './packages.mjs';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const described = (violation) =>
    [`${violation.id}: ${violation.help}`, ...violation.nodes.map((node) => `    ${node.target.join(' ')}  ${node.html}`)].join('\n');

// axe-core finds nothing against WCAG 2.2 AA and good practice in what the page shows now. Options: within (a selector).
export async function accessibility(page, name, { within } = {}) {
    if (!await page.evaluate('typeof axe === "object"')) await page.evaluate(`${axe.source}; undefined`);
    const violations = await page.evaluate(
        async ([selector, values]) =>
            (await globalThis.axe.run(selector ?? document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] })).violations,
        [within, RULES],
    );
    return ok(violations.length === 0, name, violations.map(described).join('\n'));
}

// Nothing is wider than the window: nobody has to scroll sideways to read.
export async function fitsWidth(page, name) {
    const wide = await page.evaluate(() => {
        const { clientWidth, scrollWidth } = document.documentElement;
        if (scrollWidth <= clientWidth) return [];
        const outside = [...document.body.querySelectorAll('*')].filter((element) => element.getBoundingClientRect().right > clientWidth + 1);
        return [`${scrollWidth} px in a window of ${clientWidth} px`, ...outside.map((element) => element.outerHTML.slice(0, 120))];
    });
    return ok(wide.length === 0, name, wide.join('\n'));
}
