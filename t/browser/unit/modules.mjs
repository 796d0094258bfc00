// Modules of htdocs/ are found as browsers find them: t/96-browser/harness.t has made some.

import { is, like, scenario, waitUntil } from '../lib/harness.mjs';

scenario(async () => {
    const { sum, names } = await import(`${process.env.BERING_HTDOCS}/app/main.js`);
    is(sum, 3, 'a relative path, and a name of the import map');
    is(names, ['helper', 'deep/inside'], 'a path from the root, and a folder of the import map');
    is((await import('number-two')).two, 2, 'the test itself may use the names, too');
    like(await import('no-such-name').catch((error) => error.message), /no-such-name/, 'other names are not there');
    is((await waitUntil(() => 'soon')).value, 'soon', 'waiting gives the value');
});
