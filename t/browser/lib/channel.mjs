// The line to the Perl test that started this script: lines of JSON, from us on descriptor 3, to us on standard input.
// The first one is the setup. When the test is gone, so are we.

import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

const TO_TEST = 3;

const waiting = new Map(); // number of a question -> what settles its promise
let questions = 0;
let settleSetup;

// What the test gave to this script: servers, people, proxies, options, folders.
export const setup = new Promise((resolve) => { settleSetup = resolve; });

export function tell(line) {
    writeSync(TO_TEST, JSON.stringify(line) + '\n');
}

// Asks the Perl side to do something; resolves to what it answers.
export function ask(action, ...parameters) {
    return new Promise((resolve, reject) => {
        waiting.set(++questions, { resolve, reject });
        tell({ ask: action, number: questions, arguments: parameters });
    });
}

function take(line) {
    const message = JSON.parse(line);
    if (message.setup) return settleSetup(message.setup);
    const { resolve, reject } = waiting.get(message.number);
    waiting.delete(message.number);
    return message.error ? reject(new Error(message.error)) : resolve(message.result);
}

createInterface({ input: process.stdin }).on('line', take).on('close', () => process.exit(1));
