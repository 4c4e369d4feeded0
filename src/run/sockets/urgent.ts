/** Urgent text on Linux (RFC 6093 §3.4): one octet apart from the others, at which every `read` ends. */

import { elementsFrom } from '../../base/pieces.js';
import type { Part } from '../../sim/step.js';
import type { Microstep } from '../../tcp/rule.js';
import type { Segment } from '../../tcp/segment.js';
import { add, distance, before as isBefore, type Seq } from '../../tcp/seq.js';
import { hasPeersFin } from '../../tcp/states.js';
import type { Tcb } from '../../tcp/tcb.js';
import { consumedTo, heldForUser } from '../../tcp/window.js';
import type { Attempt, Context, Surroundings } from './context.js';
import { act, change, contextOf, done, failed, isAtEnd, readable, tcbOf } from './context.js';
import type { Caller, SocketCallOf } from './socket-calls.js';
import type { BsdSocket, SocketTable } from './table.js';

/** Whether the urgent octet stays among the others (SO_OOBINLINE). */
export function isInline({ options }: BsdSocket): boolean {
  return Boolean(options.SO_OOBINLINE);
}

/** How many octets may be read before the urgent one; undefined when none is announced. */
export function octetsToMark(ctx: Surroundings, socket: BsdSocket): number | undefined {
  const tcb = tcbOf(ctx, socket) ?? socket.last;
  if (ctx.table.system !== 'linux' || !tcb?.queued.urgent) return undefined;
  const fin = hasPeersFin(tcb.state) && !socket.finRead ? 1 : 0;
  const consumed = add(tcb.rcv.nxt, -readable(ctx, socket) - fin);
  // The pointer names the octet after it.
  const before = distance(consumed, tcb.rcv.up) - 1;
  return before < 0 || before >= 2 ** 31 ? undefined : before;
}

/** The urgent octet has come, and was not read. */
export function hasUrgent(ctx: Context, socket: BsdSocket): boolean {
  const tcb = tcbOf(ctx, socket) ?? socket.last;
  const mark = octetsToMark(ctx, socket);
  if (tcb === undefined || mark === undefined) return false;
  return urgentOctet(ctx, socket, tcb, mark) !== undefined && socket.urgentRead !== tcb.rcv.up;
}

/** The urgent octet, which comes after `mark` others: among what may be read, or held ahead of it. */
function urgentOctet(
  { table }: Surroundings,
  { left, connection = -1 }: BsdSocket,
  tcb: Tcb,
  mark: number,
): Uint8Array | undefined {
  const aside = table.asides.get(connection);
  if (aside?.up === tcb.rcv.up) return aside.octet;
  const unread = octetAt(left ?? tcb.queued.received, mark);
  if (unread !== undefined) return unread;
  return heldOctet(tcb, tcb.rcv.up);
}

function octetAt(parts: readonly Uint8Array[], place: number): Uint8Array | undefined {
  let skip = place;
  for (const part of parts) {
    if (skip < part.length) return part.subarray(skip, skip + 1);
    skip -= part.length;
  }
  return undefined;
}

/** Takes note of the urgent octet of text that lies after the peer's FIN, and comes then or was held: it is kept, though the text is not. */
export function noteUrgent(
  { asides }: SocketTable,
  connection: number,
  { seq, data }: Segment,
  tcb: Tcb,
  microsteps: readonly Microstep[],
): void {
  const { up } = tcb.rcv;
  if (!tcb.queued.urgent || !hasPeersFin(tcb.state)) return;
  // Before the FIN it is among the text; and the first that comes stays.
  if (isBefore(up, add(tcb.rcv.nxt, 1)) || asides.get(connection)?.up === up) return;
  const before = microsteps[0]?.before;
  const held =
    before === undefined || hasPeersFin(before.state) ? undefined : heldOctet(before, up);
  const place = distance(seq, add(up, -1));
  const comes = place < data.length && microsteps.some(({ rule }) => rule.id === URG);
  const octet = held ?? (comes ? data.subarray(place, place + 1) : undefined);
  if (octet !== undefined) asides.set(connection, { up, octet });
}

/** The octet before the number, of what is held ahead of RCV.NXT. */
function heldOctet({ queued }: Tcb, up: Seq): Uint8Array | undefined {
  const seq = add(up, -1);
  for (const one of elementsFrom(queued.outOfOrder, 0)) {
    const place = distance(one.seq, seq);
    if (place < one.data.length) return one.data.subarray(place, place + 1);
  }
  return undefined;
}

const URG = 'other-states/6-urg';

/** `recv(..., MSG_OOB)`: the urgent octet, once. */
export function readUrgent(ctx: Context, socket: BsdSocket, call: SocketCallOf<'read'>): Attempt {
  const tcb = tcbOf(ctx, socket) ?? socket.last;
  const mark = octetsToMark(ctx, socket);
  const none = !tcb?.queued.urgent || isInline(socket);
  if (none || socket.urgentRead === tcb.rcv.up) return failed('EINVAL');
  const data = mark === undefined ? undefined : urgentOctet(ctx, socket, tcb, mark);
  if (data === undefined) {
    return isAtEnd(ctx, socket) ? done(0, { data: new Uint8Array(0) }) : failed('EAGAIN');
  }
  if (!call.flags.includes('MSG_PEEK')) change(ctx, call.fd, socket, { urgentRead: tcb.rcv.up });
  return done(1, { data });
}

/**
 * An urgent octet that was next to be read, and that another follows, is passed over. What that has done; undefined where nothing was.
 */
export function passOver(
  surroundings: Surroundings,
  { rule, connection, before, after }: Microstep,
  caller: Caller,
): Part | undefined {
  const { table, world } = surroundings;
  if (rule.id !== URG || table.system !== 'linux') return undefined;
  const fd = connection && table.descriptors.get(connection.id);
  const socket = fd === undefined ? undefined : table.sockets.get(fd);
  if (socket === undefined || isInline(socket) || !before?.queued.urgent) return undefined;
  const held = heldForUser(before);
  const isNext = distance(consumedTo(before), before.rcv.up) === 1;
  if (!isNext || held === 0 || after?.rcv.up === before.rcv.up) return undefined;
  const ctx = contextOf(table, world, caller);
  act(ctx, { kind: 'RECEIVE', connection: connection?.id, count: 1, across: true });
  return ctx.out;
}
