// The catalogues: each language has the same keys and placeholders, each text that is asked for is there where it is
// asked for, and none is idle.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { is, ok, scenario } from '../lib/harness.mjs';

const root = process.env.BERING_HTDOCS;

// What each page needs, and what only some modules need, by their paths.
const PARTS = ['', 'admin-', 'calls-', 'more-', 'settings-'];
const MORE = 'browse-channels-dialog|create-channel-dialog|debug-console|emoji-picker|gif-picker|help-dialog|members-dialog'
    + '|switcher';
const ADDED = [
    ['admin-', /^app\/(?:admin\.js|views\/admin\/|views\/shared\/(?:pager|secret-dialog)\.js|models\/admin\/)/],
    ['calls-', /^app\/views\/calls\/(?!call-(?:buttons|slot))/],
    ['more-', new RegExp(`^app/(?:models/shortcuts|views/chat/(?:${MORE}))\\.js$`)],
    ['settings-', /^app\/views\/settings\//],
];

const partOf = (part, code) => `app/language/${part}${code}.js`;
const loadPart = async (part, code) => (await import(`${root}/${partOf(part, code)}`)).default.texts;
async function load(code) {
    const texts = await Promise.all(PARTS.map((part) => loadPart(part, code)));
    is(Object.keys(Object.assign({}, ...texts)).length, texts.flatMap((each) => Object.keys(each)).length,
        `${code}: no key is in two parts`);
    return Object.assign({}, ...texts);
}
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
    is(Object.entries(texts).filter(([, entry]) => Object.values(formsOf(entry)).some((text) => !text.trim())), [],
        `${code}: no text is empty`);
}

function twice(part, code) {
    const keys = [...readFileSync(join(root, partOf(part, code)), 'utf8').matchAll(/^ {4}'([^']+)':/gm)].map(([, key]) => key);
    return keys.filter((key, place) => keys.indexOf(key) !== place);
}

/**
 * What stands in quotes and could be a key; and the beginnings of keys that are put together:
 * t(`settings.part.${name}`).
 */
function used(paths) {
    const quoted = new Set();
    const starts = new Map();
    const asked = [];
    const all = [];
    for (const path of paths) {
        const text = readFileSync(join(root, path), 'utf8');
        for (const [, key] of text.matchAll(/['"`]([a-z][\w-]*(?:\.[\w-]+)+)['"`]/g)) {
            quoted.add(key);
            all.push({ path, key });
        }
        for (const [, key] of text.matchAll(/\bt\(\s*'([^']+)'/g)) asked.push({ path, key });
        for (const [, start, end] of text.matchAll(/`([a-z][\w-]*\.[\w.-]*)\$\{[^`]*?\}([\w.-]*)`/g)) starts.set(`${start}|${end}`, [start, end]);
    }
    return { all, quoted, asked, starts: [...starts.values()] };
}

/** A module can use what each page has, and the parts that are added before it is drawn. */
async function inReach(quoted) {
    const parts = Object.fromEntries(await Promise.all(PARTS.map(async (part) => [part, Object.keys(await loadPart(part, 'en'))])));
    const added = Object.fromEntries(ADDED.flatMap(([part]) => parts[part].map((key) => [key, part])));
    const places = Object.fromEntries(ADDED);
    const wrong = quoted.filter(({ path, key }) => added[key] && !places[added[key]].test(path));
    is(wrong, [], 'no module asks for a text of a part that it cannot rely on');
}

/** Dates are written as in the region that the browser names, if that is one of the chosen language. */
async function regions() {
    const { addTexts, languageCode, localeTag } = await import(`${root}/app/language/language.js`);
    const none = { en: async () => ({ default: { texts: {} } }), de: async () => ({ default: { texts: {} } }) };
    for (const [tags, expected] of [[['de-AT', 'en-GB', 'en'], 'en-GB'], [['en', 'en-GB'], 'en'], [['de'], 'en'], [['en-x-1234567890'], 'en']]) {
        Object.defineProperty(globalThis, 'navigator', { value: { languages: tags }, configurable: true });
        await addTexts(none);
        is([languageCode(), localeTag()], ['en', expected], `${tags}: English is that of ${expected}`);
    }
}

scenario(async () => {
    const english = await load('en');
    const codes = readdirSync(join(root, 'app/language')).map((name) => name.replace('.js', '')).filter((name) => name.length === 2);
    ok(codes.includes('de') && codes.length >= 2, 'there are two languages');
    for (const code of codes) {
        compare(code, await load(code), english);
        for (const part of PARTS) is(twice(part, code), [], `${part}${code}: no key is there twice`);
    }
    const { all, quoted, asked, starts } = used(pathsBelow('app').filter((path) => path.endsWith('.js') && !path.startsWith('app/language/')));
    is(asked.filter(({ key }) => !(key in english)), [], 'every text that is asked for is there');
    await inReach(all);
    await regions();
    const isPutTogether = (key) => starts.some(([start, end]) => key.startsWith(start) && key.endsWith(end));
    is(Object.keys(english).filter((key) => !quoted.has(key) && !isPutTogether(key)), [], 'every text is asked for');
    is(starts.filter(([start, end]) => !Object.keys(english).some((key) => key.startsWith(start) && key.endsWith(end))
        && /^(?:settings|action|account|chat|admin)\./.test(start)).map(([start]) => start), [],
            'beginnings of keys are beginnings of some');
});
