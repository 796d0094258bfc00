// user-agent.js - the browser and the system that a User-Agent names. A name only, never a promise: anybody may send
// any.

/** The first that matches counts: most browsers also name those that they want to be taken for. */
const BROWSERS = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'], [/\bOPR\/|\bOpera\//, 'Opera'], [/\bVivaldi\//, 'Vivaldi'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'], [/\bCriOS\/|\bChrome\/|\bHeadlessChrome\//, 'Chrome'],
  [/\bSafari\//, 'Safari'], [/^curl\//, 'curl'],
];
const SYSTEMS = [
  [/\bAndroid\b/, 'Android'], [/\biPhone\b/, 'iPhone'], [/\biPad\b/, 'iPad'], [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'], [/\bCrOS\b/, 'ChromeOS'], [/\bLinux\b|\bX11\b/, 'Linux'],
];

const find = (table, text) => table.find(([pattern]) => pattern.test(text))?.[1] ?? null;

/** {browser, system}, each a name or null. */
export const readUserAgent = (text) => ({ browser: find(BROWSERS, text ?? ''), system: find(SYSTEMS, text ?? '') });
