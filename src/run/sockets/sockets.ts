/** The sockets interface over RFC 9293's user calls: what a process on a host may ask of its TCP. */

import type { Part } from '../../sim/step.js';
import type { World } from '../../sim/world.js';
import type { Duration, Instant } from '../../tcp/rule.js';
import { close, lingers, shutdown } from './closing.js';
import type { Attempt, Context } from './context.js';
import { contextOf, done, failed, tcbOf, unsupported } from './context.js';
import { fcntl, ioctl } from './control.js';
import { epollControl, epollCreate, epollWait } from './epoll.js';
import { accept, listen } from './listening.js';
import { bind, connect, openFile, openSocket } from './opening.js';
import { lingerTime } from './option-linger.js';
import { getOption, setOption } from './options.js';
import { openPipe, readPipe, splice, writePipe } from './pipes.js';
import { poll } from './poll.js';
import { readOn } from './read-all.js';
import type {
  Answer,
  Caller,
  Done,
  OptionValue,
  SocketCall,
  SocketCallOf,
  WithPart,
} from './socket-calls.js';
import { type BlockedCall, type BsdSocket, dropOther, isOpen, type SocketTable } from './table.js';
import { announce, write } from './writing.js';

export { observeSockets } from './observe.js';

/** A call that had waited and is over. */
export type Progress = WithPart & Done & { readonly id: number };

/** A socket call, made now. Changes the table and the world; what the world did is the answer's part. */
export function callSocket(
  table: SocketTable,
  world: World,
  call: SocketCall,
  caller: Caller,
): Answer {
  const ctx = contextOf(table, world, caller);
  const deadline = deadlineOf(table, world, call);
  const connection = connectionOf(table, call);
  const { attempt, written, full = false } = attemptCall(ctx, call, undefined);
  const part = ctx.out;
  if (attempt.kind !== 'wait') return { ...attempt, part };
  const id = table.nextBlocked;
  table.nextBlocked += 1;
  const blocked = { id, call, deadline, written, full, connection, origin: caller.origin };
  table.blocked.set(id, blocked);
  return { kind: 'blocked', id, part };
}

/**
 * Tries again what waits, oldest first: after each step that was observed, and at `nextDeadline`. `goesOn` is told what a call has
 * done that waits for more.
 */
export function progress(
  table: SocketTable,
  world: World,
  caller: Caller,
  goesOn?: (part: Part) => void,
): readonly Progress[] {
  const ended: Progress[] = [];
  for (const blocked of [...table.blocked.values()]) {
    const ctx = contextOf(table, world, { ...caller, origin: blocked.origin });
    const { attempt, written, full = false } = attemptCall(ctx, blocked.call, blocked);
    if (attempt.kind === 'done') {
      table.blocked.delete(blocked.id);
      ended.push({ ...attempt, id: blocked.id, part: ctx.out });
    } else if (written !== blocked.written || full !== blocked.full) {
      table.blocked.set(blocked.id, { ...blocked, written, full });
      goesOn?.(ctx.out);
    }
  }
  return ended;
}

/** When a waiting call ends in any case (the time-outs of poll and epoll_wait, close's linger); undefined when none has such an end. */
export function nextDeadline({ blocked }: SocketTable): Instant | undefined {
  let soonest: Instant | undefined;
  for (const { deadline } of blocked.values()) {
    if (deadline !== undefined && (soonest === undefined || deadline < soonest)) soonest = deadline;
  }
  return soonest;
}

/** The option that says how long a call waits at most. */
const TIMED: Readonly<Partial<Record<SocketCall['kind'], string>>> = {
  read: 'SO_RCVTIMEO',
  accept: 'SO_RCVTIMEO',
  write: 'SO_SNDTIMEO',
  connect: 'SO_SNDTIMEO',
};

function deadlineOf(table: SocketTable, world: World, call: SocketCall): Instant | undefined {
  let wait: Duration | undefined;
  if ((call.kind === 'poll' || call.kind === 'epoll_wait') && call.timeout >= 0)
    wait = call.timeout * 1_000;
  if (call.kind === 'close') {
    const socket = table.sockets.get(call.fd);
    wait = socket && lingerTime(socket);
  }
  const limit = limitOf(table, call);
  if (typeof limit === 'object' && 'wait' in limit && limit.wait > 0) wait = limit.wait;
  return wait === undefined ? undefined : world.now + wait;
}

/** What the option says that limits a call; one of the ends of a splice that waits is a socket. */
function limitOf({ sockets }: SocketTable, call: SocketCall): OptionValue | undefined {
  if (call.kind === 'splice') {
    const { from, to } = call;
    return sockets.get(from)?.options.SO_RCVTIMEO ?? sockets.get(to)?.options.SO_SNDTIMEO;
  }
  const option = TIMED[call.kind];
  return option === undefined || !('fd' in call)
    ? undefined
    : sockets.get(call.fd)?.options[option];
}

function connectionOf(table: SocketTable, call: SocketCall): number | undefined {
  return 'fd' in call ? table.sockets.get(call.fd)?.connection : undefined;
}

interface Tried {
  readonly attempt: Attempt;
  readonly written: number;
  readonly full?: boolean;
}

/** Makes the call, or goes on with one that waits. */
function attemptCall(ctx: Context, call: SocketCall, waiting: BlockedCall | undefined): Tried {
  const over = waiting?.deadline !== undefined && waiting.deadline <= ctx.world.now;
  const written = waiting?.written ?? 0;
  const only = (attempt: Attempt): Tried => ({ attempt, written });
  if (call.kind === 'splice') {
    const tried = splice(ctx, call, waiting);
    return over && tried.attempt.kind === 'wait' ? { ...tried, attempt: soFar(tried) } : tried;
  }
  if (!('fd' in call)) return only(attemptApart(ctx, call, over));
  if (call.kind === 'close' && waiting !== undefined) {
    return only(over || !lingers(ctx, waiting.connection) ? done(0) : { kind: 'wait' });
  }
  const socket = ctx.table.sockets.get(call.fd);
  if (socket === undefined) return only(attemptOnOther(ctx, call));
  const tried = attemptOn(ctx, socket, call, waiting);
  if (!over || tried.attempt.kind !== 'wait') return tried;
  return givenUp(ctx, ctx.table.sockets.get(call.fd) ?? socket, waiting, tried);
}

/** Calls that are not of one socket. */
function attemptApart(
  ctx: Context,
  call: Exclude<SocketCall, CallOnSocket | { readonly kind: 'splice' }>,
  over: boolean,
): Attempt {
  switch (call.kind) {
    case 'socket':
      return openSocket(ctx, call);
    case 'poll':
      return poll(ctx, call, over);
    case 'open':
      return openFile(ctx);
    case 'pipe':
      return openPipe(ctx);
    case 'epoll_create':
      return epollCreate(ctx, call);
    case 'epoll_ctl':
      return epollControl(ctx, call);
    case 'epoll_wait':
      return epollWait(ctx, call, over);
  }
}

type CallOnSocket = Extract<SocketCall, { readonly fd: number }>;

/** On a descriptor that stands for something else than a socket, or for nothing. */
function attemptOnOther(ctx: Context, call: CallOnSocket): Attempt {
  const { table } = ctx;
  const { kind, fd } = call;
  if (!isOpen(table, fd)) return failed('EBADF');
  if (kind === 'close') {
    dropOther(table, fd);
    return done(0);
  }
  const end = table.pipeEnds.get(fd);
  if (end && call.kind === 'read' && call.plain) return readPipe(ctx, end, call);
  if (end && call.kind === 'write') return writePipe(ctx, end, call);
  if (kind === 'read' || kind === 'write' || kind === 'fcntl' || kind === 'ioctl')
    return unsupported(`${kind} of a descriptor that is no socket's`);
  return failed('ENOTSOCK');
}

/** The time of a call is over: what there is, or no more than that. */
function givenUp(
  ctx: Context,
  socket: BsdSocket,
  { call, connection }: BlockedCall,
  tried: Tried,
): Tried {
  if (call.kind === 'connect') {
    const own = connection === undefined;
    return { ...tried, attempt: failed(own ? 'EINPROGRESS' : 'EALREADY') };
  }
  const tcb = tcbOf(ctx, socket);
  if (call.kind === 'write' && (tcb?.queued.announced || pushes(ctx, call, tried)))
    announce(ctx, socket, false);
  if (call.kind === 'read') {
    const flags = [...call.flags, 'MSG_DONTWAIT'];
    return readOn(ctx, socket, { ...call, flags }, tried.written);
  }
  return { ...tried, attempt: soFar(tried) };
}

/** Linux pushes what it has taken, in whatever way a call ends (tcp_push). */
function pushes({ table }: Context, { flags }: SocketCallOf<'write'>, { written }: Tried): boolean {
  return table.system === 'linux' && written > 0 && !flags.includes('MSG_MORE');
}

/** As much as was done when its time is over. */
function soFar({ written }: Tried): Attempt {
  return written > 0 ? done(written) : failed('EAGAIN');
}

/** It waits, and its time is not over. */
function sleeps({ world }: Context, waiting: BlockedCall | undefined): boolean {
  return waiting !== undefined && (waiting.deadline ?? Number.POSITIVE_INFINITY) > world.now;
}

function attemptOn(
  ctx: Context,
  socket: BsdSocket,
  call: CallOnSocket,
  waiting: BlockedCall | undefined,
): Tried {
  const written = waiting?.written ?? 0;
  const only = (attempt: Attempt): Tried => ({ attempt, written });
  switch (call.kind) {
    case 'bind':
      return only(bind(ctx, socket, call));
    case 'listen':
      return only(listen(ctx, socket, call));
    case 'connect':
      return only(connect(ctx, socket, call, waiting !== undefined));
    case 'accept':
      return only(accept(ctx, socket, call));
    case 'read':
      return readOn(ctx, socket, call, written, sleeps(ctx, waiting));
    case 'write':
      return write(ctx, socket, call, written, waiting && (waiting.full ? 'room' : 'other'));
    case 'shutdown':
      return only(shutdown(ctx, socket, call));
    case 'close':
      return only(close(ctx, socket, call));
    case 'fcntl':
      return only(fcntl(ctx, socket, call));
    case 'getsockopt':
      return only(getOption(ctx, socket, call));
    case 'setsockopt':
      return only(setOption(ctx, socket, call));
    case 'ioctl':
      return only(ioctl(ctx, socket, call));
  }
}
