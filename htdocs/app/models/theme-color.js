// theme-color.js - the colour that the browser gives its own bars: that of the page, in the theme that was chosen.

import { effect } from '@preact/signals';
import { preferences } from './preferences.js';

/** --paper-2 of style/base.css. */
const COLOURS = { light: '#f3f6f8', dark: '#182127' };

/** The page has one <meta> for light and one for dark systems: a chosen theme is that of both. Called once. */
export function startThemeColor() {
  const metas = [...document.querySelectorAll('meta[name="theme-color"]')];
  effect(() => {
    const theme = preferences.theme.value;
    for (const meta of metas) {
      const system = meta.media.includes('dark') ? 'dark' : 'light';
      meta.content = COLOURS[theme] ?? COLOURS[system];
    }
  });
}
