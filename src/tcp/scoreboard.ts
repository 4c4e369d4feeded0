/** RFC 6675 §4 Keeping the Scoreboard: what ACKs and blocks of RFC 2018 say of the segments that are outstanding. */

import { NONE } from './queued.js';
import type { SackBlock } from './sack.js';
import type { Segment } from './segment.js';
import { has, SYN, segLen } from './segment.js';
import type { Seq } from './seq.js';
import { add, atOrBefore, before } from './seq.js';
import type { SentSegment, Tcb } from './tcb.js';

/** What one ACK says of the retransmission queue. */
export interface Heard {
  /** So many at the front of the queue are wholly acknowledged. */
  readonly acked: number;
  /** What is outstanding behind them, with what was SACKed. */
  readonly queue: readonly SentSegment[];
  /** What was not known to have arrived before, as it was sent. */
  readonly arrived: readonly SentSegment[];
  /** How many of those were SACKed: they are the last. */
  readonly sacked: number;
  /** The block that tells what came twice (RFC 2883 §4). */
  readonly twice: SackBlock | undefined;
}

/** Reads an ACK that acknowledges nothing before SND.UNA and nothing beyond SND.NXT. */
export function hear(tcb: Tcb, seg: Segment): Heard {
  const { retransmissions } = tcb;
  const acked = countAcked(retransmissions, seg.ack);
  const all = tcb.options.sack ? (seg.options.sack ?? NONE) : NONE;
  const twice = told(all, seg.ack);
  const blocks = all.slice(twice === undefined ? 0 : 1).filter((block) => fits(tcb, seg, block));
  const arrived = retransmissions.slice(0, acked).filter(({ mark }) => mark !== 'sacked');
  const whole = arrived.length;
  const behind = retransmissions.slice(acked);
  if (blocks.length === 0) return { acked, queue: behind, arrived, sacked: 0, twice };
  const queue = behind.map((sent) => {
    if (sent.mark === 'sacked' || !blocks.some((block) => covers(block, sent))) return sent;
    arrived.push(sent);
    return marked(sent, 'sacked');
  });
  return { acked, queue, arrived, sacked: arrived.length - whole, twice };
}

/** How many of the queue, from its front, are wholly acknowledged. */
export function countAcked(queue: readonly SentSegment[], ack: Seq): number {
  let count = 0;
  for (const sent of queue) {
    if (!atOrBefore(endOf(sent), ack)) break;
    count += 1;
  }
  return count;
}

/** The sequence number behind a segment. */
export function endOf({ segment }: SentSegment): Seq {
  return add(segment.seq, segLen(segment));
}

/** RFC 2883 §4: the first block lies before SEG.ACK, or within the second one. */
function told([first, second]: readonly SackBlock[], ack: Seq): SackBlock | undefined {
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
  return before(ack, left) && before(left, right) && atOrBefore(right, snd.nxt);
}

function covers({ left, right }: SackBlock, sent: SentSegment): boolean {
  return atOrBefore(left, sent.segment.seq) && atOrBefore(endOf(sent), right);
}

/** The segment with another mark; a retransmission of it that was under way is not counted any more. */
export function marked(sent: SentSegment, mark: SentSegment['mark']): SentSegment {
  return { ...sent, mark, again: undefined };
}

/** Nothing is taken to be lost any more; `late` is not judged by its time again. */
export function withoutLost(queue: readonly SentSegment[], mark?: 'late'): readonly SentSegment[] {
  if (!queue.some((sent) => sent.mark === 'lost')) return queue;
  return queue.map((sent) => (sent.mark === 'lost' ? { ...sent, mark } : sent));
}

/**
 * RFC 6675 §4, IsLost: what has so many sequences apart from each other that were SACKed behind it, or more octets than in two full
 * segments. What went again is not judged again.
 */
export function markLost(
  queue: readonly SentSegment[],
  full: number,
): { readonly queue: readonly SentSegment[]; readonly lost: number } {
  const found = [...queue];
  let lost = 0;
  let sequences = 0;
  let octets = 0;
  for (let i = queue.length - 1; i >= 0; i--) {
    const sent = queue[i] as SentSegment;
    if (sent.mark === 'sacked') {
      if (queue[i + 1]?.mark !== 'sacked') sequences += 1;
      octets += segLen(sent.segment);
    } else if (sent.mark === undefined && !sent.again) {
      if (sequences < DUP_THRESH && octets <= (DUP_THRESH - 1) * full) continue;
      found[i] = marked(sent, 'lost');
      lost += 1;
    }
  }
  return { queue: lost === 0 ? queue : found, lost };
}

/** DupThresh: three duplicate ACKs (RFC 5681 §3.2). */
export const DUP_THRESH = 3;

/**
 * RFC 6675 §4, SetPipe: how many segments are under way, which neither arrived nor are taken to be lost; and of those that were sent
 * again the second ones. Without SACK each of `duplicates` tells that one arrived.
 */
export function pipe(queue: readonly SentSegment[], duplicates: number): number {
  let count = -duplicates;
  for (const { segment, mark, again } of queue) {
    // A SYN,ACK that was opened fast takes no room.
    if (has(segment, SYN)) continue;
    if (mark === undefined || mark === 'late') count += 1;
    if (again) count += 1;
  }
  return Math.max(0, count);
}

/** How many of the queue are a SYN or SYN,ACK: only its front can be. */
export function countSyn([front]: readonly SentSegment[]): number {
  return front !== undefined && has(front.segment, SYN) ? 1 : 0;
}

/** How many segments have this mark. */
export function countMarked(queue: readonly SentSegment[], mark: SentSegment['mark']): number {
  let count = 0;
  for (const sent of queue) if (sent.mark === mark) count += 1;
  return count;
}

/** HighData, as far as it was SACKed: the end of the last such segment. */
export function highestSacked(queue: readonly SentSegment[]): Seq | undefined {
  for (let i = queue.length - 1; i >= 0; i--) {
    const sent = queue[i] as SentSegment;
    if (sent.mark === 'sacked') return endOf(sent);
  }
  return undefined;
}

/** RFC 5681 §2: an ACK that acknowledges nothing new, brings nothing and tells no other window, while something is outstanding. */
export function isDuplicateAck({ snd, retransmissions }: Tcb, seg: Segment): boolean {
  if (seg.ack !== snd.una || segLen(seg) > 0 || retransmissions.length === 0) return false;
  return seg.wnd * 2 ** snd.shift === snd.wnd;
}
