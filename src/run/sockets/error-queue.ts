/** The error queue of a socket of Linux: what was learnt of text that was sent, which `recvmsg(..., MSG_ERRQUEUE)` reads. */

import { isIPv6 } from '../../tcp/ip-version.js';
import type { Instant } from '../../tcp/rule.js';
import type { Attempt, Context } from './context.js';
import { change, done, failed, machine, unsupported } from './context.js';
import type { ControlMessage, ExtendedError, SocketCallOf } from './socket-calls.js';
import type { BsdSocket, SocketTable } from './table.js';
import { setSocket } from './table.js';
import { timeMessages } from './timestamping.js';
import { wake } from './wakeups.js';

/** A message that waits to be read. */
export type QueuedMessage =
  /** An ICMP error, of which nothing is kept but that it is there. */
  | { readonly kind: 'icmp' }
  | {
      readonly kind: 'note';
      readonly error: ExtendedError;
      /** The time that it tells. */
      readonly at?: Instant;
      /** How much of what was sent comes with it. */
      readonly octets: number;
    };

/** SO_EE_ORIGIN_*. */
export const ORIGIN = { timestamping: 4, zerocopy: 5 };

/** One more message in the queue of a socket, which wakes who waits for errors. What tells of ranges of calls joins the last, if it goes on with it. */
export function enqueue(table: SocketTable, fd: number, message: QueuedMessage): void {
  const socket = table.sockets.get(fd);
  if (socket === undefined) return;
  const { errorQueue } = socket;
  const last = errorQueue.at(-1);
  const joined = last && joinedRange(last, message);
  const queue = joined ? [...errorQueue.slice(0, -1), joined] : [...errorQueue, message];
  setSocket(table, fd, { ...socket, errorQueue: queue });
  wake(table, fd, 'error');
}

function joinedRange(last: QueuedMessage, next: QueuedMessage): QueuedMessage | undefined {
  if (last.kind !== 'note' || next.kind !== 'note') return undefined;
  const isRange = [last, next].every(({ error }) => error.origin === ORIGIN.zerocopy);
  if (!isRange || next.error.info !== last.error.data + 1) return undefined;
  return { ...last, error: { ...last.error, data: next.error.data } };
}

/** What waits first, whether the socket is connected or not; the next of them wakes again. */
export function readErrorQueue(
  ctx: Context,
  socket: BsdSocket,
  { fd, count }: SocketCallOf<'read'>,
): Attempt {
  const [first, ...errorQueue] = socket.errorQueue;
  if (first === undefined) return failed('EAGAIN');
  if (first.kind === 'icmp') return unsupported('an ICMP message in the error queue');
  change(ctx, fd, socket, { errorQueue });
  if (errorQueue.length > 0) wake(ctx.table, fd, 'error');
  const octets = Math.min(count, first.octets);
  const messageFlags = ['MSG_ERRQUEUE', ...(octets < first.octets ? ['MSG_TRUNC'] : [])];
  const family = isIPv6(machine(ctx).address) ? 'AF_INET6' : 'AF_INET';
  const error: ControlMessage = { kind: 'error', family, error: first.error };
  const control = [...timeMessages(socket, first.at), error];
  return done(octets, { data: new Uint8Array(octets), control, messageFlags });
}
