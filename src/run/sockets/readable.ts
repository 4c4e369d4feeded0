/** When there is something to read, as `poll` and those who are woken see it. */

import { isMemoryShort } from '../../tcp/receiving/memory.js';
import { lowWater, readable, type Surroundings, tcbOf } from './context.js';
import type { BsdSocket } from './table.js';
import { isInline, octetsToMark } from './urgent.js';

/** So many octets as SO_RCVLOWAT asks for, less when no more will come before somebody reads; an urgent octet that is next is none of them. */
export function isReadable(within: Surroundings, socket: BsdSocket): boolean {
  const held = readable(within, socket);
  const apart = octetsToMark(within, socket) === 0 && !isInline(socket) ? 1 : 0;
  if (held >= lowWater(socket) + apart) return true;
  const tcb = tcbOf(within, socket);
  return held > 0 && tcb !== undefined && isMemoryShort(tcb);
}
