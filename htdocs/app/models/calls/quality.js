// quality.js - how well somebody comes through: from what was lost and how long it took since the last look.

const POOR = { lost: 0.08, delay: 0.6 };
const FAIR = { lost: 0.02, delay: 0.25 };

function add(stats) {
  const sum = { lost: 0, received: 0, delay: 0 };
  for (const report of stats.values()) {
    if (report.type === 'inbound-rtp') {
      sum.lost += report.packetsLost ?? 0;
      sum.received += report.packetsReceived ?? 0;
    } else if (report.type === 'candidate-pair' && report.nominated && report.currentRoundTripTime !== undefined) {
      sum.delay = Math.max(sum.delay, report.currentRoundTripTime);
    }
  }
  return sum;
}

/** {quality: 'good', 'fair' or 'poor', sum}; the sum is `last` of the next time. */
export function measure(stats, last) {
  const sum = add(stats);
  const before = last ?? sum;
  const lost = Math.max(0, sum.lost - before.lost);
  const share = lost / Math.max(1, lost + sum.received - before.received);
  const exceeds = (most) => share > most.lost || sum.delay > most.delay;
  if (exceeds(POOR)) return { quality: 'poor', sum };
  return { quality: exceeds(FAIR) ? 'fair' : 'good', sum };
}
