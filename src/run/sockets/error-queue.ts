/** The error queue of a socket of Linux: what was learnt of text that was sent, which `recvmsg(..., MSG_ERRQUEUE)` reads. */

import { onlyNumbersOf } from '../../lang/packet-icmp.js';
import { ICMP_TEXT, isIcmpError } from '../../tcp/icmp/messages.js';
import { isIPv6 } from '../../tcp/ip-version.js';
import type { Instant, Microstep } from '../../tcp/rule.js';
import type { Tcb } from '../../tcp/tcb.js';
import type { Attempt, Context } from './context.js';
import { change, done, failed, machine, unsupported } from './context.js';
import { type Errno, errnoNumber } from './errno.js';
import type { ControlMessage, ExtendedError, SocketCallOf } from './socket-calls.js';
import type { BsdSocket, SocketTable } from './table.js';
import { setSocket } from './table.js';
import { timeMessages } from './timestamping.js';
import { wake } from './wakeups.js';

/** A message that waits to be read. */
export type QueuedMessage =
  /** An ICMP error whose code is not known here: several say the same. */
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
export const ORIGIN = { icmp: 2, icmp6: 3, timestamping: 4, zerocopy: 5 };

/** What an ICMP message quotes of a segment, octets (RFC 792). */
const QUOTED = 8;

/** The ICMP message by which a connection ended with this errno. */
export function icmpNote(
  { effects }: Microstep,
  { local }: Tcb,
  errno: Errno | undefined,
): QueuedMessage {
  const version = isIPv6(local.address) ? 6 : 4;
  const texts = effects.flatMap((effect) => (effect.kind === 'signal' ? [effect.text] : []));
  const said = Object.keys(ICMP_TEXT)
    .filter(isIcmpError)
    .find((one) => texts.includes(ICMP_TEXT[one]));
  const numbers = said && onlyNumbersOf(said, version);
  const number = errno && errnoNumber('linux', errno);
  if (numbers === undefined || number === undefined) return { kind: 'icmp' };
  const [type, code] = numbers;
  const origin = version === 4 ? ORIGIN.icmp : ORIGIN.icmp6;
  const error = { errno: number, origin, type, code, info: 0, data: 0 };
  return { kind: 'note', error, octets: QUOTED };
}

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
  // Who has read the last ICMP message knows the error that it was.
  const told = isIcmp(first) && !errorQueue.some(isIcmp);
  change(ctx, fd, socket, told ? { errorQueue, error: undefined } : { errorQueue });
  if (errorQueue.length > 0) wake(ctx.table, fd, 'error');
  const octets = Math.min(count, first.octets);
  const messageFlags = ['MSG_ERRQUEUE', ...(octets < first.octets ? ['MSG_TRUNC'] : [])];
  const family = isIPv6(machine(ctx).address) ? 'AF_INET6' : 'AF_INET';
  const error: ControlMessage = { kind: 'error', family, error: first.error };
  const control = [...timeMessages(socket, first.at), error];
  return done(octets, { data: new Uint8Array(octets), control, messageFlags });
}

function isIcmp(message: QueuedMessage): boolean {
  if (message.kind === 'icmp') return true;
  return message.error.origin === ORIGIN.icmp || message.error.origin === ORIGIN.icmp6;
}

/** Nothing waits there any more. */
export function forgetErrors(ctx: Context, fd: number): void {
  const socket = ctx.table.sockets.get(fd);
  if (socket !== undefined) change(ctx, fd, socket, { errorQueue: [] });
}
