/** read, recv, recvfrom, recvmsg; write, send, sendto, sendmsg. */

import { joinOctets, withoutOctets } from '../../base/octets.js';
import { NO_DATA } from '../../tcp/segment.js';
import { hasPeersFin } from '../../tcp/states.js';
import type { Attempt, Context } from './context.js';
import {
  act,
  change,
  done,
  failed,
  isAtEnd,
  isOpening,
  lowWater,
  readable,
  settingsOf,
  stateOf,
  takeError,
  tcbOf,
  unsupported,
  WAIT,
} from './context.js';
import { opensFast, writeFast } from './fast-open.js';
import { clientEnabled } from './fast-open-offer.js';
import { openTo } from './opening.js';
import { lookAtBuffers, noteFull } from './send-growth.js';
import { isWritable, sendRoom } from './send-space.js';
import type { SocketCallOf } from './socket-calls.js';
import type { BsdSocket } from './table.js';
import { isInline, octetsToMark, readUrgent } from './urgent.js';

const READ_FLAGS = ['MSG_DONTWAIT', 'MSG_PEEK', 'MSG_WAITALL', 'MSG_TRUNC'];
const WRITE_FLAGS = ['MSG_DONTWAIT', 'MSG_NOSIGNAL', 'MSG_FASTOPEN', 'MSG_MORE', 'MSG_OOB'];
/** Of Linux alone: nothing joins the text that ends here. */
const RECORD_END = 'MSG_EOR';

const NOTHING_READ = done(0, { data: NO_DATA });

/** Octets first, then the pending error, then the end of the stream; only then is there something to wait for. */
export function read(ctx: Context, before: BsdSocket, call: SocketCallOf<'read'>): Attempt {
  let socket = before;
  const { fd, flags } = call;
  // `read` asks nobody for nothing.
  if (call.plain && call.count === 0 && ctx.table.system === 'linux') return NOTHING_READ;
  const urgent = ctx.table.system === 'linux' && flags.includes('MSG_OOB');
  const strange = flags.find(
    (flag) => !READ_FLAGS.includes(flag) && !(urgent && flag === 'MSG_OOB'),
  );
  if (strange !== undefined) return unsupported(strange);
  if (urgent && socket.role !== 'listening') return readUrgent(ctx, socket, call);
  if (socket.deferred !== undefined) return socket.nonblocking ? failed('EAGAIN') : WAIT;
  if (socket.role !== 'connection') {
    const atEnd = socket.shutRead && socket.role === 'fresh';
    const end = atEnd ? done(0, { data: NO_DATA }) : failed('ENOTCONN');
    return takeError(ctx, fd, socket) ?? end;
  }
  const atEnd = isAtEnd(ctx, socket);
  const immediate = socket.nonblocking || flags.includes('MSG_DONTWAIT');
  const patient = flags.includes('MSG_WAITALL') && !atEnd && !immediate;
  const mark = octetsToMark(ctx, socket);
  const peek = flags.includes('MSG_PEEK');
  // What is read begins behind the urgent octet, or ends before it.
  const apart = mark === 0 && !isInline(socket);
  const gap = apart && readable(ctx, socket) > 0 ? 1 : 0;
  if (gap > 0 && !peek) {
    take(ctx, fd, socket, gap, peek);
    socket = ctx.table.sockets.get(fd) ?? socket;
  }
  const count = mark ? Math.min(call.count, mark) : call.count;
  const held = readable(ctx, socket) - (peek ? gap : 0);
  // Linux waits for something even if nothing of it is wanted.
  if (count === 0 && ctx.table.system === 'freebsd') return NOTHING_READ;
  const least = immediate || atEnd ? 1 : Math.max(1, Math.min(count, lowWater(socket)));
  if (held >= (patient ? count : least)) {
    if (call.unmapped) return failed('EFAULT');
    const taken = Math.min(count, held);
    const data = peek
      ? take(ctx, fd, socket, taken + gap, peek).subarray(gap)
      : take(ctx, fd, socket, taken, peek);
    return done(data.length, { data });
  }
  // On Linux the end of the stream stays its end, whatever came after it.
  if (ctx.table.system === 'linux' && hadFin(socket)) return done(0, { data: NO_DATA });
  const error = takeError(ctx, fd, socket);
  if (error !== undefined) return error;
  if (atEnd) return done(0, { data: NO_DATA });
  return immediate ? failed('EAGAIN') : WAIT;
}

/** The connection had received a FIN before it ended. */
function hadFin({ last }: BsdSocket): boolean {
  return last !== undefined && hasPeersFin(last.state);
}

function take(
  ctx: Context,
  fd: number,
  socket: BsdSocket,
  count: number,
  peek: boolean,
): Uint8Array {
  const tcb = tcbOf(ctx, socket);
  if (peek) return joinOctets(socket.left ?? tcb?.queued.received ?? [], count);
  if (socket.left === undefined && tcb !== undefined && receives(tcb.state)) {
    return receive(ctx, socket, count);
  }
  const left = socket.left ?? tcb?.queued.received ?? [];
  change(ctx, fd, socket, { left: withoutOctets(left, count) });
  return joinOctets(left, count);
}

/** RECEIVE gives octets; in the states after these it says that the connection is closing. */
function receives(state: string): boolean {
  return ['SYN_RCVD', 'ESTABLISHED', 'FIN_WAIT_1', 'FIN_WAIT_2', 'CLOSE_WAIT'].includes(state);
}

/** So many octets that are there. */
function receive(ctx: Context, { connection }: BsdSocket, count: number): Uint8Array {
  if (count === 0) return NO_DATA;
  const { outcome } = act(ctx, { kind: 'RECEIVE', connection, count, across: true });
  return outcome.kind === 'ok' && outcome.data !== undefined ? outcome.data : NO_DATA;
}

/** How a `write` went: the attempt, and how many octets have been taken so far. */
export interface Written {
  readonly attempt: Attempt;
  readonly written: number;
  /** It waits, and for room in the send buffer. */
  readonly full?: boolean;
}

/** A `write` that has waited already: for room, or for something else. */
export type WaitedFor = 'room' | 'other' | undefined;

/** Octets go as far as the send buffer has room; `written` of them went before. */
export function write(
  ctx: Context,
  socket: BsdSocket,
  call: SocketCallOf<'write'>,
  written: number,
  waited: WaitedFor,
): Written {
  const known = ctx.table.system === 'linux' ? [...WRITE_FLAGS, RECORD_END] : WRITE_FLAGS;
  const strange = call.flags.find((flag) => !known.includes(flag));
  if (strange !== undefined) return { attempt: unsupported(strange), written };
  if (!opensFast(ctx, socket, call)) return writeOpen(ctx, socket, call, written, waited);
  const fast = writeFast(ctx, socket, call, written, waited !== undefined);
  if (fast.attempt !== 'go-on') return { ...fast, attempt: fast.attempt };
  return writeOpen(ctx, ctx.table.sockets.get(call.fd) ?? socket, call, fast.written);
}

/** On a socket that has a connection, or gets one by FreeBSD's `sendto`. */
function writeOpen(
  ctx: Context,
  socket: BsdSocket,
  call: SocketCallOf<'write'>,
  written: number,
  waited?: WaitedFor,
): Written {
  const { data, flags } = call;
  const end = (attempt: Attempt): Written => ({ attempt, written });
  const immediate = socket.nonblocking || flags.includes('MSG_DONTWAIT');
  if (socket.role === 'fresh' && implies(ctx, call)) return writeImplied(ctx, socket, call);
  const neverOpen = socket.last !== undefined && isOpening(socket.last);
  const refusal = refuseWrite(ctx, socket, call);
  if (refusal !== undefined) {
    if (written === 0 || neverOpen) return end(refusal);
    // Linux tells the error to the next call.
    const { error } = socket;
    if (ctx.table.system === 'linux' && error) change(ctx, call.fd, socket, { error });
    return end(done(written));
  }
  const tcb = tcbOf(ctx, socket);
  if (tcb === undefined) return end(failed('EPIPE'));
  const waits = isOpening(tcb) && !implies(ctx, call);
  if (call.unmapped && data.length > 0 && !waits) return end(failed('EFAULT'));
  // Linux wakes who waits for room once poll would tell of it.
  const asleep = waited === 'room' && ctx.table.system === 'linux' && !isWritable(ctx, socket, tcb);
  if (asleep) return { attempt: WAIT, written, full: true };
  // Who waits has his text queued, so that it travels with the ACK of the handshake.
  const total =
    waits && (immediate || call.unmapped) ? written : fill(ctx, socket, data, written, flags);
  if (total === data.length && !waits) return { attempt: done(total), written: total };
  if (!immediate) return { attempt: WAIT, written: total, full: !waits };
  return { attempt: total > 0 ? done(total) : failed('EAGAIN'), written: total };
}

/** SENDs as much as there is room for; how much has been taken then. */
function fill(
  ctx: Context,
  { connection }: BsdSocket,
  data: Uint8Array,
  written: number,
  flags: readonly string[],
): number {
  let total = written;
  const fd = ctx.table.descriptors.get(connection ?? -1) ?? -1;
  const units = ctx.table.system === 'linux';
  const urgent = flags.includes('MSG_OOB') ? true : undefined;
  while (total < data.length) {
    const socket = ctx.table.sockets.get(fd);
    const tcb = socket && tcbOf(ctx, socket);
    if (socket === undefined || tcb === undefined) break;
    const part = data.subarray(total, total + sendRoom(ctx, socket, tcb, urgent));
    if (part.length === 0) break;
    total += part.length;
    const more = flags.includes('MSG_MORE') ? true : undefined;
    const end = flags.includes(RECORD_END) ? 'record' : undefined;
    const reach = units && total < data.length ? 'goes-on' : end;
    act(ctx, { kind: 'SEND', connection, data: part, more, part: reach, urgent, fits: true });
  }
  if (total < data.length) meetFull(ctx, fd, units && written < total);
  return total;
}

/** The buffer is full. What waits for room need not wait for the rest, if something of this call does: it is `cut` there. */
function meetFull(ctx: Context, fd: number, cut: boolean): void {
  const socket = ctx.table.sockets.get(fd);
  if (socket === undefined) return;
  noteFull(ctx, socket);
  if (!cut) return;
  const { connection } = socket;
  const data = new Uint8Array(0);
  const part = act(ctx, { kind: 'SEND', connection, data, part: 'cut', fits: true });
  if (part.departures.length === 0) return;
  lookAtBuffers(ctx, part.microsteps, ctx.world.now, false);
  noteFull(ctx, socket);
}

/** FreeBSD's `sendto` with an address connects first. */
function implies({ table }: Context, { to }: SocketCallOf<'write'>): boolean {
  return table.system === 'freebsd' && to !== undefined;
}

/** It opens fast when the program has asked for that; the text follows in any case. */
function writeImplied(ctx: Context, socket: BsdSocket, call: SocketCallOf<'write'>): Written {
  const { fd, data, to } = call;
  const end = (attempt: Attempt, written = 0): Written => ({ attempt, written });
  if (to === undefined || to === 'unspecified') return end(failed('EAFNOSUPPORT'));
  const text = data.subarray(0, settingsOf(ctx, socket).sendBuffer);
  const fast = Boolean(socket.options.TCP_FASTOPEN) && clientEnabled(ctx);
  const errno = openTo(ctx, fd, socket, to, fast ? text : undefined);
  if (errno !== undefined) return end(failed(errno));
  if (!fast) return writeOpen(ctx, ctx.table.sockets.get(fd) ?? socket, call, 0);
  const whole = text.length === data.length || socket.nonblocking;
  return end(whole ? done(text.length) : WAIT, text.length);
}

function refuseWrite(
  ctx: Context,
  socket: BsdSocket,
  call: SocketCallOf<'write'>,
): Attempt | undefined {
  const { fd } = call;
  const linux = ctx.table.system === 'linux';
  if (socket.role !== 'connection') {
    return (linux ? takeError(ctx, fd, socket) : undefined) ?? failed(linux ? 'EPIPE' : 'ENOTCONN');
  }
  if (!linux && (socket.shutWrite || socket.ended)) return failed('EPIPE');
  const error = takeError(ctx, fd, socket);
  if (error !== undefined) return error;
  // Linux waits for the connection before it looks what was shut.
  const tcb = tcbOf(ctx, socket);
  const opens = tcb !== undefined && isOpening(tcb);
  if (socket.ended || (socket.shutWrite && !opens)) return failed('EPIPE');
  if (!linux && stateOf(ctx, socket) === 'SYN_SENT' && call.to === undefined) {
    return failed('ENOTCONN');
  }
  return undefined;
}
