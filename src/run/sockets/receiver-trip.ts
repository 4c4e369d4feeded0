/** The round trip that a receiver believes in, as Linux measures it (tcp_rcv_rtt_update): by the timestamps that text echoes, and by how long a window of text takes. */

import { timestampClock } from '../../tcp/options.js';
import type { Duration, Instant } from '../../tcp/rule.js';
import type { Segment } from '../../tcp/segment.js';
import { has, SYN, segEnd, segLen } from '../../tcp/segment.js';
import type { Seq } from '../../tcp/seq.js';
import { add, before as isBefore } from '../../tcp/seq.js';
import type { Tcb } from '../../tcp/tcb.js';
import { heldForUser } from '../../tcp/window.js';

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

/** What a socket still believes when its association is dissolved. */
export function tripAnew({ eighths }: ReceiverTrip): ReceiverTrip {
  return { ...NO_TRIP, eighths };
}

/** A segment that has arrived; `acked`: its ACK was acceptable. */
interface Come {
  readonly seg: Segment;
  readonly before: Tcb;
  readonly after: Tcb;
  readonly at: Instant;
  readonly acked: boolean;
}

/** What is believed after a segment. */
export function tripAfter(trip: ReceiverTrip, come: Come): ReceiverTrip {
  const { seg, before, after } = come;
  const told = come.acked && before.state === 'ESTABLISHED' ? withEcho(trip, come) : trip;
  const taken = seg.data.length > 0 && before.rcv.nxt !== after.rcv.nxt && !has(seg, SYN);
  return taken && !isBefore(before.rcv.nxt, seg.seq) ? withWindow(told, come) : told;
}

/** A segment that is no shorter than the peer's are believed to be echoes when it was asked for. */
function withEcho(trip: ReceiverTrip, { seg, before, at }: Come): ReceiverTrip {
  const echo = before.options.timestamps ? seg.options.timestamps?.ecr : undefined;
  if (echo === undefined || echo === trip.echo) return trip;
  const known = { ...trip, echo };
  const ticks = (timestampClock(at) - echo) >>> 0;
  const long = segLen(seg) >= (before.space?.segment ?? 0);
  if (!long || echo === 0 || ticks === 0 || ticks >= MOST_TICKS) return known;
  const sample = ticks * 1_000;
  if (isShortest(trip, sample)) return { ...known, eighths: 8 * sample };
  // While text waits for the user the peer may, too.
  if (heldForUser(before) > 0) return known;
  return { ...known, eighths: trip.eighths - Math.floor(trip.eighths / 8) + sample };
}

/** Microseconds of more ticks are no number of 31 bits. */
const MOST_TICKS = Math.floor((2 ** 31 - 1) / 1_000);

/** No more than a window of text comes in a round trip, and only the shortest counts. */
function withWindow(trip: ReceiverTrip, { seg, before, at }: Come): ReceiverTrip {
  const { window } = trip;
  const next = segEnd(seg);
  if (window !== undefined && isBefore(next, window.until)) return trip;
  const until = add(next, before.space?.told ?? before.rcv.wnd);
  const known = { ...trip, window: { until, since: at } };
  if (window === undefined) return known;
  const sample = Math.max(1, at - window.since);
  return isShortest(trip, sample) ? { ...known, eighths: 8 * sample } : known;
}

function isShortest({ eighths }: ReceiverTrip, sample: Duration): boolean {
  return eighths === 0 || 8 * sample < eighths;
}
