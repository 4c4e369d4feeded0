/** TCP Fast Open for programs: Linux's MSG_FASTOPEN and TCP_FASTOPEN_CONNECT, FreeBSD's TCP_FASTOPEN of a client. */

import type { Attempt, Context } from './context.js';
import { change, done, failed, settingsOf, stateOf, takeError, WAIT } from './context.js';
import { clientEnabled, offerTo } from './fast-open-offer.js';
import { anew, openTo } from './opening.js';
import type { SocketCallOf } from './socket-calls.js';
import type { BsdSocket } from './table.js';

type WriteCall = SocketCallOf<'write'>;

/** Linux: the call opens, or goes on with an open that a `connect` has deferred. */
export function opensFast({ table }: Context, socket: BsdSocket, { flags }: WriteCall): boolean {
  if (table.system !== 'linux') return false;
  return flags.includes('MSG_FASTOPEN') || socket.deferred !== undefined;
}

/** How far a write that opens has come; `go-on`: the connection is open, and the rest is written as any other. */
export interface FastWrite {
  readonly attempt: Attempt | 'go-on';
  readonly written: number;
}

/**
 * `sendto` with MSG_FASTOPEN, or the first write after a deferred connect. Without waiting only what fits the SYN is taken;
 * else the rest follows when the connection is open.
 */
export function writeFast(
  ctx: Context,
  socket: BsdSocket,
  call: WriteCall,
  written: number,
  waited: boolean,
): FastWrite {
  const end = (attempt: Attempt | 'go-on', octets = written): FastWrite => ({
    attempt,
    written: octets,
  });
  if (!waited && (!clientEnabled(ctx) || call.to === 'unspecified'))
    return end(failed('EOPNOTSUPP'));
  const immediate = socket.nonblocking || call.flags.includes('MSG_DONTWAIT');
  if (socket.role === 'connection') return end(goOn(ctx, socket, call, immediate, waited));
  const remote = socket.deferred ?? call.to;
  if (socket.role === 'listening') return end(failed('EISCONN'));
  if (remote === undefined || remote === 'unspecified') return end(failed('EINVAL'));
  // Linux: text that cannot be read leaves a SYN that asks for a cookie.
  const asks = call.unmapped && call.data.length > 0 ? true : undefined;
  const room = asks ? 0 : (offerTo(ctx, socket, remote)?.room ?? 0);
  const most = immediate || asks ? room : settingsOf(ctx, socket).sendBuffer;
  const text = call.data.subarray(0, most);
  const refused = openTo(ctx, call.fd, socket, remote, text, asks);
  if (refused !== undefined) return end(failed(refused));
  if (!immediate) return end(WAIT, text.length);
  return text.length > 0 ? end(done(text.length), text.length) : end(failed('EINPROGRESS'));
}

function goOn(
  ctx: Context,
  socket: BsdSocket,
  { fd }: WriteCall,
  immediate: boolean,
  waited: boolean,
): Attempt | 'go-on' {
  const state = stateOf(ctx, socket);
  if (state === 'SYN_SENT' || state === 'SYN_RCVD') return immediate ? failed('EALREADY') : WAIT;
  if (!socket.connecting && !waited) return failed('EISCONN');
  if (!socket.ended) {
    if (socket.connecting) change(ctx, fd, socket, { connecting: false });
    return 'go-on';
  }
  const error = takeError(ctx, fd, socket) ?? failed('ECONNABORTED');
  change(ctx, fd, socket, { ...anew(ctx, socket), last: socket.last });
  return error;
}
