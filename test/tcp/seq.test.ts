import assert from 'node:assert/strict';
import fc from 'fast-check';
import { add, atOrBefore, distance, before as isBefore, latest, seq } from '../../src/tcp/seq.js';

const HALF = 2 ** 31;
const anySeq = () => fc.integer({ min: 0, max: 2 ** 32 - 1 }).map(seq);
const step = () => fc.integer({ min: -(2 ** 31 - 1), max: 2 ** 31 - 1 });

describe('sequence numbers (RFC 9293 §3.4)', () => {
  it('adding and measuring are inverse modulo 2^32', () => {
    fc.assert(
      fc.property(anySeq(), anySeq(), (a, b) => {
        assert.equal(add(a, distance(a, b)), b);
        assert.equal((distance(a, b) + distance(b, a)) % 2 ** 32, 0);
      }),
    );
  });

  it('steps add up, across 0 too', () => {
    fc.assert(
      fc.property(anySeq(), step(), step(), (a, m, n) => {
        assert.equal(add(add(a, m), n), add(a, m + n));
        assert.equal(add(a, 2 ** 32), a);
      }),
    );
  });

  it('b is ahead of a exactly when it is reached by fewer than 2^31 steps', () => {
    fc.assert(
      fc.property(anySeq(), anySeq(), (a, b) => {
        const steps = distance(a, b);
        assert.equal(isBefore(a, b), steps > 0 && steps < HALF);
        assert.equal(atOrBefore(a, b), steps < HALF);
      }),
    );
  });

  it('of two different numbers exactly one is before the other, unless they are 2^31 apart (WRP-07)', () => {
    fc.assert(
      fc.property(anySeq(), anySeq(), (a, b) => {
        const sides = Number(isBefore(a, b)) + Number(isBefore(b, a));
        assert.equal(sides, a === b || distance(a, b) === HALF ? 0 : 1);
      }),
    );
    assert.equal(isBefore(seq(0), seq(HALF)), false);
    assert.equal(isBefore(seq(HALF), seq(0)), false);
  });

  it('order does not depend on where the numbers lie', () => {
    fc.assert(
      fc.property(anySeq(), anySeq(), step(), (a, b, n) => {
        assert.equal(isBefore(add(a, n), add(b, n)), isBefore(a, b));
      }),
    );
  });

  it('the later of two is the one ahead', () => {
    assert.equal(latest(seq(2 ** 32 - 1), seq(3)), 3);
    assert.equal(latest(seq(3), seq(2 ** 32 - 1)), 3);
  });
});
