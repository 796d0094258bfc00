// What calls reckon: how long, and how good.

import { is, scenario } from '../lib/harness.mjs';

const root = process.env.BERING_HTDOCS;
const { duration } = await import(`${root}/app/text/duration.js`);
const { measure } = await import(`${root}/app/models/calls/quality.js`);

const report = (lost, received, delay) => new Map([
    ['in', { type: 'inbound-rtp', packetsLost: lost, packetsReceived: received }],
    ['pair', { type: 'candidate-pair', nominated: true, currentRoundTripTime: delay }],
    ['spare', { type: 'candidate-pair', nominated: false, currentRoundTripTime: 9 }],
]);

// [lost, received, delay] at one look and the next, and what that is.
const QUALITIES = [
    ['good', [0, 0, 0.01], [0, 100, 0.02]],
    ['good', [50, 50, 0.01], [51, 1050, 0.02]],
    ['fair', [0, 100, 0.01], [5, 195, 0.02]],
    ['fair', [0, 100, 0.01], [0, 200, 0.3]],
    ['poor', [0, 100, 0.01], [20, 180, 0.02]],
    ['poor', [0, 100, 0.01], [0, 200, 0.7]],
    ['good', [9, 100, 0.01], [0, 100, 0.01]],
];

scenario(async () => {
    is([0, 999, 7000, 754000, 3723000, -5].map(duration), ['0:00', '0:00', '0:07', '12:34', '1:02:03', '0:00'],
        'durations');
    for (const [expected, first, second] of QUALITIES) {
        const { sum } = measure(report(...first), null);
        is(measure(report(...second), sum).quality, expected, `${first} then ${second}: ${expected}`);
    }
});
