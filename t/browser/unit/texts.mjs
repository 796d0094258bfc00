// The catalogues: each language has the same keys and placeholders, each text that is asked for is there, and none is idle.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { is, ok, scenario } from '../lib/harness.mjs';

const root = process.env.BERING_HTDOCS;
const load = async (code) => (await import(`${root}/app/language/${code}.js`)).default.texts;
const pathsBelow = (folder) => readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? pathsBelow(path) : [path];
});

const formsOf = (entry) => (typeof entry === 'string' ? { other: entry } : entry);
const placeholders = (text) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort();
const placeholdersOf = (entry) => placeholders(Object.values(formsOf(entry)).join(' '));

function compare(code, texts, english) {
    is(Object.keys(texts).filter((key) => !(key in english)), [], `${code}: no key that English has not`);
    is(Object.keys(english).filter((key) => !(key in texts)), [], `${code}: every key that English has`);
    const other = Object.keys(english).filter((key) => key in texts)
        .filter((key) => placeholdersOf(texts[key]).join() !== placeholdersOf(english[key]).join());
    is(other, [], `${code}: the same placeholders`);
    const rules = new Intl.PluralRules(code).resolvedOptions().pluralCategories;
    const unfinished = Object.entries(texts).filter(([, entry]) => typeof entry !== 'string' && rules.some((form) => !(form in entry)));
    is(unfinished.map(([key]) => key), [], `${code}: all plural forms that the language has`);
    is(Object.entries(texts).filter(([, entry]) => Object.values(formsOf(entry)).some((text) => !text.trim())), [], `${code}: no text is empty`);
}

function twice(code) {
    const keys = [...readFileSync(join(root, `app/language/${code}.js`), 'utf8').matchAll(/^ {4}'([^']+)':/gm)].map(([, key]) => key);
    return keys.filter((key, place) => keys.indexOf(key) !== place);
}

/** What stands in quotes and could be a key; and the beginnings of keys that are put together: t(`settings.part.${name}`). */
function used(paths) {
    const quoted = new Set();
    const starts = new Map();
    const asked = [];
    for (const path of paths) {
        const text = readFileSync(join(root, path), 'utf8');
        for (const [, key] of text.matchAll(/['"`]([a-z][\w-]*(?:\.[\w-]+)+)['"`]/g)) quoted.add(key);
        for (const [, key] of text.matchAll(/\bt\(\s*'([^']+)'/g)) asked.push({ path, key });
        for (const [, start, end] of text.matchAll(/`([a-z][\w-]*\.[\w.-]*)\$\{[^`]*?\}([\w.-]*)`/g)) starts.set(`${start}|${end}`, [start, end]);
    }
    return { quoted, asked, starts: [...starts.values()] };
}

scenario(async () => {
    const english = await load('en');
    const codes = readdirSync(join(root, 'app/language')).map((name) => name.replace('.js', '')).filter((name) => name.length === 2);
    ok(codes.includes('de') && codes.length >= 2, 'there are two languages');
    for (const code of codes) {
        compare(code, await load(code), english);
        is(twice(code), [], `${code}: no key is there twice`);
    }
    const { quoted, asked, starts } = used(pathsBelow('app').filter((path) => path.endsWith('.js') && !path.startsWith('app/language/')));
    is(asked.filter(({ key }) => !(key in english)), [], 'every text that is asked for is there');
    const isPutTogether = (key) => starts.some(([start, end]) => key.startsWith(start) && key.endsWith(end));
    is(Object.keys(english).filter((key) => !quoted.has(key) && !isPutTogether(key)), [], 'every text is asked for');
    is(starts.filter(([start, end]) => !Object.keys(english).some((key) => key.startsWith(start) && key.endsWith(end))
        && /^(?:settings|action|account|chat|admin)\./.test(start)).map(([start]) => start), [], 'beginnings of keys are beginnings of some');
});
