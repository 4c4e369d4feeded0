/** RFC 5681 §3.1: "if the SYN or SYN/ACK is lost, the initial window ... MUST be one segment"; deployed stacks forgive one loss. */

import { frontOf } from '../../base/pieces.js';
import type { Congestion } from '../congestion.js';
import { isOpenEarly } from '../fast-open.js';
import { timestampBefore, timestampClock } from '../options.js';
import { doubled } from '../retransmission/give-up.js';
import type { SentSegment } from '../retransmission/sent-queue.js';
import type { Duration } from '../rule.js';
import { has, type Segment, SYN } from '../segment.js';
import { add } from '../seq.js';
import { haveSynsCrossed } from '../states.js';
import type { Tcb } from '../tcb.js';
import { late, lateAgain } from '../timers.js';
import { uncongested } from './flight.js';

/** So many retransmissions of a SYN or SYN,ACK say nothing of the path. */
const FORGIVEN = 1;

/**
 * Whether the first window is one segment, as `seg` acknowledges a SYN that went again more often: not when its TSecr
 * is of the first SYN (RFC 3522), nor of a fast open, whose text left before, or has arrived though it went with the first SYN
 * alone (RFC 5682). When the SYNs have crossed and SACK is agreed on, the loss is over before the window is chosen.
 */
export function beginsWithOne(tcb: Tcb, seg: Segment): boolean {
  const front = frontOf(tcb.retransmissions);
  if (front === undefined || !has(front.segment, SYN) || front.retransmissions <= FORGIVEN) {
    return false;
  }
  if (!tcb.rto.synRetransmitted || isOpenEarly(tcb) || hasTextArrived(tcb, seg)) return false;
  if (haveSynsCrossed(tcb)) return !tcb.options.sack;
  const ecr = seg.options.timestamps?.ecr ?? 0;
  return ecr === 0 || !timestampBefore(ecr, secondStamp(tcb, front));
}

/** All text of the first SYN is acknowledged: no other had it. Without SACK what went again may have been meant. */
function hasTextArrived({ fastOpen, settings, options, iss }: Tcb, { ack }: Segment): boolean {
  if (fastOpen?.role !== 'client' || fastOpen.text === 0 || !options.sack) return false;
  return settings.spuriousTimeout === 'undo' && ack === add(iss, 1 + fastOpen.text);
}

/** Without SACK the loss of the SYN is over when something after it is acknowledged (RFC 6582 §4): until then duplicates tell nothing. */
export function holdsSynLoss({ open, rto, options, snd, iss }: Tcb): boolean {
  return open === 'active' && rto.synRetransmitted && !options.sack && snd.una === add(iss, 1);
}

/** The timestamp clock half an RTO after the first SYN. */
function secondStamp(tcb: Tcb, { sentAt, retransmissions }: SentSegment): number {
  return timestampClock(Math.max(0, sentAt - waited(tcb, retransmissions) + tcb.settings.rto / 2));
}

/** What so many RTOs have taken, of which the first ones may be equal (deviation syn-linear-timeouts). */
function waited({ state, settings }: Tcb, count: number): Duration {
  const linear = state === 'SYN_SENT' ? settings.synLinearTimeouts : 0;
  const rto = (times: number) => doubled(settings.rto, times - linear, settings);
  let sum = late(rto(0), settings);
  for (let i = 1; i < count; i++) sum += lateAgain(rto(i), rto(i - 1), settings);
  return sum;
}

/** The window of SYNs that have crossed while one is lost, until it is acknowledged: no room for anything else (deviation crossing-options). */
export function whileSynIsLost(tcb: Tcb): Congestion | undefined {
  const { rto, settings } = tcb;
  const crosses = settings.crossingOptions === 'all' && settings.initialWindow !== undefined;
  if (!crosses || !haveSynsCrossed(tcb)) return rto.congestion;
  return { ...(rto.congestion ?? uncongested(tcb)), window: 1 };
}
