/** A SEND of many segments: its cost for each segment must not grow with how many there are. */

import { createPair } from './churn.js';
import { median, print } from './measure.js';
import { costOfSend } from './one-send.js';

/** Processor microseconds a segment, of a SEND of `count` full segments until all are acknowledged. */
function costOf(count: number): number {
  return costOfSend(createPair(9), 64 * count, count, { mss: 64 });
}

/** The usual one of several: the machine has others to serve, and the first ones are compiled on the way. */
function usualCostOf(count: number): number {
  return median(Array.from({ length: 7 }, () => costOf(count)));
}

for (let i = 0; i < 10; i++) costOf(1_000);
const few = usualCostOf(100);
const many = usualCostOf(1_000);
print({
  name: 'a SEND of 1,000 segments, against 100',
  unit: 'us a segment',
  measured: many,
  peer: few,
  ratio: many / few,
  goal: { must: 2, aim: 1.3, better: 'less' },
});
