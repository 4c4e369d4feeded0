/** Randomness: a value that can be copied, one stream for each purpose. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RandomState } from '../../src/base/random.js';
import { next, nextFraction, stream } from '../../src/base/random.js';

const seeds = fc.maxSafeNat();

describe('random', () => {
  it('gives the same draws for the same seed and label', () => {
    fc.assert(
      fc.property(seeds, fc.string(), (seed, label) => {
        assert.deepEqual(draws(stream(seed, label), 20), draws(stream(seed, label), 20));
      }),
    );
  });

  it('gives every purpose, and every seed, dice of its own', () => {
    const states = new Set<RandomState>();
    for (let seed = 0; seed < 100; seed++) {
      for (const label of ['link a->b loss', 'link b->a loss', 'link a->b jitter', 'isn a']) {
        states.add(stream(seed, label));
      }
    }
    assert.equal(states.size, 400);
    assert.notEqual(stream(1, 'x'), stream(1 + 2 ** 32, 'x'), 'the high bits of a seed count too');
  });

  it('draws the numbers that it always drew, on every platform', () => {
    const drawn = draws(stream(42, 'link client->server loss'), 3);
    assert.deepEqual(drawn, [503_100_647, 648_694_311, 1_889_778_271]);
  });

  it('draws fractions from 0 up to but not including 1, evenly', () => {
    let state = stream(7, 'evenness');
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const [fraction, moved] = nextFraction(state);
      assert.ok(fraction >= 0 && fraction < 1);
      const tenth = Math.floor(fraction * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
      state = moved;
    }
    for (const count of tenths) assert.ok(count > 850 && count < 1150, `${tenths}`);
  });
});

function draws(state: RandomState, count: number): readonly number[] {
  const values: number[] = [];
  for (let i = 0; i < count; i++) {
    const [value, moved] = next(state);
    values.push(value);
    state = moved;
  }
  return values;
}
