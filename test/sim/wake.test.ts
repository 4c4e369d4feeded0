/** Whose timer is next: the soonest, and of two at one instant the host declared first. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { book, createAlarm, nextWakeUp } from '../../src/sim/wake.js';

const hosts = 3;
/** A host sets its timer, or stops it (undefined). */
const moves = fc.array(
  fc.record({
    host: fc.nat({ max: hosts - 1 }),
    at: fc.option(fc.nat({ max: 30 }), { nil: undefined }),
  }),
  { maxLength: 100 },
);

describe('wake-ups', () => {
  it('come in the order of time and then of declaration, however often timers move', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const timers = new Map<number, number>();
        const alarm = createAlarm(hosts);
        for (const { host, at } of all) {
          if (at === undefined) timers.delete(host);
          else timers.set(host, at);
          book(alarm, host, at);
          assert.equal(nextWakeUp(alarm), soonest(timers));
        }
      }),
    );
  });
});

function soonest(timers: ReadonlyMap<number, number>): number {
  const all = [...timers].sort(([a, x], [b, y]) => x - y || a - b);
  return all[0]?.[0] ?? -1;
}
