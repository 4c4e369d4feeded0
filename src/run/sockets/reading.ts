/** read, recv, recvfrom, recvmsg. */

import { joinOctets, withoutOctets } from '../../base/octets.js';
import { NO_DATA } from '../../tcp/segment.js';
import { hasPeersFin } from '../../tcp/states.js';
import type { Tcb } from '../../tcp/tcb.js';
import { arrivalOf } from './arrivals.js';
import type { Attempt, Context } from './context.js';
import {
  act,
  change,
  done,
  failed,
  isAtEnd,
  lowWater,
  readable,
  stateOf,
  takeError,
  tcbOf,
  unsupported,
  WAIT,
} from './context.js';
import { readErrorQueue } from './error-queue.js';
import type { ControlMessage, SocketCallOf } from './socket-calls.js';
import type { BsdSocket } from './table.js';
import { tellsArrival, timeMessages } from './timestamping.js';
import { isInline, octetsToMark, readUrgent } from './urgent.js';

const READ_FLAGS = ['MSG_DONTWAIT', 'MSG_PEEK', 'MSG_WAITALL', 'MSG_TRUNC'];
/** Of sending; Linux does not look at them. */
const PASSED_OVER = ['MSG_NOSIGNAL', 'MSG_DONTROUTE', 'MSG_CONFIRM', 'MSG_EOR', 'MSG_MORE'];
const LINUX_FLAGS = [...READ_FLAGS, 'MSG_OOB', 'MSG_ERRQUEUE', ...PASSED_OVER];

const NOTHING_READ = done(0, { data: NO_DATA });

/** Text, or what waits in the error queue of Linux. */
export function read(ctx: Context, socket: BsdSocket, call: SocketCallOf<'read'>): Attempt {
  const { flags, fd } = call;
  const linux = ctx.table.system === 'linux';
  // `read` asks nobody for nothing.
  if (call.plain && call.count === 0 && linux) return NOTHING_READ;
  const known = linux ? LINUX_FLAGS : READ_FLAGS;
  const strange = flags.find((flag) => !known.includes(flag));
  if (strange !== undefined) return unsupported(strange);
  if (flags.includes('MSG_ERRQUEUE')) return readErrorQueue(ctx, socket, call);
  const tcb = tcbOf(ctx, socket);
  const attempt = readText(ctx, socket, call);
  const isOver = attempt.kind === 'done' && attempt.errno === undefined;
  const apart = flags.includes('MSG_PEEK') || flags.includes('MSG_OOB');
  if (isOver && !apart) noteFin(ctx, fd);
  if (!isOver || !call.message) return attempt;
  const control: ControlMessage[] = [];
  if (attempt.result > 0 && tellsArrival(socket)) {
    const at = tcb && arrivalOf(socket, tcb, attempt.result);
    if (at === undefined) return unsupported('when text came that came before that was asked for');
    control.push(...timeMessages(socket, at));
  }
  if (socket.options.TCP_INQ === 1) control.push({ kind: 'inq', octets: left(ctx, fd) });
  return { ...attempt, control };
}

/** Who reads all that is before the FIN has read the FIN, too. */
function noteFin(ctx: Context, fd: number): void {
  const socket = ctx.table.sockets.get(fd);
  if (socket === undefined || socket.finRead || readable(ctx, socket) > 0) return;
  if (hadFin(socket) || hasPeersFin(stateOf(ctx, socket)))
    change(ctx, fd, socket, { finRead: true });
}

/** TCP_CM_INQ: the octets that can be read, a FIN behind them, and the end of the stream as long as it lasts. */
function left(ctx: Context, fd: number): number {
  const socket = ctx.table.sockets.get(fd);
  if (socket === undefined) return 0;
  const fin = hadFin(socket) || hasPeersFin(stateOf(ctx, socket));
  return readable(ctx, socket) + (fin ? 1 : 0);
}

/** Octets first, then the pending error, then the end of the stream; only then is there something to wait for. */
function readText(ctx: Context, asked: BsdSocket, call: SocketCallOf<'read'>): Attempt {
  let socket = asked;
  const { fd, flags } = call;
  const urgent = ctx.table.system === 'linux' && flags.includes('MSG_OOB');
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
  const before = peek ? gap + peekOffset(socket) : 0;
  const held = readable(ctx, socket) - before;
  // Linux waits for something even if nothing of it is wanted.
  if (count === 0 && ctx.table.system === 'freebsd') return NOTHING_READ;
  const least = immediate || atEnd ? 1 : Math.max(1, Math.min(count, lowWater(socket)));
  if (held >= (patient ? count : least)) {
    if (call.unmapped) return failed('EFAULT');
    const taken = Math.min(count, held);
    const data = take(ctx, fd, socket, taken + before, peek).subarray(before);
    movePeekOffset(ctx, fd, peek ? data.length : -data.length);
    return done(data.length, { data });
  }
  // On Linux the end of the stream stays its end, whatever came after it.
  if (ctx.table.system === 'linux' && hadFin(socket)) return done(0, { data: NO_DATA });
  const error = takeError(ctx, fd, socket);
  if (error !== undefined) return error;
  if (atEnd) return done(0, { data: NO_DATA });
  return immediate ? failed('EAGAIN') : WAIT;
}

/** SO_PEEK_OFF: where MSG_PEEK begins to look, octets behind what was read; it goes on with each look, if it was set at all. */
function peekOffset({ options: { SO_PEEK_OFF: offset } }: BsdSocket): number {
  return typeof offset === 'number' && offset > 0 ? offset : 0;
}

function movePeekOffset(ctx: Context, fd: number, octets: number): void {
  const socket = ctx.table.sockets.get(fd);
  const offset = socket?.options.SO_PEEK_OFF;
  if (socket === undefined || typeof offset !== 'number' || offset < 0) return;
  const options = { ...socket.options, SO_PEEK_OFF: Math.max(0, offset + octets) };
  change(ctx, fd, socket, { options });
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
  if (peek) {
    const data = joinOctets(socket.left ?? tcb?.queued.received ?? [], count);
    lookOnly(ctx, socket, tcb);
    return data;
  }
  if (socket.left === undefined && tcb !== undefined && receives(tcb.state)) {
    return receive(ctx, socket, count);
  }
  const left = socket.left ?? tcb?.queued.received ?? [];
  change(ctx, fd, socket, { left: withoutOctets(left, count) });
  return joinOctets(left, count);
}

/** Linux looks at its buffer after each read, whatever that takes away. */
function lookOnly(ctx: Context, { connection, left }: BsdSocket, tcb: Tcb | undefined): void {
  if (ctx.table.system === 'freebsd' || left !== undefined) return;
  if (tcb === undefined || !receives(tcb.state)) return;
  act(ctx, { kind: 'RECEIVE', connection, count: 0, across: true });
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
