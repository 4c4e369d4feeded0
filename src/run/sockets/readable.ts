/** When there is something to read, as `poll` and those who are woken see it. */

import { memoryOf, usedMemory } from '../../tcp/receiving/memory.js';
import type { Tcb } from '../../tcp/tcb.js';
import { lowWater, readable, type Surroundings, tcbOf } from './context.js';
import type { BsdSocket } from './table.js';
import { isInline, octetsToMark } from './urgent.js';

/** So many octets as SO_RCVLOWAT asks for, less when no more will come before somebody reads; an urgent octet that is next is none of them. */
export function isReadable(within: Surroundings, socket: BsdSocket): boolean {
  const held = readable(within, socket);
  const apart = octetsToMark(within, socket) === 0 && !isInline(socket) ? 1 : 0;
  if (held >= lowWater(socket) + apart) return true;
  const tcb = tcbOf(within, socket);
  return held > 0 && tcb !== undefined && isCrowded(tcb);
}

/** Linux: the buffer is full but for an eighth, or the window is no more than a segment. */
function isCrowded(tcb: Tcb): boolean {
  const { rcv, space } = tcb;
  if (space === undefined) return false;
  const memory = memoryOf(tcb, space);
  return usedMemory(tcb, space) > memory - Math.floor(memory / 8) || rcv.wnd <= space.segment;
}
