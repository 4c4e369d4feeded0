/** Timers that are kept in ticks (`timer-delay`): the longer one runs, the coarser are its ticks. */

import assert from 'node:assert/strict';
import { inTicks, late, lateAgain } from '../../src/tcp/timers.js';

const second = 1_000_000;

describe('late timers', () => {
  const rows = [
    [0, 2_000],
    [200_000, 202_000],
    [300_000, 316_000],
    [second, second + 16_000],
    [3 * second, 3 * second + 128_000],
    [20 * second, 20 * second + 1_024_000],
    [120 * second, 120 * second + 1_024_000],
  ] as const;
  for (const [duration, taken] of rows) {
    it(`${duration} us take ${taken}`, () => {
      assert.equal(late(duration, { timerDelay: 2_000 }), taken);
      assert.equal(late(duration, { timerDelay: 0 }), duration);
    });
  }

  const again = [
    [200_000, 200_000, 204_000],
    [400_000, 200_000, 416_000],
    [800_000, 400_000, 832_000],
    [second, second, 1_024_000],
    [2 * second, second, 2_016_000],
    [3 * second, second, 3_128_000],
    [4 * second, 3 * second, 4_096_000],
  ] as const;
  for (const [duration, before, taken] of again) {
    it(`${duration} us that begin as a timer of ${before} goes off take ${taken}`, () => {
      assert.equal(lateAgain(duration, before, { timerDelay: 2_000 }), taken);
      assert.equal(lateAgain(duration, before, { timerDelay: 0 }), duration);
    });
  }

  const measured = [
    [200_000, 0, 204_000],
    [200_100, 100, 204_000],
    [300_000, 100_000, 300_000],
    [302_000, 101_000, 304_000],
  ] as const;
  for (const [duration, trip, ticks] of measured) {
    it(`${duration} us that come of a round trip of ${trip} are ticks of ${ticks}`, () => {
      assert.equal(inTicks(duration, trip, { timerDelay: 2_000 }), ticks);
      assert.equal(inTicks(duration, trip, { timerDelay: 0 }), duration);
    });
  }
});
