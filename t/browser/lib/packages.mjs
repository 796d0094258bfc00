// What contrib/browser-packages has installed. It is not in the source tree, so import would not find it.

import { createRequire } from 'node:module';

const require = createRequire(`${process.env.BERING_BROWSER_PACKAGES}/package.json`);

export const { chromium } = require('playwright-core');
export const axe = require('axe-core');
