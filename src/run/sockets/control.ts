/** fcntl and ioctl: whether calls wait, how much is in the queues, and whether the next octet is the urgent one. */

import { octetsWaiting } from '../../tcp/calls/send.js';
import { unsentOctets } from '../../tcp/sending/queued.js';
import { distance } from '../../tcp/seq.js';
import type { Tcb } from '../../tcp/tcb.js';
import type { Attempt, Context } from './context.js';
import { change, done, failed, readable, tcbOf, unsupported } from './context.js';
import type { SocketCallOf } from './socket-calls.js';
import type { BsdSocket } from './table.js';
import { isInline, octetsToMark } from './urgent.js';

/** O_NONBLOCK as the two systems number it. */
const NONBLOCK = { linux: 0o4000, freebsd: 0x4 };
const O_RDWR = 2;
const CLOEXEC = 'FD_CLOEXEC';

export function fcntl(ctx: Context, socket: BsdSocket, call: SocketCallOf<'fcntl'>): Attempt {
  const { fd, command, flags } = call;
  switch (command) {
    case 'F_GETFL': {
      const bits = socket.nonblocking ? NONBLOCK[ctx.table.system] : 0;
      const names = socket.nonblocking ? ['O_RDWR', 'O_NONBLOCK'] : ['O_RDWR'];
      return done(O_RDWR | bits, { flags: names });
    }
    case 'F_SETFL': {
      const strange = flags.find((flag) => flag !== 'O_RDWR' && flag !== 'O_NONBLOCK');
      if (strange !== undefined) return unsupported(strange);
      change(ctx, fd, socket, { nonblocking: flags.includes('O_NONBLOCK') });
      return done(0);
    }
    case 'F_GETFD':
      return done(socket.closeOnExec ? 1 : 0);
    case 'F_SETFD':
      change(ctx, fd, socket, { closeOnExec: flags.includes(CLOEXEC) });
      return done(0);
    default:
      return unsupported(command);
  }
}

/** Octets that are not acknowledged; Linux counts a FIN as one, and nothing while the connection is not open. */
function waitingToLeave({ table }: Context, tcb: Tcb | undefined, isOpening: boolean): number {
  if (tcb === undefined || isOpening) return 0;
  if (table.system === 'freebsd') return octetsWaiting(tcb);
  return distance(tcb.snd.una, tcb.snd.nxt) + unsentNumbers(tcb);
}

/** What has not left; nothing while the connection is not open. */
function unsentOf(tcb: Tcb | undefined, opens: boolean): number {
  return tcb === undefined || opens ? 0 : unsentNumbers(tcb);
}

/** The next connection of a socket whose association was dissolved begins beyond the window of the last: what lies between what of that was sent, or acknowledged, and it. */
export function skippedOf({ dissolved }: BsdSocket, since: 'sent' | 'acknowledged'): number {
  if (dissolved === undefined) return 0;
  const { una, nxt, max } = dissolved.snd;
  const outstanding = since === 'sent' ? 0 : distance(una, nxt);
  return outstanding + unsentOctets(dissolved.queued) + max + 2;
}

/** Text that has not left, and the FIN. */
export function unsentNumbers({ queued, fin }: Tcb): number {
  return unsentOctets(queued) + (queued.closing && fin === undefined ? 1 : 0);
}

export function ioctl(
  ctx: Context,
  socket: BsdSocket,
  { request }: SocketCallOf<'ioctl'>,
): Attempt {
  const tcb = tcbOf(ctx, socket);
  const listening = socket.role === 'listening';
  // Linux still counts what the connection has left when it ended.
  const left = ctx.table.system === 'linux' ? socket.last : undefined;
  const opens = left === undefined && (tcb?.state === 'SYN_SENT' || tcb?.state === 'SYN_RCVD');
  switch (request) {
    case 'SIOCINQ':
    case 'FIONREAD':
      return listening ? failed('EINVAL') : done(0, { value: readableToMark(ctx, socket) });
    case 'SIOCOUTQ':
    case 'TIOCOUTQ':
    case 'FIONWRITE':
      return listening
        ? failed('EINVAL')
        : done(0, {
            value: waitingToLeave(ctx, tcb ?? left, opens) + skippedOf(socket, 'acknowledged'),
          });
    case 'SIOCOUTQNSD':
      return listening
        ? failed('EINVAL')
        : done(0, { value: unsentOf(tcb ?? left, opens) + skippedOf(socket, 'sent') });
    case 'SIOCATMARK':
      if (ctx.table.system === 'freebsd') return unsupported(request);
      return done(0, { value: octetsToMark(ctx, socket) === 0 ? 1 : 0 });
    default:
      return unsupported(request);
  }
}

/** Octets that the next `read` may give: up to the urgent one. */
function readableToMark(ctx: Context, socket: BsdSocket): number {
  const mark = isInline(socket) ? undefined : octetsToMark(ctx, socket);
  return Math.min(readable(ctx, socket), mark ?? Number.POSITIVE_INFINITY);
}
