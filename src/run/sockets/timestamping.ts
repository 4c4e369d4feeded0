/** SO_TIMESTAMPING of Linux: which times of its text a program wants to be told. */

import type { Instant } from '../../tcp/rule.js';
import type { Seq } from '../../tcp/seq.js';
import type { Attempt, Context } from './context.js';
import { change, done, failed, stateOf, tcbOf, unsupported } from './context.js';
import type { ControlMessage, SocketCallOf } from './socket-calls.js';
import type { BsdSocket } from './table.js';
import { writtenTo } from './zerocopy.js';

/** SOF_TIMESTAMPING_*. */
const FLAG = {
  txSoftware: 1 << 1,
  rxSoftware: 1 << 3,
  software: 1 << 4,
  optId: 1 << 7,
  txSched: 1 << 8,
  txAck: 1 << 9,
  optTsonly: 1 << 11,
  optStats: 1 << 12,
  bindPhc: 1 << 15,
  optIdTcp: 1 << 16,
  optRxFilter: 1 << 17,
};

/** All that there are. */
const MOST = 2 ** 19 - 1;

/** What a program has asked for. */
export function wantsTime(
  { options: { SO_TIMESTAMPING: flags } }: BsdSocket,
  flag: keyof typeof FLAG,
): boolean {
  return typeof flags === 'number' && (flags & FLAG[flag]) !== 0;
}

/** What a call can ask for its own text. */
const OF_CALLS = 1 | FLAG.txSoftware | FLAG.txSched | FLAG.txAck | (1 << 18);

/** Whether a call asks for what none can. */
export function asksTooMuch({ times = 0 }: SocketCallOf<'write'>): boolean {
  return (times & ~OF_CALLS) !== 0;
}

/** What is wanted of the text of a call: what it says itself, or else the socket. */
export function wantsTimeOf(
  socket: BsdSocket,
  { times }: SocketCallOf<'write'>,
  flag: 'txSoftware' | 'txSched' | 'txAck',
): boolean {
  return times === undefined ? wantsTime(socket, flag) : (times & FLAG[flag]) !== 0;
}

/** `setsockopt`: from when on OPT_ID numbers octets is decided when it is asked for first. */
export function setTimestamping(
  ctx: Context,
  socket: BsdSocket,
  { fd, name, value }: SocketCallOf<'setsockopt'>,
): Attempt {
  if (typeof value !== 'number' || value < 0 || value > MOST) return failed('EINVAL');
  const has = (flag: keyof typeof FLAG) => (value & FLAG[flag]) !== 0;
  if (has('optIdTcp') && !has('optId')) return failed('EINVAL');
  const begins = has('optId') && !wantsTime(socket, 'optId');
  const state = stateOf(ctx, socket);
  if (begins && (state === 'CLOSED' || state === 'LISTEN')) return failed('EINVAL');
  if (has('optStats') && !has('optTsonly')) return failed('EINVAL');
  if (has('optStats')) return unsupported('SOF_TIMESTAMPING_OPT_STATS');
  if (has('bindPhc')) return unsupported('SOF_TIMESTAMPING_BIND_PHC');
  const stampBase = begins ? baseOf(ctx, socket, has('optIdTcp')) : socket.stampBase;
  change(ctx, fd, socket, { options: { ...socket.options, [name]: value }, stampBase });
  return done(0);
}

/** Octets are numbered from what is not acknowledged, or not written, yet. */
function baseOf(ctx: Context, socket: BsdSocket, fromWritten: boolean): Seq | undefined {
  const tcb = tcbOf(ctx, socket);
  if (tcb === undefined) return undefined;
  return fromWritten ? writtenTo(tcb) : tcb.snd.una;
}

/** The control messages that tell a time, as far as the socket wants them. */
export function timeMessages(
  socket: BsdSocket,
  at: Instant | undefined,
): readonly ControlMessage[] {
  if (at === undefined) return [];
  const { SO_TIMESTAMP: micro, SO_TIMESTAMPNS: nano } = socket.options;
  const plain = nano ? 'SO_TIMESTAMPNS' : micro ? 'SO_TIMESTAMP' : undefined;
  const messages: ControlMessage[] = plain ? [{ kind: 'time', name: plain, at }] : [];
  if (wantsTime(socket, 'software')) messages.push({ kind: 'time', name: 'SO_TIMESTAMPING', at });
  return messages;
}

/** Whether a message that is read tells when its text came. */
export function tellsArrival(socket: BsdSocket): boolean {
  const filtered = wantsTime(socket, 'optRxFilter') && !wantsTime(socket, 'rxSoftware');
  const { SO_TIMESTAMP: micro, SO_TIMESTAMPNS: nano } = socket.options;
  return Boolean(micro) || Boolean(nano) || (wantsTime(socket, 'software') && !filtered);
}
