// Finding names, the order of the switcher, keys, neighbours, and lists that load while events come: without a browser.

import { is, ok, scenario } from '../lib/harness.mjs';

const memory = new Map();
globalThis.localStorage = { getItem: (name) => memory.get(name) ?? null, setItem: (name, text) => memory.set(name, text), removeItem: (name) => memory.delete(name) };
globalThis.window = globalThis;
globalThis.location = { pathname: '/chat/ui', hash: '' };
globalThis.document = { visibilityState: 'visible', hasFocus: () => false, documentElement: { dataset: {} }, addEventListener() {} };
globalThis.addEventListener = () => {};

const htdocs = process.env.BERING_HTDOCS;
const entry = (name, fields = {}) =>
    ({ key: `channel:${name}`, kind: 'channel', name, detail: null, conversation: { unread: 0 }, ...fields });

async function searching() {
    const { fold, holdsAny, score } = await import(`${htdocs}/app/text/search.js`);
    is(fold('Grüße ÉCOLE'), 'gruße ecole', 'accents and case are folded');
    ok(holdsAny(['Ångström', null], 'angs'), 'a part is found');
    ok(!holdsAny(['Ångström', null], 'x'), 'another is not');
    ok(score('general', 'general') > score('generally', 'general'), 'the whole before a part');
    ok(score('general', 'gen') > score('my general', 'gen'), 'the beginning before a word inside');
    ok(score('my general', 'gen') > score('oxygen', 'gen'), 'the beginning of a word before its middle');
    ok(score('oxygen', 'gen') > score('grown elsewhere north', 'gen'), 'letters together before letters apart');
    ok(score('ab', 'ab') > score('abc', 'ab'), 'short before long');
    is(score('general', 'xyz'), 0, 'what does not answer has no score');
    is(score('lareneg', 'gnrl'), 0, 'letters in another order are no answer');
    is(score('(.*)[', '[') > 0, true, 'signs are only signs');
}

async function ranking() {
    const { rank } = await import(`${htdocs}/app/models/switcher.js`);
    const names = (...parameters) => rank(...parameters).map(({ name }) => name);
    const entries = [entry('general'), entry('gerbils'), entry('bob', { key: 'dm:bob', kind: 'dm', detail: 'bob@b' }), entry('unread', { conversation: { unread: 3 } })];
    is(names('ge', entries, ['channel:gerbils'])[0], 'gerbils', 'of two that answer alike the recent one is first');
    is(names('', entries, ['dm:bob', 'channel:general'])[0], 'bob', 'without a query the last used one');
    is(names('', entries, ['dm:bob', 'channel:general'], 'dm:bob')[0], 'general', 'but not the one that is open');
    is(names('', entries).at(0), 'unread', 'then what is unread');
    is(names('@b', entries), ['bob'], '@ means people');
    is(names('#b', entries), ['gerbils'], '# means channels');
    is(names('b@b', entries), ['bob'], 'addresses count');
    is(rank('', Array.from({ length: 5000 }, (nothing, at) => entry(`n${at}`))).length, 30,
        'of thousands some are shown');
}

async function keys() {
    const { helpRows, keysOf, SHORTCUTS, shortcutOf } = await import(`${htdocs}/app/models/shortcuts.js`);
    const press = (key, held = {}) =>
        ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });
    const rows = [
        [press('k', { ctrlKey: true }), true, false, 'switcher'], [press('K', { ctrlKey: true }), false, false, 'switcher'],
        [press('k', { metaKey: true }), true, true, 'switcher'], [press('k', { metaKey: true }), true, false, null],
        [press('k', { ctrlKey: true, metaKey: true }), true, false, null], [press('k'), false, false, null],
        [press('ArrowUp', { altKey: true }), true, false, 'previous'], [press('ArrowDown', { altKey: true, shiftKey: true }), true, false, 'nextUnread'],
        [press('ArrowDown'), false, false, null], [press('?', { shiftKey: true }), false, false, 'help'], [press('?', { shiftKey: true }), true, false, null],
        [press('/', { ctrlKey: true }), true, false, 'help'], [press('/', { ctrlKey: true, shiftKey: true }), true, false, 'help'],
        [press('Escape'), true, false, 'escape'], [press('Enter'), false, false, null],
        [press('k', { ctrlKey: true, isComposing: true }), true, false, null],
    ];
    for (const [event, isTyping, apple, expected] of rows) {
        is(shortcutOf(event, isTyping, apple), expected, `${JSON.stringify(event)} ${isTyping} ${apple}: ${expected}`);
    }
    is(keysOf({ mod: true, key: 'k' }, true), ['⌘', 'K'], 'keys as Apple prints them');
    is(keysOf({ alt: true, shift: true, key: 'ArrowUp' }, false), ['Alt', 'Shift', '↑'], 'and others');
    const listed = SHORTCUTS.flatMap((group) => helpRows(group.rows));
    is(listed.find((row) => row.text === 'shortcut.help').combinations.length, 2, 'two keys for one thing are one row');
    const { default: english } = await import(`${htdocs}/app/language/en.js`);
    const { default: german } = await import(`${htdocs}/app/language/de.js`);
    is(listed.filter(({ text }) => !(text in english.texts)), [], 'all of them have a text');
    is(Object.keys(english.texts).filter((key) => !(key in german.texts)), [], 'German has every text');
    is(Object.keys(german.texts).filter((key) => !(key in english.texts)), [], 'and no other');
}

async function neighbours() {
    const { neighbour } = await import(`${htdocs}/app/models/sidebar.js`);
    const list = [entry('a'), entry('b', { conversation: { unread: 2 } }), entry('c')];
    is(neighbour('channel:a', 1, false, list), 'channel:b', 'the next');
    is(neighbour('channel:c', 1, false, list), 'channel:a', 'going round');
    is(neighbour('channel:a', -1, false, list), 'channel:c', 'the one before');
    is(neighbour(null, 1, false, list), 'channel:a', 'from nowhere: the first');
    is(neighbour(null, -1, false, list), 'channel:c', 'or the last');
    is(neighbour('channel:c', 1, true, list), 'channel:b', 'the next unread');
    is(neighbour('channel:b', 1, true, list), null, 'there is no other');
    is(neighbour('channel:a', 1, false, []), null, 'of nothing nothing');
}

async function loading() {
    const { Loader } = await import(`${htdocs}/app/models/loader.js`);
    const said = [];
    let finish;
    let loaded;
    const done = new Promise((resolve) => { loaded = resolve; });
    const loader = new Loader({
        apply: (events, wereHeld) => said.push([...events, wereHeld]), onState: (error) => said.push(error?.message ?? 'fine'), onLoaded: () => loaded(),
    });
    loader.take('before');
    loader.want(() => new Promise((resolve) => { finish = resolve; }));
    loader.take('one');
    loader.take('two');
    is(said, [['before', false]], 'while a list is loaded events wait');
    finish();
    await done;
    is(said.slice(1), [['one', 'two', true], 'fine'], 'and are applied after it, in order');
    loader.stop();
}

async function counting() {
    const { countedAlready } = await import(`${htdocs}/app/models/conversations.js`);
    const message = (id, second) => ({ event: 'new_message', message: { message_id: id, kind: 'channel', channel_id: 'c', sent_at: `2026-01-01T00:00:0${second}Z` } });
    const events = [message('m1', 1), message('m2', 2), { event: 'resync' }, message('m3', 3)];
    const ids = (last) => [...countedAlready(events, () => last)].map((event) => event.message.message_id);
    is(ids({ message_id: 'm2', sent_at: '2026-01-01T00:00:02Z' }), ['m1', 'm2'],
        'what the list had is not counted again');
    is(ids({ message_id: 'm0', sent_at: '2026-01-01T00:00:00Z' }), [], 'what came after it is');
    is(ids({ message_id: 'm9', sent_at: '2026-01-01T00:00:09Z' }), ['m1', 'm2', 'm3'],
        'a list that is newer than all has them all');
    is(ids(undefined), [], 'a conversation that is not in it counts from nothing');
}

// After a list was loaded anew, events that are older than it come late: from a tab that was away and leads again.
async function lateEvents() {
    const { conversationByKey, conversationEvents, loadConversations } = await import(
        `${htdocs}/app/models/conversations.js`);
    const message = (id, second) => ({
        message_id: id, kind: 'channel', channel_id: 'late', author_user_id: 'somebody', body: id,
        sent_at: `2026-01-01T00:00:0${second}Z`,
    });
    const item = { kind: 'channel', id: 'late', unread: 2, mentions: 0, is_muted: false, last_message: message('m2', 2) };
    const fetched = globalThis.fetch;
    globalThis.fetch = async () => new Response(JSON.stringify([item]));
    await loadConversations();
    globalThis.fetch = fetched;
    const count = () => conversationByKey('channel:late').unread;
    for (const [id, second] of [['m1', 1], ['m2', 2]]) conversationEvents.new_message({ message: message(id, second) });
    is(count(), 2, 'what the list has counted is not counted by its late events');
    for (const [id, second] of [['m3', 3], ['m3', 3], ['m4', 4]]) conversationEvents.new_message({ message: message(id, second) });
    is(count(), 4, 'what is newer is, once');
}

// The same texts as in t/45-unread/mentions.t: what is marked is what the server counts.
const NAMED = [
    '@bob', 'hello @bob', '@bob, hello', 'so says @bob.', '(@bob)', '@bob\'s', '"@bob"', 'line\n@bob\nline', '@bob@local', '@bob@local, hello',
    '@alice @bob @carol', '@bob\u2026', '\u00e4@bob', '@nobody @bob', '@bob@ hello', '@bob?!', '@@bob @bob',
];
const NOT_NAMED = [
    'bob', 'mail to alice@bob', '@bobby', '@BOB', '@ bob', '@bob@elsewhere', '@bob@local.example', '@bob-junior', '@bob_smith', '@bob.smith', '@', '@@',
    '@/bob', 'x'.repeat(5000), '@'.repeat(5000), `@${'x'.repeat(5000)}`,
];

async function mentioning() {
    const { findMentions } = await import(`${htdocs}/app/text/mentions.js`);
    const { namedBy, peopleEvents } = await import(`${htdocs}/app/models/people.js`);
    const { me } = await import(`${htdocs}/app/models/session.js`);
    const { isMention } = await import(`${htdocs}/app/models/conversations.js`);
    const add = (id, username, server) => peopleEvents.user_changed({ change: 'created', user_id: id, username, display_name: null, server_name: server });
    me.value = { user: { id: 'bob', username: 'bob' }, server_name: 'local' };
    for (const name of ['bob', 'carol', 'bob.smith', 'bob-junior', 'müller', 'alice']) add(name, name, null);
    add('alice@north', 'alice', 'north');
    add('bob@north', 'bob', 'north');
    const names = (text, author) =>
        findMentions(text, namedBy(author)).map(({ start, end, person }) => `${person.id}:${text.slice(start, end)}`);
    const says = (body, author = 'alice') => isMention({ author_user_id: author, body });
    is(NAMED.filter((text) => !says(text)), [], 'whom the server counts as named is named');
    is(NOT_NAMED.filter((text) => says(text)), [], 'and nobody else');
    is(names('@bob.smith. And @müller: @bob-junior!', 'carol'), ['bob.smith:@bob.smith', 'müller:@müller', 'bob-junior:@bob-junior'], 'the longest name is meant');
    is(names('@bob and @bob@local, @bob@north.', 'alice@north'), ['bob@north:@bob', 'bob:@bob@local', 'bob@north:@bob@north'],
        'a plain name is of the author\'s own server');
    is([says('@bob', 'alice@north'), says('@bob@local', 'alice@north')], [false, true], 'so with what is counted');
    is([says(`${'@nobody '.repeat(19)}@bob`), says(`${'@nobody '.repeat(20)}@bob`)], [true, false],
        'of more than twenty names the rest is not looked at');
    is(says('@bob', 'bob'), false, 'nobody names himself');
    me.value = undefined;
}

async function listening() {
    const { isOld } = await import(`${htdocs}/app/net/listen.js`);
    is([isOld('a-5', 'a-5'), isOld('a-4', 'a-5'), isOld('a-10', 'a-9')], [true, true, false],
        'events that were heard already are known');
    is([isOld('b-1', 'a-9'), isOld(null, 'a-9'), isOld('a-1', null)], [false, false, false],
        'of another start of the server nothing is');
    const { masked, note, trace, traceText } = await import(`${htdocs}/app/net/trace.js`);
    is(masked({ token: 'x', list: [{ password: 'y', deep: { server_token: 'z', token: '' } }] }),
        '{"token":"***","list":[{"password":"***","deep":{"server_token":"***","token":""}}]}',
            'secrets are masked wherever they stand');
    for (let at = 0; at < 130; at += 1) note('event', `number ${at}`, { body: 'x'.repeat(9000) });
    is(trace.value.length, 100, 'a hundred are kept');
    ok(traceText().length < 100 * 4200, 'and none is longer than can be read');
}

scenario(async () => {
    for (const part of [searching, ranking, keys, neighbours, loading, counting, lateEvents, mentioning, listening]) await part();
});
