/** RFC 9293 §3.8.6.2.2 Receiver's Algorithm with the deviation receive-space: the memory that segments take until their text is read. */

import type { Piece } from '../base/pieces.js';
import { datagramOctets } from './datagram.js';
import type { Segment } from './segment.js';
import type { Tcb } from './tcb.js';
import { remoteOf } from './tcb.js';

// What is held is asked for with each segment that is sent.
const known = new WeakMap<Piece<Segment>, number>();

/** What the segments of a piece take. */
export function memoryOfPiece(tcb: Tcb, piece: Piece<Segment>): number {
  const found = known.get(piece);
  if (found !== undefined) return found;
  const memory = memoryOfAll(tcb, piece);
  known.set(piece, memory);
  return memory;
}

/** What segments take. */
export function memoryOfAll(tcb: Tcb, segments: readonly Segment[]): number {
  return segments.reduce((sum, one) => sum + memoryFor(tcb, one), 0);
}

/** A page of memory, and what is kept for each segment beside its text. */
export const PAGE = 4_096;
const RECORD = 256;
const SHARED = 320;
const MARGIN = 64;
const SMALL = 576;

/** What a FIN without text takes. */
export const MEMORY_OF_FIN = RECORD + SMALL;

/** What a segment takes: its datagram with a margin in a block of a power of two, or a page and more pages. */
export function memoryFor(tcb: Tcb, seg: Segment): number {
  const datagram = datagramOctets(seg, remoteOf(tcb).address);
  if (datagram + MARGIN >= PAGE) {
    const rest = datagram - (PAGE - MARGIN - SHARED);
    return RECORD + PAGE + PAGE * Math.ceil(rest / PAGE);
  }
  const block = MARGIN * Math.ceil((datagram + MARGIN) / MARGIN) + SHARED;
  if (block <= SMALL) return RECORD + SMALL;
  return RECORD + 2 ** Math.ceil(Math.log2(block));
}
