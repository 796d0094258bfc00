// lazy.js - views that are loaded when they are drawn for the first time, with their style sheets. Until then there is
// nothing, or what `Waiting` draws; what cannot be loaded is tried again for as long as it is wanted.

import { html, signal, useEffect } from '../../html.js';

const RETRY_MS = 3000;

const sheets = new Map(); // path -> a promise

function addStyle(path) {
  if (sheets.has(path)) return sheets.get(path);
  const link = document.createElement('link');
  const loaded = new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => {
      link.remove();
      sheets.delete(path);
      reject(new Error(`no ${path}`));
    };
  });
  sheets.set(path, loaded);
  link.rel = 'stylesheet';
  link.href = path;
  document.head.append(link);
  return loaded;
}

/**
 * The view that the module of `load` exports under this name; it is the same component before and after it has come.
 */
export function lazy(load, name, { style, Waiting } = {}) {
  const view = signal(null);
  const ask = async () => {
    const [module] = await Promise.all([load(), style && addStyle(style)]);
    view.value = module[name];
  };
  return function Lazy(properties) {
    useEffect(() => {
      let timer;
      let isWanted = !view.peek();
      const attempt = () => ask().catch(() => { if (isWanted) timer = setTimeout(attempt, RETRY_MS); });
      if (isWanted) attempt();
      return () => {
        isWanted = false;
        clearTimeout(timer);
      };
    }, []);
    if (view.value) return html`<${view.value} ...${properties} />`;
    return Waiting ? html`<${Waiting} />` : null;
  };
}
