/** What Linux counts of a connection for `tcp_info`: segments and octets both ways, time-outs, and when something came or left last. */

import { withoutFirst } from '../../base/pieces.js';
import { isMereRequest } from '../../tcp/host/requests.js';
import { countMarked } from '../../tcp/loss-recovery/scoreboard.js';
import { countAcked } from '../../tcp/retransmission/sent-queue.js';
import type { Duration, Instant, Microstep } from '../../tcp/rule.js';
import type { Segment } from '../../tcp/segment.js';
import { ECE, has, RST, SYN } from '../../tcp/segment.js';
import { isSynchronized } from '../../tcp/states.js';
import type { Tcb } from '../../tcp/tcb.js';
import { type DeliveryRate, NO_RATE, rateAnew } from './delivery-rate.js';
import type { Holdups } from './holdups.js';
import { heldUp, NEVER_HELD_UP } from './holdups.js';

export interface Counts {
  /** When the connection was seen first. */
  readonly since: Instant;
  /** Segments that arrived at the peer, and of these those whose ACK had ECE. */
  readonly delivered: number;
  readonly deliveredMarked: number;
  /** The MSS that the peer's SYN offers. */
  readonly peerMss: number | undefined;
  readonly segmentsIn: number;
  readonly textsIn: number;
  /** Text or a FIN ahead of RCV.NXT. */
  readonly aheadIn: number;
  /** Text has come with a mark of ECN, whatever was agreed. */
  readonly capableIn: boolean;
  /** Segments with CE, and octets of text by the IP-ECN field. */
  readonly markedIn: number;
  readonly octetsIn: readonly [notEct: number, ect1: number, ect0: number, ce: number];
  readonly segmentsOut: number;
  readonly textsOut: number;
  readonly octetsOut: number;
  /** Sent again: SYNs and SYN,ACKs, too. */
  readonly retransmitted: number;
  readonly octetsAgain: number;
  /** Segments of which the peer has told that they came twice. */
  readonly twice: number;
  /** Retransmission time-outs, how many of them were the first in a row, and how long it took until something was acknowledged. */
  readonly timeouts: number;
  /** Those of its request. */
  readonly requestTimeouts: number;
  readonly timeoutRows: number;
  readonly timeoutTime: Duration;
  readonly timeoutSince: Instant | undefined;
  /** When text left, text came, and an ACK came last. */
  readonly sentAt: Instant | undefined;
  readonly heardAt: Instant | undefined;
  readonly ackedAt: Instant | undefined;
  /** Octets a second; undefined before an ACK has told anything. */
  readonly pace: number | undefined;
  readonly holdups: Holdups;
  readonly rate: DeliveryRate;
  /** Pages of memory that are reserved and not used. */
  readonly sparePages: number;
}

const NOTHING: Counts = {
  since: 0,
  delivered: 0,
  deliveredMarked: 0,
  peerMss: undefined,
  segmentsIn: 0,
  textsIn: 0,
  aheadIn: 0,
  capableIn: false,
  markedIn: 0,
  octetsIn: [0, 0, 0, 0],
  segmentsOut: 0,
  textsOut: 0,
  octetsOut: 0,
  retransmitted: 0,
  octetsAgain: 0,
  twice: 0,
  timeouts: 0,
  requestTimeouts: 0,
  timeoutRows: 0,
  timeoutTime: 0,
  timeoutSince: undefined,
  sentAt: undefined,
  heardAt: undefined,
  ackedAt: undefined,
  pace: undefined,
  holdups: NEVER_HELD_UP,
  rate: NO_RATE,
  sparePages: 0,
};

/** A connection of which nothing was counted by now. */
export function beginCounting(since: Instant): Counts {
  return { ...NOTHING, since };
}

/** What stays of what was counted when an association is dissolved. */
export function countAnew({ rate }: Counts): Counts {
  return { ...NOTHING, rate: rateAnew(rate) };
}

/** A rule that has run on a connection, and the segment that has arrived at that instant, if one has. */
export interface Ran {
  readonly step: Microstep;
  readonly before: Tcb;
  readonly after: Tcb;
  readonly at: Instant;
  readonly segment: Segment | undefined;
}

/** What is counted after a rule has run. */
export function countStep(counts: Counts, ran: Ran): Counts {
  const { step, before, after, at } = ran;
  const sent = countSent(counts, ran);
  const counted = countTimeout(countDelivered(sent, ran), step, before, at);
  const moved = before.snd.una !== after.snd.una && before.retransmissions.length > 0;
  return moved ? timeoutOver(counted, at) : counted;
}

function countSent(counts: Counts, ran: Ran): Counts {
  const { step, before, after, at, segment: heard } = ran;
  let { segmentsOut, textsOut, octetsOut, retransmitted, octetsAgain, sentAt } = counts;
  // What a request or a record answers, and resets that answer something, are no socket's.
  const own = !isMereRequest(after) && before.state !== 'TIME_WAIT' && before.state !== 'LISTEN';
  let any = false;
  for (const effect of step.effects) {
    if (effect.kind !== 'send') continue;
    const { segment, retransmission } = effect;
    any = true;
    if (retransmission) retransmitted += 1;
    const ofRequest = has(segment, SYN) && after.open === 'passive';
    if (!own || ofRequest || (heard && has(segment, RST))) continue;
    segmentsOut += 1;
    const { length } = segment.data;
    if (length === 0) continue;
    textsOut += 1;
    octetsOut += length;
    if (retransmission) octetsAgain += length;
    sentAt = at;
  }
  if (!any) return counts;
  return { ...counts, segmentsOut, textsOut, octetsOut, retransmitted, octetsAgain, sentAt };
}

/** SYN and SYN,ACK count; a SYN and its text are one. */
function countDelivered(counts: Counts, ran: Ran): Counts {
  const {
    step: { rule },
    before,
    after,
    segment: seg,
  } = ran;
  const more =
    rule.id === LOSS
      ? deliveredByLoss(before, after, seg)
      : deliveredByAck(before, after) + crossed(before, after, seg);
  if (more === 0) return counts;
  const ece = seg !== undefined && has(seg, ECE) && before.options.ecn?.mode === 'classic';
  const marked = ece && isSynchronized(before.state) ? more : 0;
  const deliveredMarked = counts.deliveredMarked + marked;
  return { ...counts, delivered: counts.delivered + more, deliveredMarked };
}

const LOSS = 'other-states/5-loss';

/** What the rule of losses has found to have arrived: the ACK takes the first of these off the queue afterwards. */
function deliveredByLoss(before: Tcb, { rto }: Tcb, seg: Segment | undefined): number {
  const acked = seg === undefined ? 0 : countAcked(before.retransmissions, seg.ack);
  if (rto.recovery !== undefined) return rto.recovery.delivered - ackedOf(before, acked);
  return before.options.sack ? 0 : ackedWithDuplicates(before, acked) - acked;
}

function deliveredByAck(before: Tcb, after: Tcb): number {
  if (before.snd.una === after.snd.una || before.retransmissions.length === 0) return 0;
  const acked = countAcked(before.retransmissions, after.snd.una);
  const withText = before.state === 'SYN_SENT' && acked > 1 ? 1 : 0;
  return ackedOf(before, acked) - withText;
}

/** A SYN that has crossed counts twice: as a SYN, and as the SYN,ACK of a request, which it has become, when that is over. */
function crossed(before: Tcb, after: Tcb, seg: Segment | undefined): number {
  if (seg === undefined || before.open === 'passive') return 0;
  return before.state === 'SYN_RCVD' && isSynchronized(after.state) ? 1 : 0;
}

/** Of the first of the queue those that were not SACKed. */
function ackedOf({ retransmissions, options }: Tcb, acked: number): number {
  if (!options.sack || acked === 0) return acked;
  const all = countMarked(retransmissions, 'sacked');
  return acked - (all - countMarked(withoutFirst(retransmissions, acked), 'sacked'));
}

/** Without SACK one of those that are acknowledged was missing, the others had caused duplicates. */
function ackedWithDuplicates({ rto }: Tcb, acked: number): number {
  return acked === 0 ? 0 : Math.max(acked - (rto.recovery?.duplicates ?? 0), 1);
}

/** With a closed window the time-out is none. */
function countTimeout(counts: Counts, { rule }: Microstep, before: Tcb, at: Instant): Counts {
  if (rule.id !== 'timeout/retransmission') return counts;
  if (before.snd.wnd === 0 && isSynchronized(before.state)) return counts;
  const request = isMereRequest(before);
  const timeouts = counts.timeouts + 1;
  const requestTimeouts = counts.requestTimeouts + (request ? 1 : 0);
  const more = { ...counts, timeouts, requestTimeouts };
  if (before.rto.expiries > 0) return more;
  const timeoutSince = request ? counts.since : at;
  return { ...more, timeoutRows: counts.timeoutRows + 1, timeoutSince };
}

function timeoutOver(counts: Counts, at: Instant): Counts {
  const { timeoutSince, timeoutTime } = counts;
  if (timeoutSince === undefined) return counts;
  return { ...counts, timeoutTime: timeoutTime + at - timeoutSince, timeoutSince: undefined };
}

/** What is counted after all that was done at an instant. */
export function countHoldups(counts: Counts, after: Tcb, at: Instant): Counts {
  const holdups = heldUp(counts.holdups, after, at);
  return holdups === counts.holdups ? counts : { ...counts, holdups };
}
