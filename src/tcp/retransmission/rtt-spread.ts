/** RFC 6298 §2: RTTVAR as deployed stacks keep it, the largest mean deviation of the last round trip (deviation rtt-spread). */

import type { Duration } from '../rule.js';
import type { Seq } from '../seq.js';
import { before } from '../seq.js';

/** Durations in microseconds, each four times a deviation, as RTO = SRTT + 4 * RTTVAR wants them. */
export interface RttSpread {
  /** The mean deviation: 3/4 of it, and a quarter of the newest. */
  readonly mean: Duration;
  /** The largest mean since `until` was sent; not less than `rto-min`. */
  readonly most: Duration;
  /** An ACK beyond this number ends the round trip. */
  readonly until: Seq;
}

/** The send variables after the ACK that gave the sample. */
interface Place {
  readonly una: Seq;
  readonly nxt: Seq;
}

interface Spread {
  readonly spread: RttSpread;
  readonly rttvar: Duration;
}

/** The first sample: RTTVAR is half of it, and at least a quarter of `rto-min`. */
export function firstSpread(r: Duration, rtoMin: Duration, { nxt }: Place): Spread {
  const most = Math.max(2 * r, rtoMin);
  return { spread: { mean: 2 * r, most, until: nxt }, rttvar: most / 4 };
}

/** A later sample, `error` away from SRTT. RTTVAR grows at once, and falls by a quarter of the difference once in a round trip. */
export function nextSpread(
  { spread, rttvar }: Spread,
  error: Duration,
  rtoMin: Duration,
  { una, nxt }: Place,
): Spread {
  const change = Math.abs(error) - spread.mean / 4;
  // A round trip that is shorter than before is no reason to wait longer: RFC 3522's observation.
  const mean = spread.mean + (error < 0 && change > 0 ? change / 8 : change);
  const most = Math.max(spread.most, mean);
  const grown = Math.max(4 * rttvar, mean > spread.most ? most : 0);
  if (!before(spread.until, una)) return { spread: { ...spread, mean, most }, rttvar: grown / 4 };
  const fallen = most < grown ? grown - (grown - most) / 4 : grown;
  return { spread: { mean, most: rtoMin, until: nxt }, rttvar: fallen / 4 };
}
