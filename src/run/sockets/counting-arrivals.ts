/** What Linux counts for `tcp_info` when a segment has arrived: what came, what the ACK tells, when it was. */

import { CE } from '../../tcp/ecn/ip.js';
import { isOpenEarly } from '../../tcp/fast-open.js';
import { isMereRequest } from '../../tcp/host/requests.js';
import { cameTwice } from '../../tcp/loss-recovery/scoreboard.js';
import { DEFAULT_MSS } from '../../tcp/options.js';
import { isPredicted } from '../../tcp/receiving/prediction.js';
import type { Instant } from '../../tcp/rule.js';
import type { Segment } from '../../tcp/segment.js';
import { ACK, FIN, has, RST, SYN, segEnd } from '../../tcp/segment.js';
import { paceOf } from '../../tcp/sending/pace.js';
import { add, atOrBefore, distance, before as isBefore } from '../../tcp/seq.js';
import { isSynchronized } from '../../tcp/states.js';
import type { Tcb } from '../../tcp/tcb.js';
import { fullSegment, rightEdge } from '../../tcp/window.js';
import type { Counts } from './counting.js';

/** A segment that has arrived, for a connection that was `before` and is `after` now; so many segments left that are new. */
export interface Arrived {
  readonly seg: Segment;
  readonly before: Tcb;
  readonly after: Tcb;
  readonly at: Instant;
  readonly left: number;
}

/** What is counted after a segment has arrived. */
export function countArrival(counts: Counts, arrived: Arrived): Counts {
  const { seg } = arrived;
  if (!has(seg, SYN) || isSynchronized(arrived.before.state)) return countOne(counts, arrived);
  return countOne({ ...counts, peerMss: seg.options.mss ?? DEFAULT_MSS }, arrived);
}

function countOne(counts: Counts, arrived: Arrived): Counts {
  const { seg, before, after, at } = arrived;
  const text = seg.data.length > 0 ? 1 : 0;
  if (before.state === 'LISTEN' || before.state === 'CLOSED') {
    // What was opened fast is a socket from its SYN on; what a cookie opens has had one.
    if (isOpenEarly(after)) return { ...counts, segmentsIn: 1, textsIn: text };
    if (!isSynchronized(after.state)) return counts;
  } else if (isMereRequest(before)) {
    if (!isSynchronized(after.state)) return counts;
  } else return countOwn(counts, arrived);
  const pace = paceOf(after, 0);
  const opened = { segmentsIn: 2, textsIn: text, sentAt: at, heardAt: at, ackedAt: at, pace };
  const heard = countHeard(countCapable({ ...counts, ...opened }, arrived), arrived);
  return { ...heard, heardAt: at };
}

function countOwn(counts: Counts, arrived: Arrived): Counts {
  const { seg, before, after, at } = arrived;
  // In TIME_WAIT there is only a record.
  if (before.state === 'TIME_WAIT') return counts;
  const text = seg.data.length > 0 ? 1 : 0;
  const segmentsIn = counts.segmentsIn + 1;
  const more = { ...counts, segmentsIn, textsIn: counts.textsIn + text };
  const opens = before.state === 'SYN_SENT' && isSynchronized(after.state);
  const opened = opens ? { ...more, sentAt: at, heardAt: at } : more;
  const heard = countHeard(countAck(opened, arrived), arrived);
  return countMarks(countCapable(heard, arrived), seg, before);
}

/** An ACK that is acceptable, and looked at: text that is expected is not, when it acknowledges nothing new. */
function countAck(counts: Counts, { seg, before, after, at, left }: Arrived): Counts {
  const { snd } = before;
  if (!has(seg, ACK) || !atOrBefore(snd.una, seg.ack) || !atOrBefore(seg.ack, snd.nxt))
    return counts;
  if (seg.ack === snd.una && seg.data.length > 0 && isPredicted(before, seg)) return counts;
  const twice = counts.twice + segmentsTwice(seg, before);
  const outstanding = before.retransmissions.length > 0;
  const pace = outstanding ? paceOf(after, left) : counts.pace;
  return { ...counts, ackedAt: at, twice, pace };
}

function segmentsTwice(seg: Segment, before: Tcb): number {
  const block = before.options.sack ? cameTwice(seg) : undefined;
  if (block === undefined) return 0;
  const octets = distance(block.left, block.right);
  if (octets === 0 || octets > before.snd.max) return 0;
  return Math.max(1, Math.ceil(octets / fullSegment(before)));
}

/** Text was taken in its order, or lies ahead. */
function countHeard(counts: Counts, { seg, before, after, at }: Arrived): Counts {
  const { data } = seg;
  const ahead = isBefore(before.rcv.nxt, seg.seq) && isSynchronized(after.state);
  const looked = !has(seg, RST) && has(seg, ACK) && atOrBefore(seg.ack, before.snd.nxt);
  if (ahead && looked && (data.length > 0 || has(seg, FIN)) && isHeld(after, seg))
    return { ...counts, aheadIn: counts.aheadIn + 1 };
  const taken = data.length > 0 && before.rcv.nxt !== after.rcv.nxt && !has(seg, SYN);
  return taken ? { ...counts, heardAt: at } : counts;
}

/** Whether what a segment begins with is held ahead of RCV.NXT. */
export function isHeld({ queued }: Tcb, { seq }: Segment): boolean {
  return queued.outOfOrder.some((piece) =>
    piece.some((held) => atOrBefore(held.seq, seq) && isBefore(seq, segEnd(held))),
  );
}

/**
 * Linux looks for marks on all that is acceptable in ESTABLISHED, unless classic ECN was agreed on: then on text that it takes, or
 * holds, in any state.
 */
function countCapable(counts: Counts, { seg, before, after }: Arrived): Counts {
  if (!seg.ecn || counts.capableIn) return counts;
  const seen =
    before.options.ecn?.mode === 'classic' ? isTaken(seg, before, after) : isLookedAt(seg, before);
  return seen ? { ...counts, capableIn: true } : counts;
}

function isTaken(seg: Segment, before: Tcb, after: Tcb): boolean {
  if (seg.data.length === 0) return false;
  return before.rcv.nxt !== after.rcv.nxt || before.queued.outOfOrder !== after.queued.outOfOrder;
}

function isLookedAt({ ctl, seq, data }: Segment, before: Tcb): boolean {
  if (before.state !== 'ESTABLISHED' || (ctl & (SYN | RST | ACK)) !== ACK) return false;
  const end = add(seq, data.length);
  return !isBefore(end, before.rcv.nxt) && !isBefore(rightEdge(before), seq);
}

function countMarks(counts: Counts, seg: Segment, before: Tcb): Counts {
  if (!seg.ecn || !isLookedAt(seg, before)) return counts;
  const octetsIn = counts.octetsIn.map((octets, codepoint) =>
    codepoint === seg.ecn ? octets + seg.data.length : octets,
  ) as unknown as Counts['octetsIn'];
  return { ...counts, octetsIn, markedIn: counts.markedIn + (seg.ecn === CE ? 1 : 0) };
}
