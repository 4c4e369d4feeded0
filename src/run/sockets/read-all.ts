/** Reads that wait on Linux with MSG_WAITALL: what comes is taken as it comes, until all of it is there. */

import type { Attempt, Context } from './context.js';
import { done, isAtEnd, readable, WAIT } from './context.js';
import { read } from './reading.js';
import type { SocketCallOf } from './socket-calls.js';
import type { BsdSocket } from './table.js';
import { octetsToMark } from './urgent.js';

/** A read, or one that goes on: `written` octets were taken before. */
export function readOn(
  ctx: Context,
  socket: BsdSocket,
  call: SocketCallOf<'read'>,
  written: number,
): { readonly attempt: Attempt; readonly written: number } {
  const { fd, flags } = call;
  const end = (attempt: Attempt) => ({ attempt, written });
  const held = readable(ctx, socket);
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
