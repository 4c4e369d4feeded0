/** RFC 5681, RFC 9438: what a window of Reno and of CUBIC does beyond ssthresh, by the words of their sections. */

import assert from 'node:assert/strict';
import {
  afterReduction,
  avoid,
  type Cubic,
  NOT_REDUCED,
  reducedWindow,
} from '../../src/tcp/congestion/cubic.js';
import { plateauAfter, timeIn, windowAt } from '../../src/tcp/congestion/cubic-curve.js';
import { settings } from '../../src/tcp/settings.js';

const RTT = 100_000;
const RENO = settings({ congestionAlgorithm: 'reno' });
const CUBIC = settings({ congestionAlgorithm: 'cubic' });

/** Round trips in which all of the window arrives, one segment after the other; what the window is after each. */
function windows(
  cubic: Cubic,
  window: number,
  trips: number,
  algorithm = CUBIC,
): readonly number[] {
  let [state, size] = [cubic, window];
  const sizes: number[] = [];
  for (let trip = 0; trip < trips; trip++) {
    const arriving = size;
    for (let i = 0; i < arriving; i++) {
      const now = trip * RTT + Math.floor((i * RTT) / arriving);
      const after = avoid(algorithm, state, size, 1, now, RTT);
      [state, size] = [after.cubic, after.window];
    }
    sizes.push(size);
  }
  return sizes;
}

describe('Reno', () => {
  it('a loss halves the window, and two are left at least (RFC 5681 §3.1)', () => {
    assert.deepEqual(
      [1, 3, 10, 31].map((window) => reducedWindow(RENO, window)),
      [2, 2, 5, 15],
    );
  });

  it('it grows by one segment each round trip (RFC 5681 §3.1)', () => {
    assert.deepEqual(windows(NOT_REDUCED, 5, 4, RENO), [6, 7, 8, 9]);
  });
});

describe('CUBIC (deviation congestion-algorithm)', () => {
  it('a loss reduces the window to 0.7, and to two at least (§4.6)', () => {
    assert.deepEqual(
      [1, 3, 10, 30, 90, 100].map((window) => reducedWindow(CUBIC, window)),
      [2, 2, 7, 21, 63, 70],
    );
  });

  it('a small window grows as that of Reno would (§4.3)', () => {
    const sizes = windows(afterReduction(undefined, 10), 7, 20);
    // alpha_cubic: about half a segment each round trip.
    assert.ok((sizes.at(-1) ?? 0) >= 15 && (sizes.at(-1) ?? 0) <= 20, sizes.join(' '));
    assert.deepEqual(
      sizes,
      [...sizes].sort((a, b) => a - b),
    );
  });

  it('a large one comes back to W_max in K, slower and slower, and goes beyond it (§4.2)', () => {
    const most = 1_000;
    const begins = reducedWindow(CUBIC, most);
    const k = Math.cbrt((most - begins) / 0.4);
    const trips = Math.round((k * 1_000_000) / RTT);
    const sizes = windows(afterReduction(undefined, most), begins, 2 * trips);
    const at = (part: number) => sizes[Math.round(part * trips)] ?? 0;
    assert.ok(Math.abs(at(1) - most) < most / 50, `${at(1)} after ${trips} round trips`);
    assert.ok(at(0.5) - begins > 3 * (at(1) - at(0.5)), `${at(0.5)}, ${at(1)}`);
    assert.ok(at(1.8) - at(1.4) > at(1.2) - at(1), `${at(1.4)}, ${at(1.8)}`);
  });

  it('K and W_cubic are rounded as deployed stacks round them (§4.2)', () => {
    // What tcp_cubic.c gives, compiled for itself.
    assert.deepEqual(
      [0, 1, 2, 3, 5, 9, 30, 100, 1_000, 5_000].map(plateauAfter),
      [0, 1_388, 1_750, 2_003, 2_375, 2_889, 4_316, 6_451, 13_897, 23_753],
    );
    assert.deepEqual(
      [0, 1, 250].map((ticks) => timeIn(ticks, 100_001)),
      [106, 110, 1_130],
    );
    const at = (t: number) => windowAt(t, plateauAfter(30), 100);
    assert.deepEqual([0, 2_158, 4_316, 5_703, 5_706, 8_632].map(at), [71, 97, 100, 100, 101, 129]);
  });

  it('it grows by half at most while all of it arrives (§4.4)', () => {
    const sizes = windows({ ...NOT_REDUCED, most: 1_000_000 }, 10, 5);
    sizes.forEach((size, i) => {
      const before = i === 0 ? 10 : (sizes[i - 1] ?? 0);
      assert.ok(size <= Math.ceil(1.5 * before) + 1, sizes.join(' '));
    });
  });

  it('a loss below the last W_max makes room for others (§4.7)', () => {
    const first = afterReduction(undefined, 100);
    assert.equal(first.most, 100);
    assert.equal(afterReduction(first, 80).most, 68);
    assert.equal(afterReduction(first, 120).most, 120);
  });
});
