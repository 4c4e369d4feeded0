/** MSG_ZEROCOPY of Linux: the calls of a socket whose text is not copied, numbered from 0, and which of them are over together. */

import { octetsOf, unitsOf } from '../../tcp/sending/units.js';
import { add, before, type Seq } from '../../tcp/seq.js';
import type { Tcb } from '../../tcp/tcb.js';
import type { Context } from './context.js';
import { change, tcbOf } from './context.js';
import type { SocketCallOf } from './socket-calls.js';
import type { BsdSocket } from './table.js';

/** Calls that share their memory: those whose text joined text of the others that waited. */
export interface SharedCalls {
  readonly first: number;
  readonly last: number;
  readonly octets: number;
  readonly begin: Seq;
  /** The number behind their text; undefined while a call still writes. */
  readonly end: Seq | undefined;
}

export interface ZeroCopies {
  /** The number of the next call. */
  readonly next: number;
  readonly shared: readonly SharedCalls[];
}

/** The most octets and calls that share their memory. */
const MOST_OCTETS = 2 ** 19;
const MOST_CALLS = 65_534;

/** Whether a `write` leaves its text where it is: both it and the socket say so. */
function isZeroCopy({ options }: BsdSocket, { flags, data }: SocketCallOf<'write'>): boolean {
  return flags.includes('MSG_ZEROCOPY') && options.SO_ZEROCOPY === 1 && data.length > 0;
}

/** A `write` begins: it has a number, if its text is not copied. */
export function beginZeroCopy(ctx: Context, call: SocketCallOf<'write'>): void {
  const socket = ctx.table.sockets.get(call.fd);
  const tcb = socket && tcbOf(ctx, socket);
  if (socket === undefined || tcb === undefined || !isZeroCopy(socket, call)) return;
  const { next, shared } = socket.zerocopy;
  const last = shared.at(-1);
  const { length: octets } = call.data;
  const joins = last !== undefined && isJoined(last, tcb, octets);
  const calls: SharedCalls = joins
    ? { ...last, last: next, octets: last.octets + octets, end: undefined }
    : { first: next, last: next, octets, begin: writtenTo(tcb), end: undefined };
  const all = [...(joins ? shared.slice(0, -1) : shared), calls];
  change(ctx, call.fd, socket, { zerocopy: { next: next + 1, shared: all } });
}

/** Text of these calls is in the unit that waits last. */
function isJoined({ first, last, octets, end }: SharedCalls, tcb: Tcb, more: number): boolean {
  const unit = unitsOf(tcb).at(-1);
  if (unit === undefined || end === undefined) return false;
  if (octets + more > MOST_OCTETS || last - first + 1 >= MOST_CALLS) return false;
  return before(add(writtenTo(tcb), -unit.octets), end);
}

/** The number behind the last octet that was written. */
export function writtenTo(tcb: Tcb): Seq {
  return add(tcb.snd.nxt, octetsOf(unitsOf(tcb)));
}

/** The `write` is over; one that took nothing had no number. */
export function endZeroCopy(ctx: Context, { fd }: SocketCallOf<'write'>, taken: number): void {
  const socket = ctx.table.sockets.get(fd);
  const calls = socket?.zerocopy.shared.at(-1);
  if (socket === undefined || calls === undefined || calls.end !== undefined) return;
  const { next, shared } = socket.zerocopy;
  const others = shared.slice(0, -1);
  const tcb = tcbOf(ctx, socket);
  const end = tcb === undefined ? calls.begin : writtenTo(tcb);
  if (taken > 0) {
    change(ctx, fd, socket, { zerocopy: { next, shared: [...others, { ...calls, end }] } });
    return;
  }
  const rest = calls.last > calls.first ? [{ ...calls, last: calls.last - 1, end }] : [];
  change(ctx, fd, socket, { zerocopy: { next: next - 1, shared: [...others, ...rest] } });
}
