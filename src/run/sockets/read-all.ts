/** Reads that wait: on Linux until they are woken; with MSG_WAITALL what comes is taken as it comes, until all of it is there. */

import type { Attempt, Context } from './context.js';
import { done, isAtEnd, readable, WAIT } from './context.js';
import { isReadable } from './readable.js';
import { read } from './reading.js';
import type { SocketCallOf } from './socket-calls.js';
import type { BsdSocket } from './table.js';
import { hasUrgent, octetsToMark } from './urgent.js';

/** A read, or one that goes on: `written` octets were taken before. `sleeps`: it has waited, and its time is not over. */
export function readOn(
  ctx: Context,
  socket: BsdSocket,
  call: SocketCallOf<'read'>,
  written: number,
  sleeps = false,
): { readonly attempt: Attempt; readonly written: number } {
  const { fd, flags } = call;
  const end = (attempt: Attempt) => ({ attempt, written });
  if (sleeps && !isWoken(ctx, socket)) return end(WAIT);
  const held = readable(ctx, socket);
  // The urgent octet ends it.
  if (written > 0 && octetsToMark(ctx, socket) === 0) return end(done(written));
  if (written > 0 && held === 0) {
    const over = socket.error !== undefined || socket.ended || isAtEnd(ctx, socket);
    const immediate = flags.includes('MSG_DONTWAIT');
    return end(over || immediate ? done(written) : WAIT);
  }
  const rest = { ...call, count: call.count - written };
  const attempt = read(ctx, socket, rest);
  const takes = ctx.table.system === 'linux' && flags.includes('MSG_WAITALL') && held > 0;
  if (attempt.kind === 'done' && written > 0) return end(done(written + attempt.result));
  if (attempt.kind !== 'wait' || !takes || flags.includes('MSG_PEEK')) return end(attempt);
  const now = read(ctx, socket, { ...rest, flags: [...flags, 'MSG_DONTWAIT'] });
  const taken = written + (now.kind === 'done' ? Math.max(0, now.result) : 0);
  // The urgent octet ends it.
  const left = ctx.table.sockets.get(fd) ?? socket;
  return { attempt: octetsToMark(ctx, left) === 0 ? done(taken) : WAIT, written: taken };
}

/** Linux wakes who reads once so much is there as SO_RCVLOWAT asks for, however little was asked for, or something has ended. */
function isWoken(ctx: Context, socket: BsdSocket): boolean {
  if (ctx.table.system === 'freebsd') return true;
  if (socket.error !== undefined || isAtEnd(ctx, socket) || hasUrgent(ctx, socket)) return true;
  return isReadable(ctx, socket);
}
