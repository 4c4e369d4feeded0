/** What a socket of Linux has of memory beside what was received: what waits or was sent, and the pages that are reserved for more. */

import { lastOf } from '../../base/pieces.js';
import { countSyn } from '../../tcp/loss-recovery/scoreboard.js';
import { hasAny } from '../../tcp/loss-recovery/tally.js';
import { memoryFor, PAGE, usedMemory } from '../../tcp/receiving/memory.js';
import type { Segment } from '../../tcp/segment.js';
import { finIsDue } from '../../tcp/sending/transmit.js';
import { RECORD, sendMemory } from '../../tcp/sending/units.js';
import type { Tcb } from '../../tcp/tcb.js';
import { isHeld } from './counting-arrivals.js';

/** The memory of all that waits and is not acknowledged, a SYN and a FIN alone, too; undefined when something was SACKed, which is kept by how it came to be. */
export function queuedMemory(tcb: Tcb): number | undefined {
  return hasAny(tcb.retransmissions, 'sacked') ? undefined : sentMemory(tcb);
}

function sentMemory(tcb: Tcb): number {
  const { retransmissions: sent, open } = tcb;
  const last = lastOf(sent);
  const bareFin = finIsDue(tcb) || (last !== undefined && last.segment.seq === tcb.fin);
  const ownSyn = open === 'active' ? countSyn(sent) : 0;
  return sendMemory(tcb) + RECORD * (ownSyn + (bareFin ? 1 : 0));
}

/** What of the pages that are reserved is not used; `spare` of them wholly. */
export function reserved(used: number, spare: number): number {
  return ((PAGE - (used % PAGE)) % PAGE) + spare * PAGE;
}

/** What was done at an instant; `seg`: the segment that has arrived, if its ACK was acceptable. */
interface Done {
  readonly before: Tcb;
  readonly after: Tcb;
  readonly seg: Segment | undefined;
}

/** How many pages are reserved and not used at all after that: what is freed gives them back. */
export function sparePages(spare: number, { before, after, seg }: Done): number {
  if (before.space === undefined || after.space === undefined) return 0;
  const sent = [sentMemory(before), sentMemory(after)] as const;
  const read = [usedMemory(before, before.space), usedMemory(after, after.space)] as const;
  const free = withoutFreed(
    reserved(sent[0] + read[0], spare),
    sent[0] - sent[1],
    read[0] - read[1],
  );
  const taken = Math.max(0, read[1] - read[0]);
  // A segment that joins the last one, or was held already, was provided for.
  const whole =
    read[0] === read[1] && seg && bringsText(before, after, seg) ? memoryFor(before, seg) : 0;
  const rest = without(free, Math.max(taken, whole), taken);
  const queued = Math.max(0, sent[1] - sent[0]);
  return Math.floor(without(rest, queued, queued) / PAGE);
}

function withoutFreed(free: number, ...freed: readonly number[]): number {
  const all = freed.reduce((sum, octets) => sum + Math.max(0, octets), 0);
  return all > 0 ? (free + all) % PAGE : free;
}

/** Something new, or what is held; what there is no memory for is neither. */
function bringsText({ rcv }: Tcb, after: Tcb, seg: Segment): boolean {
  return seg.data.length > 0 && (rcv.nxt !== after.rcv.nxt || isHeld(after, seg));
}

/** What is left when so much was asked for, in whole pages, and so much of that is used. */
function without(free: number, asked: number, used: number): number {
  return free + PAGE * Math.ceil(Math.max(0, asked - free) / PAGE) - used;
}
