/** RFC 6675 §4: what there is of each mark in a piece of the retransmission queue, so that a scoreboard need not be read segment by segment. */

import type { SentPiece, SentQueue, SentSegment } from '../retransmission/sent-queue.js';
import { has, SYN, segLen } from '../segment.js';

/** How many segments of a piece are so, where nothing else is said. */
export interface Tally {
  /** All that were counted. */
  length: number;
  /** By their mark; `marked` have any. */
  sacked: number;
  lost: number;
  marked: number;
  /** Sent again, and that is under way; and since when the first of them is. */
  again: number;
  againSince: number;
  /** Ever sent again. */
  resent: number;
  /** Lost, and not sent again. */
  due: number;
  /** Neither marked nor sent again. */
  fresh: number;
  /** SetPipe: under way, those that were sent again and not lost twice. A SYN takes no room. */
  pipe: number;
  /** May be found lost by the time since they left: neither arrived, late nor due; when the first and the last of them left; and how many left behind other text of their moment. */
  timed: number;
  oldest: number;
  newest: number;
  behind: number;
  /** Less than a full segment when they were sent. */
  small: number;
  /** Octets of text; how many have some and are not one with another; and sequence numbers of what was SACKed. */
  octets: number;
  units: number;
  sackedLength: number;
}

/** Which of these can be added up. */
type Sum = Exclude<keyof Tally, 'againSince' | 'oldest' | 'newest'>;

/** Pieces are values: what was counted once stays. */
const known = new WeakMap<SentPiece, Tally>();

/** A shorter piece is counted faster than it is found. */
const SHORT = 16;

/** The tally of a piece. */
export function tallyOf(piece: SentPiece): Readonly<Tally> {
  if (piece.length < SHORT) return talliedAnew(piece);
  const found = known.get(piece);
  // The last piece of a rule's own queue may have grown.
  if (found !== undefined && found.length === piece.length) return found;
  const tally = talliedAnew(piece);
  known.set(piece, tally);
  return tally;
}

/** What there is of it in the whole queue. */
export function sumOf(queue: SentQueue, what: Sum): number {
  let sum = 0;
  for (const piece of queue) sum += tallyOf(piece)[what];
  return sum;
}

/** Whether there is any of it. */
export function hasAny(queue: SentQueue, what: Sum): boolean {
  return queue.some((piece) => tallyOf(piece)[what] > 0);
}

function talliedAnew(piece: SentPiece): Tally {
  const tally: Tally = {
    length: piece.length,
    sacked: 0,
    lost: 0,
    marked: 0,
    again: 0,
    againSince: Number.POSITIVE_INFINITY,
    resent: 0,
    due: 0,
    fresh: 0,
    pipe: 0,
    timed: 0,
    oldest: Number.POSITIVE_INFINITY,
    newest: Number.NEGATIVE_INFINITY,
    behind: 0,
    small: 0,
    octets: 0,
    units: 0,
    sackedLength: 0,
  };
  let before: SentSegment | undefined;
  for (const sent of piece) {
    countIn(tally, sent);
    if (isUnit(sent) && !areOne(before, sent)) tally.units += 1;
    before = sent;
  }
  return tally;
}

function countIn(tally: Tally, sent: SentSegment): void {
  const { segment, mark, again, sentAt } = sent;
  const flies = mark === undefined || mark === 'late';
  if (mark !== undefined) tally.marked += 1;
  else if (!again) tally.fresh += 1;
  if (mark === 'lost') tally.lost += 1;
  if (mark === 'sacked') {
    tally.sacked += 1;
    tally.sackedLength += segLen(segment);
  }
  if (again) {
    tally.again += again;
    tally.againSince = Math.min(tally.againSince, sentAt);
  }
  if (isDue(sent)) tally.due += 1;
  if (isTimed(sent)) {
    tally.timed += 1;
    tally.oldest = Math.min(tally.oldest, sentAt);
    tally.newest = Math.max(tally.newest, sentAt);
    if (sent.behind) tally.behind += 1;
  }
  if (!has(segment, SYN)) tally.pipe += (flies ? 1 : 0) + (again ?? 0);
  if (sent.retransmissions > 0) tally.resent += 1;
  if (sent.small) tally.small += 1;
  tally.octets += segment.data.length;
}

function isUnit({ segment, joined }: SentSegment): boolean {
  return segment.data.length > 0 && !joined;
}

/** What was SACKed is kept as one, as far as it is segments of one size. */
function areOne(before: SentSegment | undefined, sent: SentSegment): boolean {
  if (before?.mark !== 'sacked' || sent.mark !== 'sacked' || before.joined) return false;
  return before.segment.data.length === sent.segment.data.length;
}

/** It is taken to be lost, and was not sent again since. */
export function isDue({ mark, again }: SentSegment): boolean {
  return mark === 'lost' && !again;
}

/** RFC 8985 §6.2, step 5: it may be found lost by the time since it left. */
export function isTimed({ mark, again, judged }: SentSegment): boolean {
  return mark === undefined || (mark === 'lost' && again !== undefined && !judged);
}
