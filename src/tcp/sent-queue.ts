/** RFC 9293 §3.8.1: the retransmission queue, in pieces that the versions of a TCB share, so that a change of one segment copies one piece. */

import { NONE } from './queued.js';
import { segLen } from './segment.js';
import type { Seq } from './seq.js';
import { add, atOrBefore } from './seq.js';
import type { SentSegment } from './tcb.js';

/** Consecutive segments of the queue: at least one. */
export type Piece = readonly SentSegment[];

/** What was sent and is not wholly acknowledged, in sequence order. */
export type SentQueue = readonly Piece[];

/** So many segments are a piece when they are appended; one that is cut may make it a little longer. */
const PIECE = 64;

/** A queue of these segments. */
export function queueOf(sent: readonly SentSegment[]): SentQueue {
  if (sent.length === 0) return NONE;
  if (sent.length <= PIECE) return [sent];
  const pieces: Piece[] = [];
  for (let at = 0; at < sent.length; at += PIECE) pieces.push(sent.slice(at, at + PIECE));
  return pieces;
}

/** All of its segments in one list. */
export function segmentsOf(queue: SentQueue): readonly SentSegment[] {
  return queue.length === 1 ? (queue[0] as Piece) : queue.flat();
}

/** How many segments are outstanding. */
export function countSent(queue: SentQueue): number {
  let count = 0;
  for (const piece of queue) count += piece.length;
  return count;
}

/** The oldest one; undefined when nothing is outstanding. */
export function frontOf(queue: SentQueue): SentSegment | undefined {
  return queue[0]?.[0];
}

/** The newest one. */
export function lastOf(queue: SentQueue): SentSegment | undefined {
  const piece = queue[queue.length - 1];
  return piece?.[piece.length - 1];
}

/** The one at a place, counted from the front. */
export function sentAtPlace(queue: SentQueue, place: number): SentSegment | undefined {
  const [number, offset] = find(queue, place);
  return queue[number]?.[offset];
}

/** Which piece a place is in, and where there. */
function find(queue: SentQueue, place: number): readonly [number, number] {
  let number = 0;
  let offset = place;
  for (const { length } of queue) {
    if (offset < length) break;
    offset -= length;
    number += 1;
  }
  return [number, offset];
}

/** Those behind a place, one after the other. */
export function* sentBehind(queue: SentQueue, place: number): Generator<SentSegment> {
  const [number, offset] = find(queue, place);
  yield* queue[number]?.slice(offset + 1) ?? NONE;
  for (let at = number + 1; at < queue.length; at++) yield* queue[at] as Piece;
}

/** The first so many, or all there are. */
export function firstOf(queue: SentQueue, count: number): readonly SentSegment[] {
  const [front] = queue;
  if (front === undefined || count === 0) return NONE;
  if (count <= front.length) return front.slice(0, count);
  const [number, offset] = find(queue, count);
  const rest = queue[number]?.slice(0, offset) ?? NONE;
  return [...queue.slice(0, number).flat(), ...rest];
}

/** The queue without its first so many. */
export function withoutFirst(queue: SentQueue, count: number): SentQueue {
  if (count === 0) return queue;
  const [number, offset] = find(queue, count);
  if (number >= queue.length) return NONE;
  if (offset === 0) return queue.slice(number);
  return [(queue[number] as Piece).slice(offset), ...queue.slice(number + 1)];
}

/** The queue behind these segments. */
export function withBefore(sent: readonly SentSegment[], queue: SentQueue): SentQueue {
  return sent.length === 0 ? queue : [...queueOf(sent), ...queue];
}

/** The queue with these in place of so many from a place on. */
export function replaced(
  queue: SentQueue,
  place: number,
  count: number,
  ...by: readonly SentSegment[]
): SentQueue {
  const [number, offset] = find(queue, place);
  // What is replaced may end in another piece.
  let end = number + 1;
  let piece = queue[number] ?? NONE;
  while (piece.length < offset + count && end < queue.length) {
    piece = [...piece, ...(queue[end] as Piece)];
    end += 1;
  }
  const put = [...piece.slice(0, offset), ...by, ...piece.slice(offset + count)];
  const between = put.length > 2 * PIECE ? queueOf(put) : put.length === 0 ? NONE : [put];
  return [...queue.slice(0, number), ...between, ...queue.slice(end)];
}

/** The queue with another front; it has one. */
export function withFront(queue: SentQueue, front: SentSegment): SentQueue {
  return replaced(queue, 0, 1, front);
}

/** The queue with its segments edited; a piece that none of it `concerns`, or in which nothing changes, stays what it is. */
export function edited(
  queue: SentQueue,
  concerns: (piece: Piece) => boolean,
  edit: (sent: SentSegment) => SentSegment,
): SentQueue {
  let pieces: Piece[] | undefined;
  for (let number = 0; number < queue.length; number++) {
    const piece = queue[number] as Piece;
    if (!concerns(piece)) continue;
    const next = editedPiece(piece, edit);
    if (next === piece) continue;
    pieces ??= [...queue];
    pieces[number] = next;
  }
  return pieces ?? queue;
}

function editedPiece(piece: Piece, edit: (sent: SentSegment) => SentSegment): Piece {
  let next: SentSegment[] | undefined;
  for (let at = 0; at < piece.length; at++) {
    const sent = piece[at] as SentSegment;
    const after = edit(sent);
    if (after === sent) continue;
    next ??= [...piece];
    next[at] = after;
  }
  return next ?? piece;
}

/** A queue that nobody else has, to which segments may be appended. */
export type OpenQueue = SentSegment[][];

/** A copy of which the last piece is a copy, too. */
export function openQueue(queue: SentQueue): OpenQueue {
  const open = queue as OpenQueue;
  if (open.length === 0) return [];
  const copy = open.slice();
  copy[copy.length - 1] = (copy[copy.length - 1] as SentSegment[]).slice();
  return copy;
}

/** Appends a segment. */
export function append(queue: OpenQueue, sent: SentSegment): void {
  const last = queue[queue.length - 1];
  if (last !== undefined && last.length < PIECE) last.push(sent);
  else queue.push([sent]);
}

/** The sequence number behind a segment. */
export function endOf({ segment }: SentSegment): Seq {
  return add(segment.seq, segLen(segment));
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
