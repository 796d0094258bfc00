// Preloaded by node: the modules of htdocs/ are imported as browsers do it. Names are looked up in the import maps of
// the pages, paths begin at htdocs/, and every .js file is a module.

import { webcrypto } from 'node:crypto';
import { register } from 'node:module';

register('./htdocs_hooks.mjs', import.meta.url);
globalThis.crypto ??= webcrypto; // of every browser, but not of Node 18
