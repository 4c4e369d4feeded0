/** Whose timer is next: as if every host were asked every time, at the cost of one look. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { book, copyAlarm, createAlarm, nextWakeUp } from '../../src/sim/wake.js';

const hosts = ['a', 'b', 'c'];
/** A host sets its timer (undefined stops it), and then perhaps somebody looks. */
const moves = fc.array(
  fc.record({
    host: fc.constantFrom(...hosts),
    at: fc.option(fc.nat({ max: 30 }), { nil: undefined }),
    look: fc.boolean(),
  }),
  { maxLength: 100 },
);

describe('wake-ups', () => {
  it('come in the order of time and then of declaration, however often timers move', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const timers = new Map<string, number>();
        let alarm = createAlarm();
        for (const { host, at, look } of all) {
          if (at === undefined) timers.delete(host);
          else timers.set(host, at);
          book(alarm, host, hosts.indexOf(host), at);
          if (!look) continue;
          const found = nextWakeUp(alarm, (name) => timers.get(name));
          assert.deepEqual(found && [found.at, found.host], soonest(timers));
          alarm = copyAlarm(alarm);
        }
      }),
    );
  });

  it('a timer that is moved away a thousand times leaves one entry', () => {
    const alarm = createAlarm();
    for (let at = 1; at <= 1_000; at++) book(alarm, 'a', 0, at);
    assert.equal(alarm.heap.length, 1);
    assert.deepEqual(nextWakeUp(alarm, () => 1_000)?.at, 1_000);
  });
});

function soonest(timers: ReadonlyMap<string, number>) {
  const all = hosts.flatMap((host) => {
    const at = timers.get(host);
    return at === undefined ? [] : [[at, host] as const];
  });
  return all.sort(([a], [b]) => a - b)[0]?.slice();
}
