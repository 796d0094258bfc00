// speaking.js - who speaks: the loudness of what is received, a few times a second.

import { signal } from '@preact/signals';

const LOOK_MS = 250;
const LOUD = 0.03;
const HOLD = 4; // looks for which somebody still speaks after a pause

/** Follows a link's sound. Returns {isSpeaking: signal, stop()}. */
export function followSpeaking(link) {
  const isSpeaking = signal(false);
  let held = 0;
  const timer = setInterval(() => {
    const receiver = link.connection.getReceivers().find((one) => one.track.kind === 'audio');
    const level = Math.max(0, ...(receiver?.getSynchronizationSources() ?? []).map((source) => source.audioLevel ?? 0));
    held = level > LOUD ? HOLD : Math.max(0, held - 1);
    isSpeaking.value = held > 0;
  }, LOOK_MS);
  return { isSpeaking, stop: () => clearInterval(timer) };
}
