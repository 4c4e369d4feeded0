/** How virtual time is written. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { printDuration, printInstant } from '../../src/base/time.js';

describe('time', () => {
  it('writes an instant as seconds with six decimals', () => {
    assert.equal(printInstant(0), '0.000000');
    assert.equal(printInstant(10_000), '0.010000');
    assert.equal(printInstant(240_030_001), '240.030001');
  });

  it('writes a duration in the unit that suits it', () => {
    const texts = [0, 1, 999, 1_000, 1_500, 10_000, 999_999, 1_000_000, 1_500_000, 240_000_000];
    assert.deepEqual(texts.map(printDuration), [
      ...['0 s', '1 us', '999 us', '1 ms', '1.5 ms', '10 ms', '999.999 ms'],
      ...['1 s', '1.5 s', '240 s'],
    ]);
  });

  it('writes two different durations differently', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (a, b) => {
        assert.equal(printDuration(a) === printDuration(b), a === b);
      }),
    );
  });
});
