// What the administration page checks before it asks the server, and what it makes of the server's refusals. The limits
// are those of the server (include/bering/text.h, worker/body.c).

import { is, ok, scenario } from '../lib/harness.mjs';
import { addTexts } from '../../../htdocs/app/language/language.js';
import { explain, fieldOf } from '../../../htdocs/app/models/admin/answers.js';
import {
    checkAddress, checkDisplayName, checkName, checkPassword, checkUrl, checkUsername,
} from '../../../htdocs/app/models/admin/checks.js';
import { whileVisible } from '../../../htdocs/app/models/admin/live.js';
import { healthOf } from '../../../htdocs/app/models/admin/servers.js';

const TABLE = [
    [checkName, ['general', 'with space', 'é'.repeat(64), '<b>'],
      ['', '   ', 'a\nb', 'a\u0085b', 'é'.repeat(65), 'x'.repeat(129)]],
    [checkDisplayName, ['', 'Alice Liddell'], ['  ', 'x'.repeat(129)]],
    [checkUsername, ['alice', 'Ünlü', '<b>'], ['', 'a b', 'a\u00a0b', 'a@b', 'a/b', 'a\\b', 'x'.repeat(129)]],
    [checkPassword, ['x', 'é'.repeat(36), '  '], ['', 'x'.repeat(73), 'é'.repeat(37)]],
    [checkAddress, ['alice', ' alice ', 'alice@b'], ['', 'alice@', '@b', 'a@b@c', 'a b@c', 'alice@b/c']],
    [checkUrl, ['https://chat.example.org', 'http://127.0.0.1:8080/sub', ' https://a '],
        ['', 'chat.example.org', 'ftp://a', 'https://', 'https:///a', 'https://a b', 'https://a?b', 'https://a#b',
          'https://a"',
            `https://${'a'.repeat(510)}`]],
];

// A page that is looked at, or not, with a clock that goes as one turns it.
function pageAndClock() {
    const page = new EventTarget();
    const ticks = new Map();
    page.show = (state) => {
        page.visibilityState = state;
        page.dispatchEvent(new Event('visibilitychange'));
    };
    globalThis.document = page;
    globalThis.setInterval = (work) => ticks.set(ticks.size + 1, work) && ticks.size;
    globalThis.clearInterval = (id) => ticks.delete(id);
    return { page, tick: () => ticks.forEach((work) => work()) };
}

function visibility() {
    const { setInterval, clearInterval, document } = globalThis;
    const { page, tick } = pageAndClock();
    let looks = 0;
    page.show('visible');
    const stop = whileVisible(() => { looks += 1; }, 4000);
    tick();
    tick();
    is(looks, 2, 'what is looked at is asked for again and again');
    page.show('hidden');
    tick();
    is(looks, 2, 'not while the page is hidden');
    page.show('visible');
    is(looks, 3, 'but at once when it is looked at again');
    stop();
    tick();
    page.show('visible');
    is(looks, 3, 'and never after its end');
    Object.assign(globalThis, { setInterval, clearInterval, document });
}

scenario(async () => {
    visibility();
    await addTexts({ en: () => import('../../../htdocs/app/language/admin-en.js') });
    for (const [check, good, bad] of TABLE) {
        is(good.map(check).filter(Boolean), [], `${check.name} takes what the server takes`);
        is(bad.filter((text) => !check(text)), [], `${check.name} says what is wrong with the rest`);
    }
    const taken = explain(Object.assign(new Error('the username is taken'), { status: 409 }));
    is([taken.message, fieldOf(taken, ['username'])], ['That name is taken.', 'username'],
      'a refusal is told beside its field');
    is(fieldOf(taken, ['label']), '', 'or above the buttons, where there is no such field');
    const named = explain(new Error('field `base_url` must be an http or https URL'));
    is(fieldOf(named, ['base_url']), 'base_url', 'a refusal may name its field itself');
    const links = [{ refuses_us: true, failures: 3 }, { failures: 1 }, { failures: 0, last_contact: null },
        { failures: 0, last_contact: 'now', queue_depth: 2 }, { failures: 0, last_contact: 'now', queue_depth: 0 }];
    is(links.map(healthOf), ['refuses-us', 'failing', 'untried', 'waiting', 'good'], 'the state of a link is one word');
    ok(explain(new Error('something new')).message === 'something new', 'what is not known stays as it is');
});
