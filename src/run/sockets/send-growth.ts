/** The send buffer of Linux grows with the congestion window, once a `write` or a `poll` has met it full. */

import { elementsFrom, lastPlace } from '../../base/pieces.js';
import { congestionWindow, flight } from '../../tcp/congestion/flight.js';
import type { Instant, Microstep } from '../../tcp/rule.js';
import type { Tcb } from '../../tcp/tcb.js';
import { type Context, type Surroundings, tcbOf } from './context.js';
import { grownBuffer, isWritable } from './send-space.js';
import type { BsdSocket } from './table.js';
import { setSocket } from './table.js';
import { wake } from './wakeups.js';

/** Something has met a buffer without room: it grows, and `tcp_info` tells how long that has held text up. */
export function noteFull({ table: { counts } }: Context, { connection = -1 }: BsdSocket): void {
  const known = counts.get(connection);
  if (known) counts.set(connection, { ...known, holdups: { ...known.holdups, full: true } });
}

/** Looks after a buffer that was full: what has left, and each segment that arrives (`heard`), may make it larger, and give it room, which is news. */
export function lookAtBuffers(
  within: Surroundings,
  microsteps: readonly Microstep[],
  at: Instant,
  heard: boolean,
): void {
  const { counts, descriptors, sockets, system } = within.table;
  // What is dropped lets nothing grow.
  const dropped = microsteps.some(({ effects }) => effects.some(({ kind }) => kind === 'discard'));
  for (const id of new Set(microsteps.map(({ connection }) => connection?.id ?? -1))) {
    const known = counts.get(id);
    if (!known?.holdups.full) continue;
    const fd = descriptors.get(id) ?? -1;
    const socket = sockets.get(fd);
    const tcb = socket && tcbOf(within, socket);
    if (socket !== undefined && tcb !== undefined) {
      const grown =
        system === 'linux' && mayGrow(tcb, at, heard && !dropped) && !hasOwnSize(socket);
      const grownSend = grown ? grownBuffer(within, socket, tcb) : socket.grownSend;
      const after = { ...socket, grownSend };
      if (grownSend !== socket.grownSend) setSocket(within.table, fd, after);
      if (!isWritable(within, after, tcb)) continue;
      wake(within.table, fd, 'write');
    }
    counts.set(id, { ...known, holdups: { ...known.holdups, full: false } });
  }
}

/** What a program asks for does not grow. */
function hasOwnSize({ options }: BsdSocket): boolean {
  return options.SO_SNDBUF !== undefined;
}

/** The congestion window is not filled: at the end, or while something was still to leave. */
function mayGrow(tcb: Tcb, at: Instant, heard: boolean): boolean {
  const units = unitsSince(tcb, at);
  if (units === 0 && !heard) return false;
  return units > 1 || flight(tcb) < congestionWindow(tcb);
}

/** How many units of new text have left at an instant. */
function unitsSince({ retransmissions }: Tcb, at: Instant): number {
  const before = lastPlace(retransmissions, ({ sentAt }) => sentAt !== at);
  let units = 0;
  for (const sent of elementsFrom(retransmissions, before + 1)) {
    if (sent.retransmissions === 0 && !sent.joined) units += 1;
  }
  return units;
}
