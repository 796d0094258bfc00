// tone.js - the tones of calls: one for who is called, a lower one for who calls. Browsers that allow no sound yet stay
// silent.

const PATTERNS = {
  incoming: { notes: [[587, 0], [740, 0.18], [880, 0.36]], every: 2.4, volume: 0.12 },
  outgoing: { notes: [[440, 0]], every: 3, volume: 0.05 },
};

/** Plays a pattern until the function that it returns is called. */
export function playTone(name) {
  const { notes, every, volume } = PATTERNS[name];
  const audio = new AudioContext();
  const play = () => {
    for (const [frequency, delay] of notes) {
      const from = audio.currentTime + delay;
      const tone = new OscillatorNode(audio, { frequency });
      const gain = new GainNode(audio, { gain: 0 });
      gain.gain.setValueAtTime(volume, from);
      gain.gain.exponentialRampToValueAtTime(0.0001, from + 0.4);
      tone.connect(gain).connect(audio.destination);
      tone.start(from);
      tone.stop(from + 0.4);
    }
  };
  play();
  const timer = setInterval(play, every * 1000);
  return () => {
    clearInterval(timer);
    audio.close();
  };
}
