/** Whose timer is next: as if every host were asked every time. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { book, createAlarm, nextWakeUp } from '../../src/sim/wake.js';

const hosts = 3;
/** A host sets its timer (undefined stops it, and nobody need be told), and then perhaps somebody looks. */
const moves = fc.array(
  fc.record({
    host: fc.nat({ max: hosts - 1 }),
    at: fc.option(fc.nat({ max: 30 }), { nil: undefined }),
    look: fc.boolean(),
  }),
  { maxLength: 100 },
);

describe('wake-ups', () => {
  it('come in the order of time and then of declaration, however often timers move', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const timers = new Map<number, number>();
        let alarm = createAlarm(hosts);
        for (const { host, at, look } of all) {
          if (at === undefined) timers.delete(host);
          else timers.set(host, at);
          if (at !== undefined) book(alarm, host, at);
          if (!look) continue;
          const found = nextWakeUp(alarm, (all, place) => all.get(place), timers);
          assert.equal(found, soonest(timers));
          alarm = alarm.slice();
        }
      }),
    );
  });
});

function soonest(timers: ReadonlyMap<number, number>): number {
  const all = [...timers].sort(([a, x], [b, y]) => x - y || a - b);
  return all[0]?.[0] ?? -1;
}
