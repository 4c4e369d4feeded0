/** RFC 6675 §4 Keeping the Scoreboard: what ACKs and blocks of RFC 2018 say of the segments that are outstanding. */

import { countPieces, edited, firstOf, frontOf, withoutFirst } from '../../base/pieces.js';
import type { SentPiece, SentQueue, SentSegment } from '../retransmission/sent-queue.js';
import { alone, endOf } from '../retransmission/sent-queue.js';
import { leaving, unitAt } from '../retransmission/sent-units.js';
import type { Segment } from '../segment.js';
import { has, SYN, segLen } from '../segment.js';
import { NONE } from '../sending/queued.js';
import type { Seq } from '../seq.js';
import { add, atOrBefore, before } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { changesWindow } from '../window.js';
import type { SackBlock } from './sack-state.js';
import { hasAny, isDue, sumOf, tallyOf } from './tally.js';

/** What one ACK says of the retransmission queue. */
export interface Heard {
  /** So many at the front of the queue are wholly acknowledged. */
  readonly acked: number;
  /** And so many more count as acknowledged, and have arrived: they went as one with what is left of them. */
  readonly part: number;
  /** The last of what went as one, if a part of that has arrived and the rest has not. */
  readonly divided: SentSegment | undefined;
  /** What is outstanding behind them, with what was SACKed. */
  readonly queue: SentQueue;
  /** What was not known to have arrived before, as it was sent. */
  readonly arrived: readonly SentSegment[];
  /** How many of those were SACKed: they are the last. */
  readonly sacked: number;
  /** The block that tells what came twice (RFC 2883 §4). */
  readonly twice: SackBlock | undefined;
}

/** Reads an ACK that acknowledges nothing beyond SND.NXT. */
export function hear(tcb: Tcb, seg: Segment): Heard {
  const { retransmissions } = tcb;
  const { whole: acked, acked: counted, divides, left } = leaving(retransmissions, seg.ack);
  const part = frontOf(left)?.mark === 'sacked' ? 0 : counted - acked;
  const divided = divides ? unitAt(left, 0).at(-1) : undefined;
  const all = tcb.options.sack ? (seg.options.sack ?? NONE) : NONE;
  const twice = tcb.options.sack ? cameTwice(seg) : undefined;
  const blocks = all.slice(twice === undefined ? 0 : 1).filter((block) => fits(tcb, seg, block));
  const arrived = firstOf(retransmissions, acked).filter(({ mark }) => mark !== 'sacked');
  const whole = arrived.length;
  const behind = withoutFirst(retransmissions, acked);
  if (blocks.length === 0)
    return { acked, part, divided, queue: behind, arrived, sacked: 0, twice };
  const told = hasAny(retransmissions, 'sacked') ? (tcb.rto.recovery?.told ?? NONE) : NONE;
  const queue = edited(
    behind,
    (piece) => tallyOf(piece).sacked < piece.length && touch(blocks, piece),
    (sent) => {
      if (sent.mark === 'sacked') return sent;
      if (!blocks.some((block) => covers(block, sent, told))) return apart(sent, blocks);
      arrived.push(sent);
      return { ...marked(apart(sent, blocks), 'sacked'), judged: true as const };
    },
    countPieces(behind, (piece) => blocks.some(({ right }) => before(beginOf(piece), right))),
  );
  return { acked, part, divided, queue, arrived, sacked: arrived.length - whole, twice };
}

/** RFC 2883 §4: the block that tells what came twice is the first, if it lies before SEG.ACK or within the second one. */
export function cameTwice({ options: { sack = NONE }, ack }: Segment): SackBlock | undefined {
  const [first, second] = sack;
  if (first === undefined) return undefined;
  if (before(first.left, ack) && atOrBefore(first.right, ack)) return first;
  const inside =
    second !== undefined &&
    atOrBefore(second.left, first.left) &&
    atOrBefore(first.right, second.right);
  return inside ? first : undefined;
}

/** A block tells of octets that are outstanding, behind the one that is waited for, and of no others. */
function fits({ snd }: Tcb, { ack }: Segment, { left, right }: SackBlock): boolean {
  const begin = before(ack, snd.una) ? snd.una : ack;
  return before(begin, left) && before(left, right) && atOrBefore(right, snd.nxt);
}

/** A segment lies in a block, and does not end in one that was told before: that was looked at then. */
function covers(
  { left, right }: SackBlock,
  sent: SentSegment,
  told: readonly SackBlock[],
): boolean {
  const end = endOf(sent);
  if (!atOrBefore(left, sent.segment.seq) || !atOrBefore(end, right)) return false;
  return !told.some((known) => before(known.left, end) && atOrBefore(end, known.right));
}

/** What went to the interface as one is taken apart where a block begins and ends, at the next segment and before the last. */
function apart(sent: SentSegment, blocks: readonly SackBlock[]): SentSegment {
  if (!sent.joined) return sent;
  const { seq, data } = sent.segment;
  const end = endOf(sent);
  const cut = ({ left, right }: SackBlock) =>
    (before(seq, left) && atOrBefore(left, end)) ||
    (atOrBefore(left, seq) && atOrBefore(end, right) && before(right, add(end, data.length)));
  return blocks.some(cut) ? alone(sent) : sent;
}

/** The blocks of an ACK that tell of what is outstanding, if it has any. */
export function blocksTold(tcb: Tcb, seg: Segment): readonly SackBlock[] | undefined {
  const { sack } = seg.options;
  if (!tcb.options.sack || sack === undefined) return undefined;
  return sack.filter((block) => fits(tcb, seg, block));
}

function beginOf([first]: SentPiece): Seq {
  return (first as SentSegment).segment.seq;
}

/** A part of a piece lies in a block. */
function touch(blocks: readonly SackBlock[], piece: SentPiece): boolean {
  const from = beginOf(piece);
  const end = endOf(piece[piece.length - 1] as SentSegment);
  return blocks.some(({ left, right }) => before(from, right) && before(left, end));
}

/** The segment with another mark; a retransmission of it that was under way is not counted any more. */
export function marked(sent: SentSegment, mark: SentSegment['mark']): SentSegment {
  return { ...sent, mark, again: undefined };
}

/** The segment taken to be lost, its retransmission if it was before. One that went again while it was not is under way still. */
export function asLost(sent: SentSegment): SentSegment {
  return sent.mark === 'lost' ? { ...sent, again: undefined } : { ...sent, mark: 'lost' };
}

/** Nothing is taken to be lost any more; what is `late` is not judged by its time again. */
export function withoutLost(queue: SentQueue): SentQueue {
  return edited(
    queue,
    (piece) => tallyOf(piece).lost > 0,
    (sent) => (sent.mark === 'lost' ? { ...sent, mark: sent.judged && 'late' } : sent),
  );
}

/** DupThresh: three duplicate ACKs (RFC 5681 §3.2). */
export const DUP_THRESH = 3;

/**
 * RFC 6675 §4, SetPipe: how many segments are under way, which neither arrived nor are taken to be lost; and of those that were sent
 * again the second ones. Without SACK each of `duplicates` tells that one arrived.
 */
export function pipe(queue: SentQueue, duplicates: number): number {
  return Math.max(0, sumOf(queue, 'pipe') - duplicates);
}

/** How many of the queue are a SYN or SYN,ACK: only its front can be. */
export function countSyn(queue: SentQueue): number {
  const front = frontOf(queue);
  return front !== undefined && has(front.segment, SYN) ? 1 : 0;
}

/** How many segments have this mark. */
export function countMarked(queue: SentQueue, mark: 'sacked' | 'lost'): number {
  return sumOf(queue, mark);
}

/** Something came out of order, or was sent again and is under way, or the front ever was. */
export function isOdd(queue: SentQueue): boolean {
  if (hasAny(queue, 'sacked') || hasAny(queue, 'lost') || hasAny(queue, 'again')) return true;
  return (frontOf(queue)?.retransmissions ?? 0) > 0;
}

/** HighData, as far as it was SACKed: the end of the last such segment. */
export function highestSacked(queue: SentQueue): Seq | undefined {
  for (let i = queue.length - 1; i >= 0; i--) {
    const piece = queue[i] as SentPiece;
    if (tallyOf(piece).sacked === 0) continue;
    let at = piece.length - 1;
    while (piece[at]?.mark !== 'sacked') at -= 1;
    return endOf(piece[at] as SentSegment);
  }
  return undefined;
}

/** The first segment that is taken to be lost and has not gone again. */
export function firstDue(queue: SentQueue): SentSegment | undefined {
  return queue.find((piece) => tallyOf(piece).due > 0)?.find(isDue);
}

/** In which place of the queue that is. */
export function placeOfDue(queue: SentQueue): number | undefined {
  let before_ = 0;
  for (const piece of queue) {
    if (tallyOf(piece).due > 0) return before_ + piece.findIndex(isDue);
    before_ += piece.length;
  }
  return undefined;
}

/** RFC 5681 §2: an ACK that acknowledges nothing new, brings nothing and tells no other window, while something is outstanding. */
export function isDuplicateAck({ snd, retransmissions, settings }: Tcb, seg: Segment): boolean {
  // Deviation `window-shrink`: what is newer may tell the same window anew.
  if (settings.windowShrink === 'ignore' && before(snd.wl1, seg.seq)) return false;
  if (seg.ack !== snd.una || segLen(seg) > 0 || retransmissions.length === 0) return false;
  // With it a smaller window is none.
  if (settings.windowShrink === 'ignore') return !changesWindow(snd, seg);
  return seg.wnd * 2 ** snd.shift === snd.wnd;
}
