// Finding names and telling them apart, the order of the switcher, keys, neighbours, and lists that load while events come:
// without a browser.

import { is, ok, scenario } from '../lib/harness.mjs';

const memory = new Map();
globalThis.localStorage = { getItem: (name) => memory.get(name) ?? null, setItem: (name, text) => memory.set(name, text), removeItem: (name) => memory.delete(name) };
globalThis.window = globalThis;
globalThis.location = { pathname: '/chat/ui', hash: '' };
globalThis.document = { visibilityState: 'visible', hasFocus: () => false, documentElement: { dataset: {} }, addEventListener() {} };
globalThis.addEventListener = () => {};
globalThis.removeEventListener = () => {};

const htdocs = process.env.BERING_HTDOCS;
const entry = (name, fields = {}) =>
    ({ key: `channel:${name}`, kind: 'channel', name, detail: null, conversation: { unread: 0 }, ...fields });

async function searching() {
    const { fold, holdsAny } = await import(`${htdocs}/app/text/search.js`);
    const { score } = await import(`${htdocs}/app/text/score.js`);
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
    const { default: english } = await import(`${htdocs}/app/language/more-en.js`);
    is(listed.filter(({ text }) => !(text in english.texts)), [], 'all of them have a text');
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

/** What has not changed is the same object, so that its row is left alone. */
async function sameness() {
    const { channelEntry, personEntry } = await import(`${htdocs}/app/models/sidebar.js`);
    const { conversationEvents } = await import(`${htdocs}/app/models/conversations.js`);
    const { hasDraft, saveDraft, startDrafts } = await import(`${htdocs}/app/models/drafts.js`);
    const { effect } = await import(`${htdocs}/vendor/signals-core.mjs`);
    const channel = { id: 'same', name: 'same', origin_server: undefined };
    const person = { id: 'samey', username: 'samey', display_name: null };
    const [one, other] = [channelEntry(channel), personEntry(person)];
    ok(channelEntry(channel) === one && personEntry(person) === other, 'an entry is the same while nothing of it changes');
    conversationEvents.conversation_changed({ conversation: { kind: 'channel', id: 'same', unread: 1, last_sequence: 1 } });
    ok(channelEntry(channel) !== one && channelEntry(channel).conversation.unread === 1, 'and another when it has');
    ok(personEntry(person) === other, 'which leaves the others as they are');
    ok(channelEntry({ ...channel, name: 'renamed' }).name === 'renamed', 'a name, too');
    const stop = startDrafts('me');
    const said = [];
    const end = effect(() => { said.push(hasDraft('channel:same')); });
    for (const text of ['a', 'ab', 'abc', '']) saveDraft('channel:same', text);
    saveDraft('channel:other', 'elsewhere');
    is(said.filter((has, place) => has !== said[place - 1]), [false, true, false], 'a draft is begun and ended');
    ok(said.length <= 4, 'whoever asks only whether there is one does not hear of each letter', String(said));
    end();
    stop();
}

async function loading() {
    const { Loader } = await import(`${htdocs}/app/models/loader.js`);
    const said = [];
    let finish;
    let loaded;
    const done = new Promise((resolve) => { loaded = resolve; });
    const loader = new Loader({
        apply: (events) => said.push(events), onState: (error) => said.push(error?.message ?? 'fine'), onLoaded: () => loaded(),
    });
    loader.take('before');
    loader.want(() => new Promise((resolve) => { finish = resolve; }));
    loader.take('one');
    loader.take('two');
    is(said, [['before']], 'while a list is loaded events wait');
    finish();
    await done;
    is(said.slice(1), [['one', 'two'], 'fine'], 'and are applied after it, in order');
    loader.stop();
}

const CHANNEL = 'c';
const stateOf = (fields) => ({
    kind: 'channel', id: CHANNEL, last_read_message_id: null, unread: 0, first_unread_message_id: null, mentions: 0,
    is_muted: false, last_sequence: 0, last_message: null, ...fields,
});

/** An event of a message. Its author's clock goes backwards: nothing may depend on it. */
const said = (place, sequence, author = 'somebody') => ({
    event: 'new_message', id: `e-${place}`,
    message: {
        message_id: `m${sequence}`, kind: 'channel', channel_id: CHANNEL, author_user_id: author, body: 'said', sequence,
        sent_at: new Date(2e12 - sequence * 1e6).toISOString(),
    },
});
const changed = (place, fields) => {
    const { last_message: none, ...conversation } = stateOf(fields);
    return { event: 'conversation_changed', id: `e-${place}`, conversation };
};

/** What the page counts, after a list and events. */
async function countedAfter(list, upTo, events) {
    const { conversationByKey, conversationEvents, loadConversations } = await import(
        `${htdocs}/app/models/conversations.js`);
    const fetched = globalThis.fetch;
    globalThis.fetch = async () =>
        new Response(JSON.stringify(list), { headers: upTo ? { 'x-event-id': `e-${upTo}` } : {} });
    await loadConversations();
    globalThis.fetch = fetched;
    events.forEach((event) => conversationEvents[event.event](event));
    const state = conversationByKey(`channel:${CHANNEL}`);
    return state && [state.unread, state.first_unread_message_id, state.last_message?.message_id];
}

async function counting() {
    const { me } = await import(`${htdocs}/app/models/session.js`);
    const listed = [stateOf({
        unread: 2, first_unread_message_id: 'm1', last_sequence: 2, last_message: { message_id: 'm2', sequence: 2 },
    })];
    me.value = { user: { id: 'me', username: 'me' } };
    const rows = [
        [[said(10, 1), said(20, 2)], [2, 'm1', 'm2'], 'what the list has counted is not counted by its late events'],
        [[said(90, 2), said(95, 3)], [3, 'm1', 'm3'],
            'nor by those that came between its place on the bus and its look into the database'],
        [[said(110, 3), said(110, 3), said(120, 4)], [4, 'm1', 'm4'], 'what is newer is, once'],
        [[said(110, 3, 'me')], [2, 'm1', 'm3'], 'without one\'s own'],
        [[changed(50, { unread: 9, last_sequence: 9 }), said(110, 3)], [3, 'm1', 'm3'], 'an old state is known, too'],
        [[changed(95, { last_sequence: 1 }), said(96, 2), said(110, 3)], [2, 'm2', 'm3'],
            'a state that the list may know counts up to its message: what follows is counted from there'],
        [[changed(110, { last_sequence: 3 }), said(120, 4, 'me'), said(130, 5)], [1, 'm5', 'm5'],
            'the first unread one is that of somebody else'],
        [[{ event: 'member_removed', id: 'e-50', user_id: 'me', channel_id: CHANNEL }], [2, 'm1', 'm2'],
            'that one left and came back the list knows'],
        [[{ event: 'member_removed', id: 'e-110', user_id: 'me', channel_id: CHANNEL }], undefined, 'that one leaves not'],
    ];
    for (const [events, expected, text] of rows) is(await countedAfter(listed, 90, events), expected, text);
    is(await countedAfter([], 90, [said(95, 1), said(110, 2)]), [2, 'm1', 'm2'], 'a new conversation counts from nothing');
    is(await countedAfter([stateOf()], 90, [said(80, 7), said(110, 1)]), [1, 'm1', 'm1'],
        'where all had expired, numbers begin anew, and those of before come late to no effect');
    is(await countedAfter(listed, null, [said(10, 2), said(20, 3)]), [3, 'm1', 'm3'], 'a list need not say its place');
    me.value = undefined;
}

/** Whatever the order of a list, answers and events: in the end the page counts what the server counts. */
async function racing() {
    const { me } = await import(`${htdocs}/app/models/session.js`);
    me.value = { user: { id: 'me', username: 'me' } };
    const wrong = [];
    for (let seed = 1; seed <= 300; seed += 1) {
        let state = seed;
        const random = (bound) => {
            state = (state * 1103515245 + 12345) % 2147483648;
            return Math.floor(state / 65536) % bound;
        };
        const events = []; // in the order of the bus, each with what the server says after it
        let now = stateOf();
        for (let place = 1; place <= 12; place += 1) {
            const isRead = random(4) === 0;
            const author = random(3) ? 'somebody' : 'me';
            if (isRead) now = { ...now, unread: 0, first_unread_message_id: null };
            else {
                const event = said(place, now.last_sequence + 1, author);
                const first = now.first_unread_message_id ?? (author === 'me' ? null : event.message.message_id);
                now = { ...now, unread: now.unread + (author === 'me' ? 0 : 1), first_unread_message_id: first,
                    last_sequence: event.message.sequence, last_message: event.message };
                events.push([event, now]);
            }
            if (isRead) events.push([changed(place, now), now]);
        }
        const upTo = random(12) + 1;
        const snapshot = upTo + random(13 - upTo);
        const heardFrom = random(upTo + 1); // a leader that was away tells again from here on
        const list = [events[snapshot - 1][1]];
        const found = await countedAfter(list, upTo, events.slice(heardFrom).map(([event]) => event));
        const expected = [now.unread, now.first_unread_message_id, now.last_message?.message_id];
        if (JSON.stringify(found) !== JSON.stringify(expected)) wrong.push(`seed ${seed}: ${found}, not ${expected}`);
    }
    is(wrong, [], 'in the end what is counted is what the server counts');
    me.value = undefined;
}

/** An answer that events have overtaken would take back what they told. */
async function answering() {
    const { conversationByKey, conversationEvents, markRead } = await import(`${htdocs}/app/models/conversations.js`);
    const { me } = await import(`${htdocs}/app/models/session.js`);
    me.value = { user: { id: 'me', username: 'me' } };
    const fetched = globalThis.fetch;
    const unread = () => conversationByKey(`channel:${CHANNEL}`).unread;
    const read = { unread: 0, last_sequence: 2 };
    await countedAfter([stateOf({ unread: 2, first_unread_message_id: 'm1', last_sequence: 2 })], 90, []);
    globalThis.fetch = async () => new Response(JSON.stringify(changed(0, read).conversation));
    await markRead(`channel:${CHANNEL}`, 'm2');
    is(unread(), 0, 'the answer says what is read now');
    globalThis.fetch = async () => {
        conversationEvents.conversation_changed(changed(110, read));
        conversationEvents.new_message(said(120, 3));
        return new Response(JSON.stringify(changed(0, read).conversation));
    };
    await markRead(`channel:${CHANNEL}`, 'm2');
    is(unread(), 1, 'what has come since is unread, whatever an older answer says');
    globalThis.fetch = fetched;
    me.value = undefined;
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

async function cleaning() {
    const { cleaned, isShown, likeness } = await import(`${htdocs}/app/text/names.js`);
    const rows = [
        ['Alice', 'Alice'], ['  Alice \n in  person ', 'Alice in person'], ['\u202eecilA', 'ecilA'], ['Al\u200b\u2060ice', 'Alice'],
        ['\u2067Alice\u2069', 'Alice'], ['Al\u200dice\ufe0f', 'Alice'], ['\u3164\u00ad', ''], ['a\u0000b\u0085c', 'abc'], [null, ''],
        ['می\u200cخ', 'می\u200cخ'], ['Ann ❤\ufe0f\u200d🔥', 'Ann ❤\ufe0f\u200d🔥'], ['مریم', 'مریم'], ['é', 'é'],
    ];
    for (const [name, shown] of rows) is(cleaned(name), shown, `what is shown of ${JSON.stringify(name)}`);
    is(rows.filter(([name]) => name && !isShown(name)).length, 7, 'a name that is not shown as it is is known');
    const alike = ['admin', 'ADMIN', 'ad\u200bmin', '\uff41\uff44\uff4d\uff49\uff4e', 'аdmin', 'adrnin', 'adm1n', 'admın', ' admin\u202e '];
    is(alike.filter((name) => likeness(name) !== likeness('admin')), [], 'names that look alike are known');
    const unlike = ['admins', 'adman', 'ad min', 'nimda', 'Ädmin'];
    is(unlike.filter((name) => likeness(name) === likeness('admin')), [], 'and those that do not');
}

async function mistaking() {
    const people = await import(`${htdocs}/app/models/people.js`);
    const { authorOf, fullNameOf, isMistakable, nameOf, peopleEvents, personById } = people;
    const add = (id, username, displayName, server = null) => peopleEvents.user_changed({
        change: 'created', user_id: id, username, display_name: displayName, server_name: server,
    });
    const named = (id) => fullNameOf(personById(id));
    add('x1', 'root', null);
    add('x2', 'mallory', 'Rооt'); // two of the letters are Cyrillic
    add('x3', 'peggy', 'Peggy');
    is([named('x1'), named('x2'), named('x3')], ['root', 'Rооt (mallory)', 'Peggy'],
        'whoever is called like somebody else\'s user name has the own one beside it');
    add('x4', 'victor', 'Vic');
    is(named('x4'), 'Vic', 'a name that is alone stands alone');
    add('x5', 'trudy', 'VIC\u200b', 'north');
    is([named('x4'), named('x5')], ['Vic (victor)', 'VIC (trudy@north)'], 'two of one name are told apart');
    peopleEvents.user_changed({ change: 'deleted', user_id: 'x5' });
    is(named('x4'), 'Vic', 'as long as there are two');
    add('x6', 'oscar', 'root@north');
    is(named('x6'), 'root@north (oscar)', 'what looks like an address is none');
    add('x7', 'peter', '\u202e\u2066');
    is(named('x7'), 'peter', 'a name that shows nothing is none');
    const gone = { author_user_id: 'gone', author_username: 'old', author_display_name: 'root\u202e' };
    is([nameOf(authorOf(gone)), isMistakable(authorOf(gone))], ['root', true], 'nor is somebody who is gone taken for another');
    is(authorOf({ author_user_id: 'x4' }), personById('x4'), 'who is here is called as they are called now');
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
    const parts = [
        searching, ranking, keys, neighbours, sameness, loading, counting, racing, answering, mentioning, cleaning,
        mistaking, listening,
    ];
    for (const part of parts) await part();
});
