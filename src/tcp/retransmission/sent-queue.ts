/** RFC 9293 §3.8.1: the retransmission queue. */

import type { Piece, Pieces } from '../../base/pieces.js';
import type { Instant } from '../rule.js';
import type { Segment } from '../segment.js';
import { segEnd } from '../segment.js';
import type { Seq } from '../seq.js';
import { atOrBefore } from '../seq.js';

export interface SentSegment {
  readonly segment: Segment;
  readonly sentAt: Instant;
  /** When a SYN,ACK that was sent again left first. */
  readonly firstAt?: Instant;
  /** How often it was sent again: 0 after the first transmission. */
  readonly retransmissions: number;
  /** What ACKs, blocks of SACK and time-outs have told of it (RFC 6675 §4); `late`: it was taken to be lost and is not. */
  readonly mark?: 'sacked' | 'lost' | 'late' | undefined;
  /** It was sent again, and that is under way: so often, as a time-out sends what has gone again once more. */
  readonly again?: number | undefined;
  /** It was sent again at the moment at which new text was, and after that: no time passes between the two here. */
  readonly behind?: true | undefined;
  /** It was SACKed, or RACK has found it lost: whatever becomes of that, its time is not judged again before it goes again. */
  readonly judged?: true | undefined;
  /** An octet that probes a closed window (deviation persist-min). */
  readonly probe?: true | undefined;
  /** It was less than a full segment when it was sent (deviation nagle). */
  readonly small?: true;
  /** It and the next were handed to the interface as one (deviation initial-window). */
  readonly joined?: true;
  /** A record of the user ends with it: nothing is joined to it. */
  readonly closed?: true;
  /** A SYN,ACK whose ACK without text was dropped (defer-accept). */
  readonly deferred?: true;
}

/** What was sent and is not wholly acknowledged, in sequence order. */
export type SentQueue = Pieces<SentSegment>;

/** A piece of it. */
export type SentPiece = Piece<SentSegment>;

/** The sequence number behind a segment. */
export function endOf({ segment }: SentSegment): Seq {
  return segEnd(segment);
}

/** The segment without the next, with which it was handed to the interface as one. */
export function alone(sent: SentSegment): SentSegment {
  const { joined: _, ...rest } = sent;
  return rest;
}

/** How many of the queue, from its front, are wholly acknowledged. */
export function countAcked(queue: SentQueue, ack: Seq): number {
  let count = 0;
  for (const piece of queue) {
    for (const sent of piece) {
      if (!atOrBefore(endOf(sent), ack)) return count;
      count += 1;
    }
  }
  return count;
}

/** The segment that begins at a number; undefined when none does. */
export function sentFrom(queue: SentQueue, at: Seq): SentSegment | undefined {
  for (const piece of queue) {
    if (!atOrBefore(at, (piece[piece.length - 1] as SentSegment).segment.seq)) continue;
    return piece.find(({ segment }) => segment.seq === at);
  }
  return undefined;
}

/** The place of the segment that ends before a number; -1 when none does. */
export function placeEndingAt(queue: SentQueue, end: Seq): number {
  let before = 0;
  for (const piece of queue) {
    const last = piece[piece.length - 1] as SentSegment;
    const at = atOrBefore(end, endOf(last)) ? piece.findIndex((one) => endOf(one) === end) : -1;
    if (at >= 0) return before + at;
    before += piece.length;
  }
  return -1;
}
