/** RFC 5682 §2.1 F-RTO; RFC 3522 and RFC 4015 (Eifel): whether an RTO was spurious, and what is taken back then (deviation spurious-timeout). */

import { timestampBefore, timestampClock } from './options.js';
import type { Instant } from './rule.js';
import type { Segment } from './segment.js';
import { segLen } from './segment.js';
import { add, before } from './seq.js';
import type { Tcb } from './tcb.js';

/** What is remembered from before the RTO, and how far F-RTO has come. */
export interface Suspicion {
  readonly window: number;
  readonly threshold: number;
  /** TSval of the first retransmission. */
  readonly stamp: number;
  /**
   * RFC 5682 §2.1: nothing was acknowledged yet (1); new text is to be tried before what may be lost (2b); it was, or there was none.
   */
  readonly step: 'first' | 'new' | 'over';
}

/** After an RTO; what an earlier one of the same loss has remembered stays. */
export function suspected(tcb: Tcb, window: number, threshold: number, now: Instant): Suspicion {
  const known = tcb.rto.congestion?.loss?.suspicion;
  if (known !== undefined) return { ...known, step: 'first' };
  return { window, threshold, stamp: timestampClock(now), step: 'first' };
}

/**
 * An ACK of new data tells that the RTO was spurious: its TSecr is older than the retransmission (RFC 3522 §3.2), or it covers
 * what was never sent again (RFC 5682 §2.1, 3b). `acked` segments of the queue are acknowledged.
 */
export function isSpurious(tcb: Tcb, seg: Segment, acked: number): boolean {
  const loss = tcb.rto.congestion?.loss;
  const suspicion = loss?.suspicion;
  if (loss === undefined || suspicion === undefined) return false;
  const ecr = tcb.options.timestamps ? (seg.options.timestamps?.ecr ?? 0) : 0;
  if (ecr !== 0 && timestampBefore(ecr, suspicion.stamp)) return true;
  const left = tcb.retransmissions.slice(0, acked);
  // Without SACK an ACK of both does not tell which of them arrived.
  if (!tcb.options.sack && left.some(({ retransmissions }) => retransmissions > 0)) return false;
  return left.some(
    ({ segment, retransmissions }) =>
      retransmissions === 0 && !before(loss.until, add(segment.seq, segLen(segment))),
  );
}
