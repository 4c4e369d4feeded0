/** Pipes of Linux, and `splice`, which moves text between one and a socket. */

import { joinOctets, withoutOctets } from '../../base/octets.js';
import { listOf } from '../../base/pieces.js';
import type { Attempt, Context } from './context.js';
import { done, failed, isAtEnd, readable, tcbOf, unsupported, WAIT } from './context.js';
import { read } from './reading.js';
import type { SocketCallOf } from './socket-calls.js';
import type { BlockedCall, BsdSocket, PipeEnd, SocketTable } from './table.js';
import { isOpen, takeDescriptor } from './table.js';
import { octetsToMark } from './urgent.js';
import { type Written, write } from './writing.js';

/** A pipe has so many slots. A segment that is spliced takes one, and so does a page of what is written, which joins the page before it. */
const SLOTS = 16;
const PAGE = 4_096;

const FLAGS = ['SPLICE_F_MOVE', 'SPLICE_F_NONBLOCK', 'SPLICE_F_MORE', 'SPLICE_F_GIFT'];

/** `pipe`: the end to read from, and the one to write to. */
export function openPipe({ table }: Context): Attempt {
  if (table.system !== 'linux') return unsupported('pipe');
  const pipe = table.nextPipe;
  table.nextPipe += 1;
  table.pipes.set(pipe, []);
  const descriptors = (['read', 'write'] as const).map((end) => {
    const fd = takeDescriptor(table);
    table.pipeEnds.set(fd, { pipe, end });
    return fd;
  });
  return done(0, { descriptors });
}

function hasEnd({ pipeEnds }: SocketTable, pipe: number, end: PipeEnd['end']): boolean {
  return [...pipeEnds.values()].some((one) => one.pipe === pipe && one.end === end);
}

function partsOf({ pipes }: SocketTable, pipe: number): readonly Uint8Array[] {
  return pipes.get(pipe) ?? [];
}

function add(table: SocketTable, pipe: number, parts: readonly Uint8Array[]): void {
  table.pipes.set(pipe, [...partsOf(table, pipe), ...parts]);
}

/** The first octets that a pipe holds. */
function held(table: SocketTable, pipe: number, count: number): Uint8Array {
  return joinOctets(partsOf(table, pipe), count);
}

function drop(table: SocketTable, pipe: number, count: number): void {
  table.pipes.set(pipe, withoutOctets(partsOf(table, pipe), count));
}

/** Octets in pieces of these lengths, as far as they go. */
function cutInto(data: Uint8Array, lengths: readonly number[]): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const length of lengths) {
    if (at < data.length) pieces.push(data.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

/** `read` of a pipe: what there is, or its end once nobody can write. */
export function readPipe(
  { table }: Context,
  { pipe, end }: PipeEnd,
  { count }: SocketCallOf<'read'>,
): Attempt {
  if (end !== 'read') return failed('EBADF');
  const data = held(table, pipe, count);
  drop(table, pipe, data.length);
  if (data.length === 0 && count > 0 && hasEnd(table, pipe, 'write')) return WAIT;
  return done(data.length, { data });
}

/** `write` to a pipe: all of it, if there is room. */
export function writePipe(
  { table }: Context,
  { pipe, end }: PipeEnd,
  { data }: SocketCallOf<'write'>,
): Attempt {
  if (end !== 'write') return failed('EBADF');
  if (data.length > 0 && !hasEnd(table, pipe, 'read')) return failed('EPIPE');
  const parts = partsOf(table, pipe);
  const last = parts.at(-1);
  const joins = last !== undefined && last.length + data.length <= PAGE;
  const whole = joins ? joinOctets([last, data]) : data;
  const kept = joins ? parts.slice(0, -1) : parts;
  const pages = Math.ceil(whole.length / PAGE);
  if (kept.length + pages > SLOTS) return unsupported('a write that a pipe has no room for');
  table.pipes.set(pipe, [...kept, ...cutInto(whole, new Array<number>(pages).fill(PAGE))]);
  return done(data.length);
}

/** `splice`: from a socket into a pipe, out of one into a socket, or from pipe to pipe. */
export function splice(
  ctx: Context,
  call: SocketCallOf<'splice'>,
  waiting: BlockedCall | undefined,
): Written {
  const { table } = ctx;
  const { from, to, count, offsets } = call;
  const only = (attempt: Attempt): Written => ({ attempt, written: 0 });
  if (table.system !== 'linux') return only(unsupported('splice'));
  if (count === 0) return only(done(0));
  if (!call.flags.every((flag) => FLAGS.includes(flag))) return only(failed('EINVAL'));
  if (!isOpen(table, from) || !isOpen(table, to)) return only(failed('EBADF'));
  const source = table.pipeEnds.get(from);
  const sink = table.pipeEnds.get(to);
  if ((source && offsets.from) || (sink && offsets.to)) return only(failed('ESPIPE'));
  if (source?.end === 'write' || sink?.end === 'read') return only(failed('EBADF'));
  if (source && sink) return only(between(ctx, source, sink, call));
  if (source === undefined && sink === undefined) return only(failed('EINVAL'));
  const socket = table.sockets.get(source ? to : from);
  if (socket === undefined) return only(unsupported('splice of what is no socket'));
  if (offsets.from || offsets.to) return only(failed('EINVAL'));
  if (source) return intoSocket(ctx, source, socket, call, waiting);
  return only(fromSocket(ctx, socket, sink as PipeEnd, call));
}

/** Text that has arrived, up to what is urgent, which stays where it is. */
function fromSocket(
  ctx: Context,
  socket: BsdSocket,
  { pipe }: PipeEnd,
  { from, count, flags }: SocketCallOf<'splice'>,
): Attempt {
  const { table } = ctx;
  if (!hasEnd(table, pipe, 'read')) return failed('EPIPE');
  const free = SLOTS - partsOf(table, pipe).length;
  if (free <= 0) return later(flags);
  if (octetsToMark(ctx, socket) === 0 && readable(ctx, socket) > 0)
    return socket.nonblocking && !isAtEnd(ctx, socket) ? failed('EAGAIN') : done(0);
  const lengths = piecesOf(ctx, socket).slice(0, free);
  const most = lengths.reduce((sum, length) => sum + length, 0) || count;
  const attempt = read(ctx, socket, {
    kind: 'read',
    fd: from,
    count: Math.min(count, most),
    flags: ['MSG_DONTWAIT'],
  });
  if (attempt.kind !== 'done') return attempt;
  if (attempt.errno === 'EAGAIN' && !socket.nonblocking) return WAIT;
  const { data, ...rest } = attempt;
  if (data !== undefined) add(table, pipe, cutInto(data, lengths));
  return rest;
}

/** The lengths of the pieces of memory that unread text lies in. */
function piecesOf(ctx: Context, socket: BsdSocket): readonly number[] {
  const { space, queued } = tcbOf(ctx, socket) ?? {};
  if (socket.left !== undefined || space === undefined)
    return (socket.left ?? queued?.received ?? []).map(({ length }) => length);
  const lengths = listOf(space.held).map(({ octets }) => octets);
  let read = lengths.reduce((sum, length) => sum + length, 0) - readable(ctx, socket);
  return lengths.flatMap((length) => {
    const gone = Math.min(length, Math.max(0, read));
    read -= gone;
    return length > gone ? [length - gone] : [];
  });
}

/** As a `write` of what the pipe has; only what was taken leaves the pipe. */
function intoSocket(
  ctx: Context,
  { pipe }: PipeEnd,
  socket: BsdSocket,
  { to, count, flags }: SocketCallOf<'splice'>,
  waiting: BlockedCall | undefined,
): Written {
  const { table } = ctx;
  const data = held(table, pipe, count);
  if (data.length === 0) return { attempt: ofEmpty(table, pipe, flags), written: 0 };
  const more = flags.includes('SPLICE_F_MORE') ? ['MSG_MORE'] : [];
  const call = { kind: 'write', fd: to, data, flags: more, to: undefined } as const;
  const waited = waiting && (waiting.full ? 'room' : 'other');
  const after = write(ctx, socket, call, waiting?.written ?? 0, waited);
  const { attempt } = after;
  if (attempt.kind === 'done' && attempt.result > 0) drop(table, pipe, attempt.result);
  return after;
}

function between(
  { table }: Context,
  source: PipeEnd,
  sink: PipeEnd,
  { count, flags }: SocketCallOf<'splice'>,
): Attempt {
  if (source.pipe === sink.pipe) return failed('EINVAL');
  if (!hasEnd(table, sink.pipe, 'read')) return failed('EPIPE');
  const parts = partsOf(table, source.pipe);
  if (parts.length === 0) return ofEmpty(table, source.pipe, flags);
  const free = SLOTS - partsOf(table, sink.pipe).length;
  if (free <= 0) return later(flags);
  const lengths = parts.slice(0, free).map(({ length }) => length);
  const data = joinOctets(parts.slice(0, free), count);
  drop(table, source.pipe, data.length);
  add(table, sink.pipe, cutInto(data, lengths));
  return done(data.length);
}

/** Nothing is in the pipe: it has ended, or there may be something later. */
function ofEmpty(table: SocketTable, pipe: number, flags: readonly string[]): Attempt {
  return hasEnd(table, pipe, 'write') ? later(flags) : done(0);
}

/** A pipe has nothing, or no room, yet. */
function later(flags: readonly string[]): Attempt {
  return flags.includes('SPLICE_F_NONBLOCK') ? failed('EAGAIN') : WAIT;
}
