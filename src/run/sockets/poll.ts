/** poll: what a socket is ready for. */

import type { Attempt, Context } from './context.js';
import { done, isAtEnd, isOpening, stateOf, tcbOf, unsupported, WAIT } from './context.js';
import { isReadable } from './readable.js';
import { noteFull } from './send-growth.js';
import { isWritable } from './send-space.js';
import type { PollEntry, SocketCallOf } from './socket-calls.js';
import { type BsdSocket, isOpen } from './table.js';
import { hasUrgent } from './urgent.js';

type PollCall = SocketCallOf<'poll'>;

const ASKED = ['POLLIN', 'POLLRDNORM', 'POLLOUT', 'POLLWRNORM', 'POLLRDHUP', 'POLLPRI'];
/** Told even when nobody asked. */
const TOLD = ['POLLERR', 'POLLHUP', 'POLLNVAL'];

/** `poll`: how many entries have news, and which; it waits while none has. `over`: the time-out is. */
export function poll(ctx: Context, { entries, timeout }: PollCall, over: boolean): Attempt {
  const strange = entries
    .flatMap(({ events }) => events)
    .find((event) => !ASKED.includes(event) && !TOLD.includes(event));
  if (strange !== undefined) return unsupported(strange);
  const { sockets } = ctx.table;
  if (entries.some(({ fd }) => !sockets.has(fd) && isOpen(ctx.table, fd)))
    return unsupported('poll of a descriptor that is no socket’s');
  const revents = entries.map((entry) => newsOf(ctx, entry));
  const count = revents.filter((events) => events.length > 0).length;
  return count > 0 || over || timeout === 0 ? done(count, { revents }) : WAIT;
}

function newsOf(ctx: Context, { fd, events }: PollEntry): readonly string[] {
  if (fd < 0) return [];
  const socket = ctx.table.sockets.get(fd);
  if (socket === undefined) return ['POLLNVAL'];
  const all = readiness(ctx, socket);
  return all.filter((event) => events.includes(event) || TOLD.includes(event));
}

/** What a socket is ready for, whoever asks. */
export function readiness(ctx: Context, socket: BsdSocket): readonly string[] {
  const linux = ctx.table.system === 'linux';
  if (socket.role === 'listening') return socket.ready.length > 0 ? ['POLLIN', 'POLLRDNORM'] : [];
  if (socket.deferred !== undefined) return ['POLLOUT', 'POLLWRNORM'];
  if (socket.role === 'fresh') {
    if (!linux) return [];
    const error = hasError(socket) ? ['POLLERR'] : [];
    const end = socket.shutRead ? ['POLLIN', 'POLLRDNORM', 'POLLRDHUP'] : [];
    return ['POLLOUT', 'POLLWRNORM', 'POLLHUP', ...end, ...error];
  }
  const news: string[] = [];
  const atEnd = isAtEnd(ctx, socket);
  // An error that has not ended the connection is none of these on Linux.
  const broken = socket.error !== undefined && !linux;
  if (atEnd || broken || isReadable(ctx, socket)) news.push('POLLIN', 'POLLRDNORM');
  if (hasUrgent(ctx, socket)) news.push('POLLPRI');
  if (writable(ctx, socket) || broken) news.push('POLLOUT', 'POLLWRNORM');
  if (linux && atEnd) news.push('POLLRDHUP');
  if (linux && hasError(socket)) news.push('POLLERR');
  if (socket.ended || (atEnd && closed(ctx, socket))) news.push('POLLHUP');
  return news;
}

/** An error is to be told, or waits in the queue. */
function hasError({ error, errorQueue }: BsdSocket): boolean {
  return error !== undefined || errorQueue.length > 0;
}

/** Both directions are shut. */
function closed(ctx: Context, socket: BsdSocket): boolean {
  return socket.shutWrite || ['LAST_ACK', 'CLOSING', 'TIME_WAIT'].includes(stateOf(ctx, socket));
}

function writable(ctx: Context, socket: BsdSocket): boolean {
  const tcb = tcbOf(ctx, socket);
  const opens = tcb !== undefined && isOpening(tcb);
  // On Linux that nothing can be written any more is news only once the connection is open.
  if (socket.ended || (socket.shutWrite && (!opens || ctx.table.system === 'freebsd'))) return true;
  if (tcb === undefined || opens) return false;
  const is = isWritable(ctx, socket, tcb);
  if (!is) noteFull(ctx, socket);
  return is;
}
