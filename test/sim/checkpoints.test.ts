/** How many copies of a state are kept, and which. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createCheckpoints } from '../../src/sim/checkpoints.js';

/** Checkpoints of states of this size, taken whenever one is due, over so many steps. */
function taken(steps: number, size: number, interval: number, budget: number) {
  const checkpoints = createCheckpoints(interval, { index: 0, state: 0, size }, budget);
  let copies = 1;
  for (let index = 1; index <= steps; index++) {
    if (!checkpoints.isDue(index)) continue;
    checkpoints.keep({ index, state: index, size });
    copies += 1;
  }
  return { checkpoints, copies };
}

describe('checkpoints', () => {
  it('the nearest one lies before the step that is asked for', () => {
    const sizes = fc.integer({ min: 1, max: 100 });
    fc.assert(
      fc.property(sizes, fc.nat({ max: 999 }), (size, asked) => {
        const { checkpoints } = taken(1_000, size, 4, 1_000);
        const { index, state } = checkpoints.nearest(asked);
        assert.ok(index <= asked);
        assert.equal(state, index);
      }),
    );
  });

  it('copying costs a few entries a step, however large the state is', () => {
    for (const size of [1, 100, 10_000]) {
      const { copies } = taken(10_000, size, 1, 1e9);
      assert.ok((copies - 1) * size <= 4 * 10_000, `${copies} copies of ${size} entries`);
    }
  });

  it('when all together grow too large every second one goes, and later ones are farther apart', () => {
    const { checkpoints, copies } = taken(10_000, 10, 10, 1_000);
    const kept = new Set<number>();
    for (let i = 0; i <= 10_000; i++) kept.add(checkpoints.nearest(i).index);
    assert.ok(kept.size <= 100, `${kept.size} of 10 entries each are kept`);
    assert.ok(kept.size >= 40, `${kept.size} kept`);
    assert.ok(copies < 600, `${copies} taken`);
    const gaps = [...kept].map((index, i, all) => (all[i + 1] ?? 10_000) - index);
    assert.ok(Math.max(...gaps) <= 320, `${Math.max(...gaps)} steps between two`);
  });

  it('a remembered state serves until another future begins', () => {
    const { checkpoints } = taken(100, 1, 50, 1_000);
    checkpoints.remember({ index: 77, state: 77, size: 1 }, 80);
    assert.equal(checkpoints.nearest(80).index, 77);
    assert.equal(checkpoints.nearest(76).index, 50);
    checkpoints.forgetAfter(60);
    assert.equal(checkpoints.nearest(80).index, 50);
  });
});
