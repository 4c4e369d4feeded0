/** read, recv, recvfrom, recvmsg; write, send, sendto, sendmsg. */

import { octetsWaiting } from '../../tcp/calls/send.js';
import type { Attempt, Context } from './context.js';
import {
  act,
  change,
  done,
  failed,
  isAtEnd,
  readable,
  stateOf,
  takeError,
  tcbOf,
  unsupported,
  WAIT,
} from './context.js';
import { openTo } from './opening.js';
import type { SocketCall } from './socket-calls.js';
import type { BsdSocket } from './table.js';

type Call<Kind extends SocketCall['kind']> = Extract<SocketCall, { readonly kind: Kind }>;

const READ_FLAGS = ['MSG_DONTWAIT', 'MSG_PEEK', 'MSG_WAITALL'];
const WRITE_FLAGS = ['MSG_DONTWAIT', 'MSG_NOSIGNAL'];

/** Octets first, then the pending error, then the end of the stream; only then is there something to wait for. */
export function read(ctx: Context, socket: BsdSocket, call: Call<'read'>): Attempt {
  const { fd, count, flags } = call;
  const strange = flags.find((flag) => !READ_FLAGS.includes(flag));
  if (strange !== undefined) return unsupported(strange);
  if (socket.role !== 'connection') return failed('ENOTCONN');
  const atEnd = isAtEnd(ctx, socket);
  const immediate = socket.nonblocking || flags.includes('MSG_DONTWAIT');
  const patient = flags.includes('MSG_WAITALL') && !atEnd && !immediate;
  const held = readable(ctx, socket);
  if (count === 0) return done(0, { data: new Uint8Array(0) });
  if (held >= (patient ? count : 1)) {
    const data = take(ctx, fd, socket, Math.min(count, held), flags.includes('MSG_PEEK'));
    return done(data.length, { data });
  }
  const error = takeError(ctx, fd, socket);
  if (error !== undefined) return error;
  if (atEnd) return done(0, { data: new Uint8Array(0) });
  return immediate ? failed('EAGAIN') : WAIT;
}

function take(
  ctx: Context,
  fd: number,
  socket: BsdSocket,
  count: number,
  peek: boolean,
): Uint8Array {
  const tcb = tcbOf(ctx, socket);
  if (peek) return firstOf(socket.left ?? tcb?.received ?? [], count);
  if (socket.left === undefined && tcb !== undefined && receives(tcb.state)) {
    return receive(ctx, socket, count);
  }
  const left = socket.left ?? tcb?.received ?? [];
  change(ctx, fd, socket, { left: withoutFirst(left, count) });
  return firstOf(left, count);
}

/** RECEIVE gives octets; in the states after these it says that the connection is closing. */
function receives(state: string): boolean {
  return ['ESTABLISHED', 'FIN_WAIT_1', 'FIN_WAIT_2', 'CLOSE_WAIT'].includes(state);
}

/** So many octets that are there: a RECEIVE may end early at a PUSH, and the next goes on. */
function receive(ctx: Context, { connection }: BsdSocket, count: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let missing = count; missing > 0; ) {
    const { outcome } = act(ctx, { kind: 'RECEIVE', connection, count: missing });
    if (outcome.kind !== 'ok' || outcome.data === undefined) break;
    parts.push(outcome.data);
    missing -= outcome.data.length;
  }
  return firstOf(parts, count);
}

function firstOf(parts: readonly Uint8Array[], count: number): Uint8Array {
  const length = Math.min(
    count,
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  const octets = new Uint8Array(length);
  let filled = 0;
  for (const part of parts) {
    if (filled === length) break;
    const wanted = part.subarray(0, length - filled);
    octets.set(wanted, filled);
    filled += wanted.length;
  }
  return octets;
}

function withoutFirst(parts: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let skip = count;
  const rest: Uint8Array[] = [];
  for (const part of parts) {
    if (skip < part.length) rest.push(part.subarray(skip));
    skip = Math.max(0, skip - part.length);
  }
  return rest;
}

/** How a `write` went: the attempt, and how many octets have been taken so far. */
export interface Written {
  readonly attempt: Attempt;
  readonly written: number;
}

/** Octets go as far as the send buffer has room; `written` of them went before. */
export function write(
  ctx: Context,
  socket: BsdSocket,
  call: Call<'write'>,
  written: number,
): Written {
  const { fd, data, flags } = call;
  const end = (attempt: Attempt): Written => ({ attempt, written });
  const strange = flags.find((flag) => !WRITE_FLAGS.includes(flag));
  if (strange !== undefined) return end(unsupported(strange));
  const immediate = socket.nonblocking || flags.includes('MSG_DONTWAIT');
  const refusal = refuseWrite(ctx, socket, call);
  if (refusal !== undefined) return end(written > 0 ? done(written) : refusal);
  const current = ctx.table.sockets.get(fd) ?? socket;
  const tcb = tcbOf(ctx, current);
  if (tcb === undefined) return end(failed('EPIPE'));
  const opening = tcb.state === 'SYN_SENT' || tcb.state === 'SYN_RCVD';
  const room = opening && !implies(ctx, call) ? 0 : tcb.settings.sendBuffer - octetsWaiting(tcb);
  const part = data.subarray(written, written + Math.max(0, room));
  if (part.length > 0) act(ctx, { kind: 'SEND', connection: current.connection, data: part });
  const total = written + part.length;
  if (total === data.length) return { attempt: done(total), written: total };
  if (!immediate) return { attempt: WAIT, written: total };
  return { attempt: total > 0 ? done(total) : failed('EAGAIN'), written: total };
}

/** FreeBSD's `sendto` with an address connects first. */
function implies({ table }: Context, { to }: Call<'write'>): boolean {
  return table.system === 'freebsd' && to !== undefined;
}

function refuseWrite(ctx: Context, socket: BsdSocket, call: Call<'write'>): Attempt | undefined {
  const { fd } = call;
  const linux = ctx.table.system === 'linux';
  if (socket.role !== 'connection') {
    if (socket.role === 'fresh' && implies(ctx, call) && call.to !== undefined) {
      const errno = openTo(ctx, fd, socket, call.to);
      return errno === undefined ? undefined : failed(errno);
    }
    return failed(linux ? 'EPIPE' : 'ENOTCONN');
  }
  if (!linux && (socket.shutWrite || (socket.ended && !socket.connecting))) return failed('EPIPE');
  const error = takeError(ctx, fd, socket);
  if (error !== undefined) return error;
  if (socket.ended || socket.shutWrite) return failed('EPIPE');
  if (!linux && stateOf(ctx, socket) === 'SYN_SENT' && call.to === undefined) {
    return failed('ENOTCONN');
  }
  return undefined;
}
