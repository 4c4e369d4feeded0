/** RFC 9293 §3.8.6.2.2 with the deviation receive-space growing-memory: a user who takes more in a round trip than is believed gets memory for twice that. */

import { frontOf, lastOf, sumOver } from '../../base/pieces.js';
import type { Instant } from '../rule.js';
import { segEnd } from '../segment.js';
import { add, distance } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editSpace } from '../tcb.js';
import { consumedTo, heldForUser, openReceiveWindow } from '../window.js';
import { memoryForText, memoryOf, textIn, type UnreadText } from './memory.js';
import type { ReceiveSpace } from './space.js';

/** The window and the memory after the user has read what `before` has more than `after`. */
export function afterReading(before: Tcb, after: Tcb, now: Instant): Tcb {
  return openReceiveWindow(rightSized(before, after, now));
}

/** The user has read what `before` has more than `after`: once in a round trip that is measured, at the first piece of it. */
function rightSized(before: Tcb, after: Tcb, now: Instant): Tcb {
  const { space } = before;
  if (space === undefined || space.trip.eighths === 0) return after;
  const { from, since } = space.taken;
  if (now - since < Math.floor(space.trip.eighths / 8)) return after;
  const read = heldForUser(before) - heldForUser(after);
  const to = add(consumedTo(before), Math.min(read, firstPiece(space, heldForUser(before))));
  // What is still there was not taken.
  const taken = distance(from, to) - distance(to, before.rcv.nxt);
  const grown = taken > space.goal ? grownTo(after, space, taken) : space;
  return editSpace(after, { ...grown, taken: { from: to, since: now } });
}

/** How much of the first piece of unread text is left. */
function firstPiece({ held }: ReceiveSpace, unread: number): number {
  const read = octetsOf(held) - unread;
  return (frontOf(held)?.octets ?? unread) - Math.max(0, read);
}

const octetsOf = sumOver<UnreadText>(({ octets }) => octets);

/** As much as the sender may have doubled its rate by meanwhile, and what text ahead spans. */
function grownTo(tcb: Tcb, space: ReceiveSpace, goal: number): ReceiveSpace {
  const known = { ...space, goal };
  const { settings, queued, rcv } = tcb;
  if (settings.receiveSpace !== 'growing-memory') return known;
  const twice = 2 * goal;
  const faster = Math.floor((twice * (goal - space.goal)) / space.goal);
  const last = lastOf(queued.outOfOrder);
  const span = last === undefined ? 0 : distance(rcv.nxt, segEnd(last));
  const window = twice + 2 * faster + span;
  const memory = Math.min(memoryForText(window, space), settings.windowMemory);
  if (memory <= memoryOf(tcb, space)) return known;
  return { ...known, grownTo: memory, clamp: textIn(memory, space) };
}
