/** RFC 8985 §6.2 RACK: what was sent before something that has arrived, and had time enough, is lost (deviation loss-recovery). */

import { atPlace, edited } from '../../base/pieces.js';
import type { SentPiece, SentQueue, SentSegment } from '../retransmission/sent-queue.js';
import { endOf, placeEndingAt } from '../retransmission/sent-queue.js';
import { beginOfUnit } from '../retransmission/sent-units.js';
import type { Duration, Instant } from '../rule.js';
import { has, SYN } from '../segment.js';
import type { Seq } from '../seq.js';
import { before } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { asLost } from './scoreboard.js';
import { isTimed, tallyOf } from './tally.js';

/** Of what has arrived the segment that was sent last, and what is known of the order in which segments arrive. */
export interface Rack {
  /** RACK.xmit_ts, RACK.end_seq, RACK.rtt. */
  readonly sentAt: Instant;
  readonly end: Seq | undefined;
  /** It went again at the moment of new text, and after that. */
  readonly behind: boolean;
  readonly rtt: Duration;
  /** How often something arrived later than what was sent after it: RACK.reordering_seen once it did. */
  readonly reordered: number;
  /** How many segments may arrive before one that was sent earlier, and nothing is lost. */
  readonly degree: number;
  /** RACK.reo_wnd_mult, and when it has grown; `twice`: something needless went again, and it grows with the next ACK of something that left since. */
  readonly multiple: number;
  readonly grownAt: Instant | undefined;
  readonly twice: boolean;
  /** Something has arrived, and it was not asked yet what is lost because of that. */
  readonly advanced: boolean;
  /** When the reordering timer was set; undefined when nothing waits for it. */
  readonly waitsSince: Instant | undefined;
}

export const NOTHING_ARRIVED: Rack = {
  sentAt: 0,
  end: undefined,
  behind: false,
  rtt: 0,
  reordered: 0,
  degree: 3,
  multiple: 1,
  grownAt: undefined,
  twice: false,
  advanced: false,
  waitsSince: undefined,
};

/** RFC 8985 §6.2, step 2: what has arrived. A retransmission that is answered sooner than ever is not what arrived; TSecr tells nothing of what is SACKed. */
export function advance(
  rack: Rack,
  arrived: readonly SentSegment[],
  least: Duration,
  now: Instant,
): Rack {
  let next = rack;
  for (const sent of arrived) {
    // Text of a fast open may have left before its SYN,ACK went again.
    if (has(sent.segment, SYN)) continue;
    const rtt = now - sent.sentAt;
    if (sent.retransmissions > 0 && rtt < least) continue;
    const later = isSentAfter(sent, next);
    const latest = { sentAt: sent.sentAt, end: endOf(sent), behind: sent.behind === true };
    next = later ? { ...next, rtt, ...latest } : { ...next, rtt };
  }
  return next;
}

/** RACK_sent_after. */
function isSentAfter(sent: SentSegment, rack: Rack): boolean {
  const isBehind = sent.behind === true;
  if (sent.sentAt === rack.sentAt && isBehind !== rack.behind) return isBehind;
  return isLater(sent.sentAt, endOf(sent), rack);
}

/** Of what was sent at one moment, the later numbers were sent later. */
function isLater(sentAt: Instant, end: Seq, rack: Rack): boolean {
  if (rack.end === undefined || sentAt > rack.sentAt) return true;
  return sentAt === rack.sentAt && before(rack.end, end);
}

/** RFC 8985 §6.2, step 4: RACK.reo_wnd. Where a round trip takes no time it is not 0 either: what left at one moment may still come in another order. */
export function reorderingWindow(
  rto: Pick<Tcb['rto'], 'least' | 'srtt'>,
  rack: Rack,
  sacked: number,
  recovering: boolean,
): Duration {
  if (rack.reordered === 0 && (recovering || sacked >= rack.degree)) return 0;
  // Of what went again no round trip is measured, but it takes one.
  const least = Math.min(rto.least ?? rack.rtt, rack.rtt);
  const window = Math.min(Math.floor(least / 4) * rack.multiple, rto.srtt ?? rack.rtt);
  return Math.max(1, window);
}

/** RACK.reo_wnd_mult at most. */
const MOST_MULTIPLE = 255;

/** RFC 8985 §6.2, step 4: RACK_update_reo_wnd, once a round trip: `arrived` was sent after it was last done. */
export function grownWindow(rack: Rack, arrived: readonly SentSegment[], now: Instant): Rack {
  if (!rack.twice || arrived.length === 0) return rack;
  const newest = Math.max(...arrived.map(({ sentAt }) => sentAt));
  if (newest < (rack.grownAt ?? 0)) return { ...rack, twice: false };
  const multiple = Math.min(rack.multiple + 1, MOST_MULTIPLE);
  return { ...rack, twice: false, multiple, grownAt: now };
}

/** What RACK finds in the queue. */
export interface Found {
  readonly queue: SentQueue;
  readonly lost: number;
  /** Of those so many had been sent again. */
  readonly again: number;
  /** How long until all that may be lost is: the reordering timer. 0: nothing waits. */
  readonly wait: Duration;
}

/** RFC 8985 §6.2, step 5: RACK_detect_loss. */
export function detectLoss(queue: SentQueue, rack: Rack, window: Duration, now: Instant): Found {
  let lost = 0;
  let again = 0;
  let wait = 0;
  const remaining = (sentAt: Instant) => rack.rtt + window - (now - sentAt);
  const isLeft = isLeftOf(queue, rack);
  /** A piece of which all or nothing was sent before what has arrived, and nothing is over, is not read segment by segment. */
  const concerns = (piece: SentPiece): boolean => {
    const { timed, oldest, newest, behind } = tallyOf(piece);
    const [first, last] = [piece[0] as SentSegment, piece[piece.length - 1] as SentSegment];
    if (timed > 0 && rack.behind && oldest <= rack.sentAt && newest >= rack.sentAt) return true;
    if (timed === 0 || isLater(oldest, endOf(first), rack)) return false;
    if (isLater(newest, endOf(last), rack) || remaining(oldest) <= 0) return true;
    if (behind > 0 && newest === rack.sentAt) return true;
    wait = Math.max(wait, remaining(newest));
    return false;
  };
  const found = edited(queue, concerns, (sent) => {
    if (!isTimed(sent) || isSentAfter(sent, rack) || isLeft(sent)) return sent;
    const left = remaining(sent.sentAt);
    if (left > 0) {
      wait = Math.max(wait, left);
      return sent;
    }
    lost += 1;
    if (sent.mark === 'lost') again += 1;
    return { ...asLost(sent), judged: true as const };
  });
  return { queue: found, lost, again, wait };
}

/** Whether a segment is what is left of what has arrived in part: that is one, and its end has arrived. */
function isLeftOf(queue: SentQueue, { end, sentAt }: Rack): (sent: SentSegment) => boolean {
  let begin: Seq | undefined;
  let isKnown = end === undefined;
  return (sent) => {
    if (sent.sentAt !== sentAt) return false;
    if (!isKnown) begin = beginOf(queue, end as Seq);
    isKnown = true;
    return begin !== undefined && !before(sent.segment.seq, begin);
  };
}

/** Where what went as one with the segment that ends there begins; undefined when none does. */
function beginOf(queue: SentQueue, end: Seq): Seq | undefined {
  const place = placeEndingAt(queue, end);
  return place < 0 ? undefined : atPlace(queue, beginOfUnit(queue, place))?.segment.seq;
}
