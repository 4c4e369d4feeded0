/** When text came, as Linux tells it with a message that is read (SO_TIMESTAMPING, SO_TIMESTAMP). */

import { elementsFrom } from '../../base/pieces.js';
import type { Instant } from '../../tcp/rule.js';
import type { Segment } from '../../tcp/segment.js';
import { add, atOrBefore, before, type Seq } from '../../tcp/seq.js';
import type { Tcb } from '../../tcp/tcb.js';
import { consumedTo, heldForUser } from '../../tcp/window.js';
import type { BsdSocket, SocketTable } from './table.js';
import { setSocket } from './table.js';
import { tellsArrival } from './timestamping.js';

/** A segment with text. */
export interface Arrival {
  readonly begin: Seq;
  readonly end: Seq;
  readonly at: Instant;
}

/** Takes note of a segment that has come for a socket whose program wants to know when; what was read meanwhile is forgotten. */
export function noteArrival(
  table: SocketTable,
  fd: number,
  { seq: begin, data }: Segment,
  tcb: Tcb,
  at: Instant,
): void {
  const socket = table.sockets.get(fd);
  if (socket === undefined || data.length === 0 || !tellsArrival(socket)) return;
  const read = consumedTo(tcb);
  const unread = socket.arrivals.filter(({ end }) => before(read, end));
  const arrived = { begin, end: add(begin, data.length), at };
  setSocket(table, fd, { ...socket, arrivals: [...unread, arrived] });
}

/**
 * When the last of so many octets came that are next to be read: text that was joined came when the last of it did. Undefined:
 * it came before anybody wanted to know.
 */
export function arrivalOf({ arrivals }: BsdSocket, tcb: Tcb, octets: number): Instant | undefined {
  const last = lastOfPiece(tcb, octets);
  return arrivals.find(({ begin, end }) => atOrBefore(begin, last) && before(last, end))?.at;
}

/** The last octet of the piece in which text ends. */
function lastOfPiece(tcb: Tcb, octets: number): Seq {
  const from = consumedTo(tcb);
  const pieces = [...elementsFrom(tcb.space?.held ?? [], 0)];
  // Of the first something may have been read.
  const whole = pieces.reduce((sum, piece) => sum + piece.octets, 0);
  let end = heldForUser(tcb) - whole;
  for (const piece of pieces) {
    end += piece.octets;
    if (end >= octets) break;
  }
  return add(from, Math.max(octets, end) - 1);
}
