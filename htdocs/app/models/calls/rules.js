// rules.js - what calls keep to: their times, what a mesh bears, how connections are made. One object, which tests
// change.

import { signal } from '@preact/signals';

export const rules = {
  noAnswerMs: 45000,       // that a caller waits for somebody to answer
  ringMs: 60000,           // that a page rings at most: whoever called may have vanished
  connectMs: 45000,        // from the answer to the first picture or sound
  awayMs: 8000,            // that a page may take to be opened again
  resumeMs: 60000,         // after which it does not take up its call any more
  settleMs: 4000,          // after which a link that should be there is made by the other side
  leaveMs: 3000,           // that somebody may be missing from the server's list while the link still works
  restartAfterMs: 2000,    // of "disconnected", which often mends itself; "failed" comes some 30 s late
  restartEveryMs: 6000,
  giveUpMs: 45000,
  endedMs: 8000,           // that a page says what has become of a call
  iceTransportPolicy: 'all',
};

/** What a mesh bears, in which each sends to each: as the server has it configured, once it has been asked (ice.js). */
export const limits = signal({ video: 6, audio: 8 });
