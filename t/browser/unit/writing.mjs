// The pure parts of writing: what is completed, marked, measured and sent.

import { isInCode, wordAt } from '../../../htdocs/app/text/completion.js';
import { bestMatches } from '../../../htdocs/app/text/matches.js';
import { gifText, gifWords, isGifUrl } from '../../../htdocs/app/text/gif.js';
import { newIdentifier } from '../../../htdocs/app/text/identifier.js';
import { MARKS, toggleMark } from '../../../htdocs/app/text/marks.js';
import { byteLength, sentText, wellFormed } from '../../../htdocs/app/text/size.js';
import { is, like, scenario } from '../lib/harness.mjs';

// ---- words: "|" is the cursor ----

const WORDS = [
    ['@al|', 'person', 'al'],
    ['hello @|', 'person', ''],
    ['(@bob|', 'person', 'bob'],
    ['a\n@bob|', 'person', 'bob'],
    ['@bob@far.ex|', 'person', 'bob@far.ex'],
    ['@bo|b', 'person', 'bo'],
    ['@Łukasz.ö|', 'person', 'Łukasz.ö'],
    ['mail@example|', null],
    ['@bob |', null],
    ['#gen|', 'channel', 'gen'],
    ['a#gen|', null],
    ['##|', null],
    ['very :smi|', 'emoji', 'smi'],
    [':s|', null],
    [':)|', null],
    ['10:30|', null],
    ['`@al|', null],
    ['`x` @al|', 'person', 'al'],
    ['```\n@al|', null],
    ['```\nx\n```\n@al|', 'person', 'al'],
    [`@${'a'.repeat(70)}|`, null],
    ['|', null],
];

function words() {
    for (const [marked, kind, query] of WORDS) {
        const cursor = marked.indexOf('|');
        const found = wordAt(marked.replace('|', ''), cursor);
        is(found && [found.kind, found.query, found.end], kind && [kind, query, cursor],
            `what is completed in ${JSON.stringify(marked)}`);
    }
    is(wordAt('hi @al', 6).start, 3, 'the word begins with its sign');
    is(isInCode('a `b', 4), true, 'after one backtick there is code');
    is(isInCode('a\n`b', 1), false, 'the line before is not');
}

function matches() {
    const people = ['Zoë', 'anna', 'Anton', 'joanna', 'mary-ann', 'zoe'].map((name) => ({ name }));
    const textsOf = ({ name }) => [name, null];
    const names = (query, options) => bestMatches(people, query, { textsOf, ...options }).map(({ name }) => name);
    is(names('an'), ['anna', 'Anton', 'mary-ann'], 'beginnings of the text, then of a word, never the middle');
    is(names('ZOE'), ['Zoë', 'zoe'], 'accents and case do not matter');
    is(names('an', { isNear: ({ name }) => name === 'mary-ann' }), ['mary-ann', 'anna', 'Anton'],
        'who is near comes first');
    is(names('x', { isNear: () => true }), [], 'but only if it matches');
    is(names('', { most: 2 }), ['Zoë', 'anna'], 'no query: the list as it is, cut');
}

// ---- marks: "[" and "]" are the selection ----

const TOGGLED = [
    ['b', 'a [word] b', 'a **[word]** b'],
    ['b', 'a **[word]** b', 'a [word] b'],
    ['b', 'a [**word**] b', 'a [word] b'],
    ['b', 'a[ word ]b', 'a **[word]** b'],
    ['i', '[]', '_[]_'],
    ['i', '_[]_', '[]'],
    ['e', '[x]', '`[x]`'],
];

function marks() {
    for (const [key, before, after] of TOGGLED) {
        const [start, end] = [before.indexOf('['), before.indexOf(']') - 1];
        const text = before.replace(/[[\]]/g, '');
        const change = toggleMark(text, start, end, MARKS[key]);
        const result = text.slice(0, change.start) + change.insert + text.slice(change.end);
        const { selectionStart: from, selectionEnd: to } = change;
        is(`${result.slice(0, from)}[${result.slice(from, to)}]${result.slice(to)}`, after, `${key} on ${before}`);
    }
}

// ---- what is sent ----

const SENT = [
    ['hello', 'hello'],
    ['  hello  \n\n', '  hello'],
    ['\n \n    code\n', '    code'],
    [' \n\t ', ''],
    ['\u3000\u00a0', ''],
    ['a\ud83d', 'a\ufffd'],
    ['\udc00a\ud83d\ude00', '\ufffda😀'],
];

function texts() {
    for (const [written, sent] of SENT) is(sentText(written), sent, `what is sent of ${JSON.stringify(written)}`);
    is(wellFormed('😀\ud83d😀'), '😀\ufffd😀', 'a half of a pair between whole ones');
    is(['a', 'ä', '€', '😀'].map(byteLength), [1, 2, 3, 4], 'the length is in bytes of UTF-8');
}

const COMMANDS = [
    ['/gif cats and dogs', 'cats and dogs'], ['/gif', ''], ['  /GIF  x ', 'x'], ['/gif\ncats', 'cats'],
    ['/gifs', null], ['a /gif b', null], ['gif', null], ['', null],
];

function gifs() {
    for (const [text, expected] of COMMANDS) is(gifWords(text), expected, `the words of ${JSON.stringify(text)}`);
    const refused = [
        'http://a/b', 'https://', 'https://a/b c', 'https://a/]', 'javascript:alert(1)', ' https://a', null, 7,
    ];
    is(refused.map(isGifUrl), refused.map(() => false), 'what is no address of a GIF');
    is(isGifUrl('https://media.example/a.gif?x=1'), true, 'what is one');
    is(gifText('https://a/b'), '[gif:https://a/b]', 'how it is sent');
}

scenario(async () => {
    words();
    matches();
    marks();
    texts();
    gifs();
    like(newIdentifier(), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        'a UUID of version 7');
    is(newIdentifier(1000) < newIdentifier(1001), true, 'later ones come later');
});
