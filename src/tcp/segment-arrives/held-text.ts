/** RFC 9293 §3.10.7.4, seventh check: text ahead of RCV.NXT is held, in sequence order, until what is before it has come (SHLD-31, MUST-59). */

import { elementsFrom, replaced, withoutFirst } from '../../base/pieces.js';
import {
  tellsFin,
  withHeldOctets,
  withoutPassed,
  withPassedOctets,
} from '../loss-recovery/sack.js';
import { acceptText } from '../receiving/queue.js';
import { withHeldText } from '../receiving/space.js';
import type { Segment } from '../segment.js';
import { FIN, has, NO_DATA, PSH, segEnd } from '../segment.js';
import type { HeldText } from '../sending/queued.js';
import { add, atOrBefore, before, type Seq } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editQueued, editSpace } from '../tcb.js';
import { heldParts, newParts } from './arrival.js';

/** Whether something is held at RCV.NXT: what a SYN brought, or a FIN. */
export function isHeldAtNext({ queued, rcv }: Tcb): boolean {
  return queued.outOfOrder[0]?.[0]?.seq === rcv.nxt;
}

/** The connection with what of a segment lies ahead, which its blocks tell from now on. */
export function hold(tcb: Tcb, seg: Segment): Tcb {
  const { at, data, fin } = newParts(tcb, seg);
  const queued = editQueued(tcb, { outOfOrder: insert(tcb, seg) });
  const added = queued.queued.outOfOrder !== tcb.queued.outOfOrder;
  const held = editSpace(queued, withHeldText(tcb, seg, added));
  return withHeldOctets(held, at, add(at, data.length + (fin && tellsFin(tcb) ? 1 : 0)));
}

/** Adds what of a segment lies in the window to the held ones, in sequence order; a repeated one adds nothing. */
function insert(tcb: Tcb, seg: Segment): HeldText {
  const { at, data, fin } = newParts(tcb, seg);
  const queue = tcb.queued.outOfOrder;
  if (data.length === 0 && !fin) return queue;
  const held: Segment = { ...seg, seq: at, data, ctl: (seg.ctl & PSH) | (fin ? FIN : 0) };
  const { place, previous } = placeOf(queue, at);
  const end = segEnd(held);
  if (previous !== undefined && atOrBefore(end, segEnd(previous))) return queue;
  const same = previous?.seq === at ? 1 : 0;
  return replaced(queue, place - same, same + covered(queue, place, end), held);
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
): { readonly place: number; readonly previous: Segment | undefined } {
  let place = 0;
  let previous: Segment | undefined;
  for (const piece of queue) {
    const last = piece[piece.length - 1] as Segment;
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
    const { data, fin } = heldParts(after, head);
    after = acceptText(after, data, data.length > 0 && (has(head, PSH) || fin));
    if (fin) {
      // The eighth check finds the FIN at RCV.NXT; nothing can follow it.
      const last: Segment = { ...head, seq: after.rcv.nxt, data: NO_DATA, ctl: FIN };
      return editQueued(after, { outOfOrder: [[last]] });
    }
    count += 1;
  }
  if (count === 0) return after;
  return editQueued(after, { outOfOrder: withoutFirst(after.queued.outOfOrder, count) });
}
