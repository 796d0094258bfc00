// The window of a history, without a browser: whatever comes, late, twice or while pages are loaded, it has no hole, no
// message twice, and the server's order.

import { is, ok, scenario } from '../lib/harness.mjs';

const htdocs = process.env.BERING_HTDOCS;
const KEY = 'channel:01a21505-0000-7000-8000-000000000001';
const ME = 'me';

const stored = []; // what the server has, oldest first
let isAway = false;

const messageOf = (number, author = 'bob') => ({
    message_id: `id-${number}`,
    author_user_id: author,
    sequence: number + 1,
    sent_at: new Date(2e12 - number * 1000).toISOString(), // a clock that goes backwards says nothing
    body: `message ${number}`,
});

function append(author) {
    stored.push(messageOf(stored.length, author));
    return stored.at(-1);
}

/** The server's page of the history. */
function page(query) {
    const limit = Number(query.get('limit'));
    const placeOf = (name) => stored.findIndex((message) => message.message_id === query.get(name));
    if (query.has('before')) return stored.slice(Math.max(0, placeOf('before') - limit), placeOf('before'));
    if (query.get('after') === 'start') return stored.slice(0, limit);
    if (query.has('after')) return stored.slice(placeOf('after') + 1, placeOf('after') + 1 + limit);
    if (!query.has('around')) return stored.slice(-limit);
    const [place, half] = [placeOf('around'), limit / 2];
    return stored.slice(Math.max(0, place - half + 1), place + half + 1);
}

globalThis.fetch = async (path) => {
    if (isAway) throw new TypeError('away');
    const query = new URL(path, 'http://server').searchParams;
    const isGone = query.has('around') && !stored.some(({ message_id: id }) => id === query.get('around'));
    if (isGone) return new Response('{"error": "no such message"}', { status: 404 });
    const rows = page(query);
    await new Promise((resolve) => { setImmediate(resolve); }); // the answer is as old as the question
    return new Response(JSON.stringify(rows), { status: 200 });
};

const idsOf = (timeline) => timeline.messages.value.map((message) => message.message_id);

/** What is wrong with a window; '' if nothing is. */
function fault(timeline) {
    const ids = idsOf(timeline);
    const from = stored.findIndex((message) => message.message_id === ids[0]);
    const wrong = ids.filter((id, place) => stored[from + place]?.message_id !== id);
    if (wrong.length) return `no part of the history: ${wrong.slice(0, 3)} of ${ids.length} from ${ids[0]}`;
    if (ids.length > 300) return `${ids.length} messages`;
    return '';
}

const settled = async (timeline) => {
    do await new Promise((resolve) => { setTimeout(resolve, 5); }); while (timeline.loading.value);
};

async function steps(Timeline) {
    for (let number = 0; number < 120; number += 1) append();
    const unread = new Timeline(KEY);
    await unread.open('id-0');
    is([idsOf(unread)[0], fault(unread)], ['id-0', ''], 'where nothing has been read yet, one begins at the beginning');
    is([unread.newLine.messageId.value, unread.hasOlder.value, unread.hasNewer.value], ['id-0', false, true],
        'all of it is new');
    const gone = new Timeline(KEY);
    await gone.open('id-none');
    is([idsOf(gone).at(-1), fault(gone)], ['id-119', ''], 'where the first unread one has expired, at the newest');
    const timeline = new Timeline(KEY);
    await timeline.open('id-60');
    is([idsOf(timeline)[0], idsOf(timeline).at(-1)], ['id-36', 'id-85'], 'opened where unread messages begin');
    is(timeline.newLine.messageId.value, 'id-60', 'the line stands before the first of them');
    timeline.add(append());
    is(idsOf(timeline).at(-1), 'id-85', 'what comes waits while the window does not reach the end');
    await timeline.jumpToNewest();
    is(idsOf(timeline).at(-1), 'id-120', 'the newest page');
    const own = append(ME);
    timeline.addStored(own);
    const end = () => [idsOf(timeline).at(-1), timeline.stored.value.length];
    is(end(), ['id-120', 1], 'one\'s own waits until the server tells of it');
    timeline.add(own);
    timeline.add(own);
    is([idsOf(timeline).slice(-2), timeline.stored.value.length], [['id-120', 'id-121'], 0], 'and is there once');
    timeline.add(stored[3]);
    await settled(timeline);
    is(fault(timeline), '', 'an old event that comes again is put nowhere');
    isAway = true;
    append();
    await timeline.catchUp();
    is(timeline.error.value.place, 'newer', 'what cannot be caught up is said');
    isAway = false;
    await timeline.catchUp();
    await settled(timeline);
    is([idsOf(timeline).at(-1), timeline.error.value], ['id-122', null], 'and caught up later');
}

/** A reproducible sequence of numbers below a bound. */
function numbersFrom(seed) {
    let state = seed;
    return (bound) => {
        state = (state * 1103515245 + 12345) % 2147483648;
        return Math.floor(state / 65536) % bound;
    };
}

/** Things happen in any order; events may come late and again, but in order, as a stream that resumes sends them. */
async function anything(Timeline, seed) {
    const random = numbersFrom(seed);
    const timeline = new Timeline(KEY);
    let told = stored.length; // how far the stream is
    timeline.isAtEnd = true;
    timeline.open(random(2) ? stored[random(stored.length)].message_id : undefined);
    const actions = [
        () => append(),
        () => append(),
        () => { const own = append(ME); timeline.addStored(own); },
        () => { while (told < stored.length) timeline.add(stored[told++]); },
        () => { told = Math.max(0, told - random(80)); },
        () => timeline.loadOlder(),
        () => timeline.loadNewer(),
        () => timeline.jumpToNewest(),
        () => { timeline.isAtEnd = !timeline.isAtEnd; },
        () => { isAway = !isAway; },
        () => timeline.retry(),
        () => { told = stored.length; timeline.catchUp(); }, // a resync: what was not told is not told any more
        () => settled(timeline),
    ];
    for (let turn = 0; turn < 400; turn += 1) {
        await actions[random(actions.length)]();
        const found = fault(timeline);
        if (found) return `turn ${turn}: ${found}`;
    }
    isAway = false;
    await timeline.catchUp();
    await settled(timeline);
    while (told < stored.length) timeline.add(stored[told++]);
    while (timeline.hasNewer.value) {
        await settled(timeline);
        await (timeline.error.value ? timeline.retry() : timeline.loadNewer());
    }
    await settled(timeline);
    if (idsOf(timeline).at(-1) !== stored.at(-1).message_id) return `the end is missing: ${idsOf(timeline).at(-1)}`;
    if (timeline.stored.value.length) return 'one\'s own is left over';
    return fault(timeline);
}

scenario(async () => {
    const { me } = await import(`${htdocs}/app/models/session.js`);
    const { Timeline } = await import(`${htdocs}/app/models/timeline.js`);
    me.value = { user: { id: ME } };
    await steps(Timeline);
    const faults = [];
    for (let seed = 1; seed <= 60; seed += 1) {
        const found = await anything(Timeline, seed);
        if (found) faults.push(`seed ${seed}, ${found}`);
    }
    is(faults, [], 'whatever happens, the window is a part of the history, and reaches its end in the end');
    ok(stored.length > 500, 'and much has happened');
});
