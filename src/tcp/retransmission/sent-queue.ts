/** RFC 9293 §3.8.1: the retransmission queue. */

import type { Piece, Pieces } from '../../base/pieces.js';
import { segEnd } from '../segment.js';
import type { Seq } from '../seq.js';
import { atOrBefore } from '../seq.js';
import type { SentSegment } from '../tcb.js';

/** What was sent and is not wholly acknowledged, in sequence order. */
export type SentQueue = Pieces<SentSegment>;

/** A piece of it. */
export type SentPiece = Piece<SentSegment>;

/** The sequence number behind a segment. */
export function endOf({ segment }: SentSegment): Seq {
  return segEnd(segment);
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
