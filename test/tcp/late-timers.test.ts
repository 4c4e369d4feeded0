/** Timers that are kept in ticks (`timer-delay`): the longer one runs, the coarser are its ticks. */

import assert from 'node:assert/strict';
import { late } from '../../src/tcp/timers.js';

const second = 1_000_000;

describe('late timers', () => {
  const rows = [
    [0, 2_000],
    [200_000, 202_000],
    [300_000, 312_000],
    [second, second + 12_000],
    [3 * second, 3 * second + 96_000],
    [20 * second, 20 * second + 768_000],
    [120 * second, 120 * second + 768_000],
  ] as const;
  for (const [duration, taken] of rows) {
    it(`${duration} us take ${taken}`, () => {
      assert.equal(late(duration, { timerDelay: 2_000 }), taken);
      assert.equal(late(duration, { timerDelay: 0 }), duration);
    });
  }
});
