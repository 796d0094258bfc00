// The hooks that htdocs.mjs registers. Node runs them on a thread of their own.

import { readFile, readdir } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

const root = pathToFileURL(`${process.env.BERING_HTDOCS}/`).href;

// "preact" -> "/vendor/preact.js", of all pages together.
async function readImportMaps() {
    const names = {};
    for (const file of (await readdir(new URL(root))).filter((name) => name.endsWith('.html'))) {
        const map = /<script type="importmap">(.*?)<\/script>/s.exec(await readFile(new URL(file, root), 'utf8'));
        if (map) Object.assign(names, JSON.parse(map[1]).imports);
    }
    return names;
}

const imports = await readImportMaps();

// What the map says of a name, or of the part of it that ends in a slash.
function mapped(specifier) {
    if (Object.hasOwn(imports, specifier)) return imports[specifier];
    const prefix = Object.keys(imports).find((name) => name.endsWith('/') && specifier.startsWith(name));
    return prefix ? imports[prefix] + specifier.slice(prefix.length) : specifier;
}

const inHtdocs = (specifier) => new URL(`.${specifier}`, root).href;

export function resolve(specifier, context, next) {
    const isOfPages = context.parentURL?.startsWith(root) || Object.hasOwn(imports, specifier);
    const target = isOfPages ? mapped(specifier) : specifier;
    const isMapped = target !== specifier;
    if (isOfPages && target.startsWith('/')) return next(inHtdocs(target), context);
    return next(isMapped && target.startsWith('./') ? inHtdocs(target.slice(1)) : target, context);
}

export function load(url, context, next) {
    const isModule = url.startsWith(root) && url.endsWith('.js');
    return next(url, isModule ? { ...context, format: 'module' } : context);
}
