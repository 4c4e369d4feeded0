/** RFC 9293 §3.10.7.4, seventh check: text ahead of RCV.NXT is held, in sequence order, until what is before it has come (SHLD-31, MUST-59). */

import { joinOctets } from '../../base/octets.js';
import { elementsFrom, replaced, withoutFirst } from '../../base/pieces.js';
import {
  tellsFin,
  withHeldOctets,
  withHeldTwice,
  withoutPassed,
  withPassedOctets,
} from '../loss-recovery/sack.js';
import type { SackBlock } from '../loss-recovery/sack-state.js';
import { heldSegment } from '../receiving/memory.js';
import { acceptText } from '../receiving/queue.js';
import { withHeldText } from '../receiving/space.js';
import type { Segment } from '../segment.js';
import { FIN, has, NO_DATA, PSH, segEnd } from '../segment.js';
import type { HeldSegment, HeldText } from '../sending/queued.js';
import { add, atOrBefore, before, type Seq } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editQueued, editSpace } from '../tcb.js';
import type { NewParts } from './arrival.js';
import { missingParts, newParts } from './arrival.js';

/** Whether something is held at RCV.NXT: what a SYN brought, or a FIN. */
export function isHeldAtNext({ queued, rcv }: Tcb): boolean {
  return queued.outOfOrder[0]?.[0]?.seq === rcv.nxt;
}

/** The connection with what of a segment lies ahead, which its blocks tell from now on. */
export function hold(tcb: Tcb, seg: Segment): Tcb {
  const { at, data, fin } = newParts(tcb, seg);
  const { queue, as } = inserted(tcb, seg, { at, data, fin });
  const queued = editQueued(tcb, { outOfOrder: queue });
  const held = editSpace(queued, withHeldText(tcb, seg, as));
  const block = aheadOf(tcb, seg);
  return withHeldOctets(as === 'joined' ? held : withTwice(held, tcb, block), block);
}

/** Deviation `dsack`: what of it was held already. */
function withTwice(held: Tcb, { queued, settings }: Tcb, block: SackBlock): Tcb {
  if (settings.dsack !== 'on' || block.left === block.right) return held;
  const { place, previous } = placeOf(queued.outOfOrder, block.left);
  return withHeldTwice(held, block, previous, elementsFrom(queued.outOfOrder, place));
}

/** What of a segment lies ahead, as a block tells it. */
export function aheadOf(tcb: Tcb, seg: Segment): SackBlock {
  const { at, data, fin } = newParts(tcb, seg);
  return { left: at, right: add(at, data.length + (fin && tellsFin(tcb) ? 1 : 0)) };
}

interface Inserted {
  readonly queue: HeldText;
  readonly as: 'repeated' | 'added' | 'joined';
}

/** Adds what of a segment lies in the window to the held ones, in sequence order; a repeated one adds nothing. */
function inserted(tcb: Tcb, seg: Segment, { at, data, fin }: NewParts): Inserted {
  const queue = tcb.queued.outOfOrder;
  if (data.length === 0 && !fin) return { queue, as: 'repeated' };
  const ctl = (seg.ctl & PSH) | (fin ? FIN : 0);
  const { place, previous } = placeOf(queue, at);
  if (previous !== undefined && joins(previous, at, data)) {
    const joined = withHeld(queue, place, 1, joinedTo(previous, data, ctl));
    return { queue: joined, as: 'joined' };
  }
  const held = heldSegment(tcb, seg, { seq: at, data, ctl });
  if (previous !== undefined && atOrBefore(segEnd(held), segEnd(previous)))
    return { queue, as: 'repeated' };
  return { queue: withHeld(queue, place, previous?.seq === at ? 1 : 0, held), as: 'added' };
}

/** The queue with one in the place of so many before that place, and of all that it covers. */
function withHeld(queue: HeldText, place: number, replaces: number, held: HeldSegment): HeldText {
  const count = replaces + covered(queue, place, segEnd(held));
  return replaced(queue, place - replaces, count, held);
}

/** Whether text, or a FIN, goes into the block of the segment that it follows. */
function joins(previous: HeldSegment, at: Seq, data: Uint8Array): boolean {
  const follows = previous.memory > 0 && segEnd(previous) === at;
  return follows && data.length <= previous.room;
}

function joinedTo(previous: HeldSegment, more: Uint8Array, ctl: number): HeldSegment {
  const data = more.length === 0 ? previous.data : joinOctets([previous.data, more]);
  return { ...previous, data, ctl: previous.ctl | ctl, room: previous.room - more.length };
}

/** How many from `place` on end no later. */
function covered(queue: HeldText, place: number, end: Seq): number {
  let count = 0;
  for (const other of elementsFrom(queue, place)) {
    if (!atOrBefore(segEnd(other), end)) break;
    count += 1;
  }
  return count;
}

/** Where a segment that begins at `at` comes to lie: behind all that begin no later. */
function placeOf(
  queue: HeldText,
  at: Segment['seq'],
): { readonly place: number; readonly previous: HeldSegment | undefined } {
  let place = 0;
  let previous: HeldSegment | undefined;
  for (const piece of queue) {
    const last = piece[piece.length - 1] as HeldSegment;
    if (before(at, last.seq)) {
      const offset = piece.findIndex((other) => before(at, other.seq));
      return { place: place + offset, previous: offset === 0 ? previous : piece[offset - 1] };
    }
    place += piece.length;
    previous = last;
  }
  return { place, previous };
}

/** All held segments that have become processable, before anything is acknowledged. */
export function drainQueue(tcb: Tcb): Tcb {
  const after = drained(tcb);
  // Deviation `dsack`: the ACK of a held FIN that ends FIN_WAIT still tells its block.
  const endsWait = isHeldAtNext(after) && tcb.state !== 'ESTABLISHED';
  return endsWait && tcb.settings.dsack === 'on' ? after : withoutPassed(after);
}

function drained(tcb: Tcb): Tcb {
  let after = tcb;
  let count = 0;
  for (const head of elementsFrom(tcb.queued.outOfOrder, 0)) {
    if (!atOrBefore(head.seq, after.rcv.nxt)) break;
    after = withPassedOctets(after, head, tcb.rcv.nxt);
    // What is held was in the window when it came.
    const { data, fin } = missingParts(after, head);
    after = acceptText(after, data, data.length > 0 && (has(head, PSH) || fin));
    if (fin) {
      // The eighth check finds the FIN at RCV.NXT; nothing can follow it.
      const alone = { seq: after.rcv.nxt, data: NO_DATA, ctl: FIN, memory: 0, room: 0 };
      const last: HeldSegment = { ...head, ...alone };
      return editQueued(after, { outOfOrder: [[last]] });
    }
    count += 1;
  }
  if (count === 0) return after;
  return editQueued(after, { outOfOrder: withoutFirst(after.queued.outOfOrder, count) });
}
