/** RFC 9293 §3.8.6.2.2 with the deviation receive-space: the round trip that a receiver believes in, by what text echoes, and by how long a window of text takes. */

import { octetCount } from '../../base/octets.js';
import { timestampClock } from '../options.js';
import type { Duration, Instant } from '../rule.js';
import type { Segment } from '../segment.js';
import { segEnd, segLen } from '../segment.js';
import type { Seq } from '../seq.js';
import { add, before } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editSpace } from '../tcb.js';
import type { ReceiveSpace } from './space.js';

export interface ReceiverTrip {
  /** Eighths of a microsecond; 0 before anything was measured. */
  readonly eighths: number;
  /** TSecr of the last segment: what echoes the same tells nothing new. */
  readonly echo: number;
  /** The end of the window that is measured, and when it began. */
  readonly window: { readonly until: Seq; readonly since: Instant } | undefined;
}

/** Nothing has come yet. */
export const NO_TRIP: ReceiverTrip = { eighths: 0, echo: 0, window: undefined };

/** A segment whose ACK is acceptable, in ESTABLISHED: if it is no shorter than the peer's are believed to be, it echoes when it was asked for. */
export function withEcho(tcb: Tcb, seg: Segment, now: Instant): Tcb {
  const { space } = tcb;
  const echo = tcb.options.timestamps ? seg.options.timestamps?.ecr : undefined;
  if (space === undefined || echo === undefined || echo === space.trip.echo) return tcb;
  const eighths = eighthsByEcho(tcb, space, seg, (timestampClock(now) - echo) >>> 0, echo);
  return editSpace(tcb, { ...space, trip: { ...space.trip, echo, eighths } });
}

/** Microseconds of more ticks are no number of 31 bits. */
const MOST_TICKS = Math.floor((2 ** 31 - 1) / 1_000);

function eighthsByEcho(
  tcb: Tcb,
  { trip, segment }: ReceiveSpace,
  seg: Segment,
  ticks: number,
  echo: number,
): number {
  const { eighths } = trip;
  if (segLen(seg) < segment || echo === 0 || ticks === 0 || ticks >= MOST_TICKS) return eighths;
  const sample = ticks * 1_000;
  if (isShortest(trip, sample)) return 8 * sample;
  // While text waits for the user the peer may, too.
  if (octetCount(tcb.queued.received) > 0) return eighths;
  return eighths - Math.floor(eighths / 8) + sample;
}

/** Text at RCV.NXT: no more than a window of it comes in a round trip, and only the shortest counts. */
export function tripByWindow({ trip, told }: ReceiveSpace, seg: Segment, now: Instant) {
  const { window } = trip;
  const next = segEnd(seg);
  if (window !== undefined && before(next, window.until)) return trip;
  const known = { ...trip, window: { until: add(next, told), since: now } };
  if (window === undefined) return known;
  const sample = Math.max(1, now - window.since);
  return isShortest(trip, sample) ? { ...known, eighths: 8 * sample } : known;
}

function isShortest({ eighths }: ReceiverTrip, sample: Duration): boolean {
  return eighths === 0 || 8 * sample < eighths;
}
