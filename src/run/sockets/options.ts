/** getsockopt and setsockopt: the options that mean something here, and a plain no to the others. */

import type { Attempt, Context } from './context.js';
import { act, done, failed, settingsOf, tcbOf, unsupported } from './context.js';
import { forgetErrors } from './error-queue.js';
import { keep } from './option-keep.js';
import type { Option } from './option-kinds.js';
import { errnoWithoutRepair } from './option-repair.js';
import { optionOf } from './option-table.js';
import type { SocketCallOf } from './socket-calls.js';
import type { BsdSocket } from './table.js';
import { wakeAfterOption } from './wakeups.js';

export function setOption(
  ctx: Context,
  socket: BsdSocket,
  call: SocketCallOf<'setsockopt'>,
): Attempt {
  const { level, name, value, short } = call;
  if (short) return failed('EINVAL');
  const option = optionOf(ctx, level, name);
  if (option === undefined) return withoutOption(ctx, socket, call);
  if ('tell' in option) {
    if (option.set === undefined) return failed('ENOPROTOOPT');
    return option.set(ctx, socket, call) ?? withoutOption(ctx, socket, call);
  }
  const refused = option.refused?.(ctx, socket);
  if (refused !== undefined) return failed(refused);
  if (typeof value !== 'number') return withoutOption(ctx, socket, call);
  return setNumber(ctx, socket, call, option, value);
}

function setNumber(
  ctx: Context,
  socket: BsdSocket,
  { fd, name }: SocketCallOf<'setsockopt'>,
  option: Option,
  value: number,
): Attempt {
  const settings = option.apply(value, ctx, socket);
  if (settings === undefined) return failed('EINVAL');
  const told = option.told ? option.told(value, ctx.table.system, settingsOf(ctx, socket)) : value;
  const tcb = tcbOf(ctx, socket);
  // The SYN has offered what was asked for before it.
  const offers = name === 'TCP_MAXSEG' && tcb?.state === 'SYN_SENT' && socket.offered === undefined;
  const known = offers ? { ...socket, offered: tcb.settings.mss } : socket;
  keep(ctx, fd, known, option.as ?? name, told, settings);
  wakeAfterOption(ctx, fd, name);
  if (name.endsWith('_RECVERR') && value === 0) forgetErrors(ctx, fd);
  if (name === 'TCP_NODELAY' && value !== 0 && socket.options.TCP_CORK) pushCorked(ctx, socket);
  return done(0);
}

/** No option of Linux has a number like these. */
const NUMBERLESS = /^the number (?:-\d+|0|[1-9]\d{2,})$/;

/** An option that there is not here: on Linux those that are none of a kernel's are told from the others by their number. */
function withoutOption(
  { table }: Context,
  socket: BsdSocket,
  { kind, level, name }: SocketCallOf<'setsockopt' | 'getsockopt'>,
): Attempt {
  const linux = table.system === 'linux';
  const unrepaired = linux ? errnoWithoutRepair(kind, name, socket) : undefined;
  if (unrepaired !== undefined) return failed(unrepaired);
  const isNone = NUMBERLESS.test(name) || NUMBERLESS.test(level);
  return isNone && linux ? failed('ENOPROTOOPT') : unsupported(name);
}

/** Linux sends what the cork has held so far; the cork stays. */
function pushCorked(ctx: Context, { connection }: BsdSocket): void {
  if (connection === undefined) return;
  for (const cork of [false, true]) act(ctx, { kind: 'SET', connection, settings: { cork } });
}

/** Options that others read as numbers are told as they were set; a connection knows some of them better. */
const ASKED_OF_CONNECTION = ['TCP_MAXSEG', 'TCP_QUICKACK', 'TCP_WINDOW_CLAMP'];

export function getOption(
  ctx: Context,
  socket: BsdSocket,
  call: SocketCallOf<'getsockopt'>,
): Attempt {
  const { level, name } = call;
  const option = optionOf(ctx, level, name);
  if (option === undefined) return withoutOption(ctx, socket, call);
  if ('tell' in option) return option.tell(ctx, socket, call);
  if (option.as !== undefined) return failed('ENOPROTOOPT');
  const set = ASKED_OF_CONNECTION.includes(name) && socket.role === 'connection';
  const value = set ? undefined : socket.options[name];
  return done(0, { value: value ?? option.get(ctx, socket) });
}
