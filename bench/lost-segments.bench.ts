/** A flight of which some segments are lost: what each costs until all are acknowledged must hardly grow with how many are under way. */

import type { World } from '../src/sim/world.js';
import { createPair } from './churn.js';
import { print } from './measure.js';
import { costOfSend } from './one-send.js';

/** Two hosts with SACK, a listener, and a link that loses one segment in a hundred. */
function createLossy(): World {
  const config = { sack: true, mss: 8, window: 1_000_000, windowScale: 7 };
  return createPair(9, config, { delay: 10_000, loss: 0.01 });
}

/** Processor microseconds a segment, of a SEND of `count` segments that leave at once. */
function costOf(count: number): number {
  return costOfSend(createLossy(), 8 * count, count);
}

costOf(10_000);
const few = Math.min(costOf(2_000), costOf(2_000), costOf(2_000));
const many = costOf(20_000);
print({
  name: 'a lossy flight of 20,000 segments, against 2,000',
  unit: 'us a segment',
  measured: many,
  peer: few,
  ratio: many / few,
  goal: { must: 4, aim: 2, better: 'less' },
});
