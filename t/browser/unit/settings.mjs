// What the settings know without a browser: how a password would stand, and what a User-Agent says.

import { is, ok, scenario } from '../lib/harness.mjs';

const root = process.env.BERING_HTDOCS;
const { passwordStrength } = await import(`${root}/app/text/password.js`);
const { readUserAgent } = await import(`${root}/app/text/user-agent.js`);

const OWN = ['alice', 'Alice Liddell', 'wonder.example'];

/** [password, most level, advice]: what guessers try early is weak, however long it is. */
const WEAK = [
    ['', 0, 'short'], ['a', 0, 'short'], ['x7$K', 0, 'short'], ['alice', 0, 'own-name'], ['ALICE2024', 1, 'own-name'],
    ['Liddell!', 1, 'own-name'], ['wonder.example', 1, 'own-name'], ['password', 0, 'frequent'], ['Passw0rd!', 1, 'frequent'],
    ['iloveyou123', 1, 'frequent'], ['aaaaaaaaaaaaaaaaaaaaaaaa', 1, 'repeats'], ['abcdefghijklmnop', 1, 'repeats'],
    ['1234567890123456', 1, 'repeats'], ['qwertyuiopasdfgh', 1, 'repeats'], ['poiuztrewq', 1, 'repeats'],
    ['x7$x7$x7$x7$x7$x7$', 2, 'repeats'], ['mountains', 0, 'longer'],
];

/** [password, least level]. */
const STRONG = [
    ['copper lantern drift ocean walnut mitten', 3], ['x7$Kq9!vRt2&Lm', 4], ['Zv8#mQ2x', 2], ['größenwahn köstlich bäume übermut quält', 3],
    ['vK3nP8wQ5zR2', 3],
];

const AGENTS = [
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox', 'Linux'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0', 'Edge', 'Windows'],
    ['Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36', 'Chrome', 'Android'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1', 'Safari', 'iPhone'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15', 'Safari', 'macOS'],
    ['curl/8.14.1', 'curl', null], ['', null, null], [null, null, null], ['<b>x</b>', null, null],
];

scenario(async () => {
    for (const [password, most, advice] of WEAK) {
        const found = passwordStrength(password, OWN);
        ok(found.level <= most, `"${password}" is weak`, found);
        is(found.advice, advice, `"${password}": ${advice}`);
    }
    for (const [password, least] of STRONG) {
        const { level } = passwordStrength(password, OWN);
        ok(level >= least, `"${password}" is better`, level);
    }
    is(passwordStrength('vK3nP8wQ5zR2', OWN).advice, null, 'what is good needs no advice');
    ok(passwordStrength('al', ['al']).advice !== 'own-name', 'names of two letters are part of too many words');
    const levels = ['v', 'vK3n', 'vK3nP8', 'vK3nP8wQ', 'vK3nP8wQ5zR2'].map((password) => passwordStrength(password).level);
    is(levels, [...levels].sort(), 'longer is never weaker');
    passwordStrength('x'.repeat(5000), ['x'.repeat(200)]);
    for (const [text, browser, system] of AGENTS) is(readUserAgent(text), { browser, system }, `${text}`);
});
