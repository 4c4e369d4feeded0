/** getsockopt and setsockopt: the options that mean something here, and a plain no to the others. */

import { addressOf } from '../../sim/world.js';
import { isIPv6 } from '../../tcp/ip-version.js';
import type { Settings } from '../../tcp/settings.js';
import type { Attempt, Context } from './context.js';
import {
  act,
  change,
  done,
  failed,
  machine,
  settingsOf,
  stateOf,
  tcbOf,
  unsupported,
} from './context.js';
import { forgetErrors } from './error-queue.js';
import { clientEnabled } from './fast-open-offer.js';
import { tcpInfo } from './info.js';
import { lingerOf } from './option-linger.js';
import { DEFAULT_STACK, setByName } from './option-names.js';
import { errnoWithoutRepair } from './option-repair.js';
import { optionOf } from './option-table.js';
import type { OptionValue, SocketCallOf, System } from './socket-calls.js';
import type { BsdSocket } from './table.js';
import { setTimestamping } from './timestamping.js';
import { wakeAfterOption } from './wakeups.js';

export function setOption(
  ctx: Context,
  socket: BsdSocket,
  call: SocketCallOf<'setsockopt'>,
): Attempt {
  const { fd, level, name, value, short } = call;
  if (short) return failed('EINVAL');
  if (name.startsWith('TCP_FASTOPEN')) {
    const refused = refuseFastOpen(ctx, socket, call);
    if (refused !== undefined) return refused;
  }
  if (name === 'SO_TIMESTAMPING' && ctx.table.system === 'linux')
    return setTimestamping(ctx, socket, call);
  if (name === 'TCP_FASTOPEN_KEY' && typeof value === 'object' && 'octets' in value) {
    keep(ctx, fd, socket, name, value, { fastOpenKey: keyText(value.octets) });
    return done(0);
  }
  if (typeof value === 'object' && 'wait' in value) {
    if (value.wait < 0) return failed('EDOM');
    keep(ctx, fd, socket, name, value, {});
    return done(0);
  }
  if (name === 'SO_LINGER' && typeof value === 'object' && 'onoff' in value) {
    keep(ctx, fd, socket, name, lingerOf(value, ctx.table.system, socket), {});
    return done(0);
  }
  if (name === 'TCP_NOOPT' && ctx.table.system === 'freebsd' && typeof value === 'number') {
    const host = machine(ctx).settings;
    const { windowScale, timestamps, sack, mssOption } = value ? NOTHING_OFFERED : host;
    const told = value ? NOOPT_BIT : 0;
    keep(ctx, fd, socket, name, told, { windowScale, timestamps, sack, mssOption });
    return done(0);
  }
  if (typeof value === 'object' && 'text' in value) {
    if (name === 'TCP_CONGESTION') return setCongestion(ctx, socket, call, value.text);
    if (ctx.table.system === 'freebsd') return setByName(name, value.text);
  }
  const option = optionOf(ctx, level, name);
  if (option === undefined || typeof value !== 'number') return withoutOption(ctx, socket, call);
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

/** Options that are only told. */
const TOLD = ['SO_TYPE', 'SO_PROTOCOL', 'SO_DOMAIN', 'SO_ERROR', 'SO_ACCEPTCONN'];
const TOLD_BY_LINUX = ['SO_SNDLOWAT', 'TCP_IS_MPTCP', 'TCP_INFO'];

/** An option that there is not here, or that is only told: on Linux the others than those of a kernel are told from it by their number. */
function withoutOption(
  { table }: Context,
  socket: BsdSocket,
  { kind, level, name }: SocketCallOf<'setsockopt' | 'getsockopt'>,
): Attempt {
  const linux = table.system === 'linux';
  const unrepaired = linux ? errnoWithoutRepair(kind, name, socket) : undefined;
  if (unrepaired !== undefined) return failed(unrepaired);
  if (kind === 'setsockopt' && (TOLD.includes(name) || (linux && TOLD_BY_LINUX.includes(name))))
    return failed('ENOPROTOOPT');
  const isNone = NUMBERLESS.test(name) || NUMBERLESS.test(level);
  return isNone && linux ? failed('ENOPROTOOPT') : unsupported(name);
}

/** What the systems call Reno's congestion control. */
const RENO: Readonly<Record<System, string>> = { linux: 'reno', freebsd: 'newreno' };

/** The congestion control that a system calls so; undefined when it is not here. */
function congestionNamed(
  name: string,
  system: System,
): Settings['congestionAlgorithm'] | undefined {
  if (name === RENO[system]) return 'reno';
  return name === 'cubic' ? 'cubic' : undefined;
}

/** Others that kernels have: whether this one does nobody has said. */
const ELSEWHERE = ['bbr', 'dctcp', 'htcp', 'vegas', 'westwood', 'cdg', 'hd', 'chd', 'prague'];

function setCongestion(
  ctx: Context,
  socket: BsdSocket,
  { fd, name }: SocketCallOf<'setsockopt'>,
  text: string,
): Attempt {
  const { system } = ctx.table;
  const congestionAlgorithm = congestionNamed(text, system);
  if (ELSEWHERE.includes(text)) return unsupported(`the congestion control ${text}`);
  if (congestionAlgorithm === undefined) return failed(system === 'linux' ? 'ENOENT' : 'ESRCH');
  keep(ctx, fd, socket, name, { text }, { congestionAlgorithm });
  return done(0);
}

/** FreeBSD has CUBIC unless it is told. */
function congestionOf(ctx: Context, socket: BsdSocket): string {
  const { congestionAlgorithm } = settingsOf(ctx, socket);
  return ctx.table.system === 'freebsd' ? 'cubic' : congestionAlgorithm;
}

/** Linux sends what the cork has held so far; the cork stays. */
function pushCorked(ctx: Context, { connection }: BsdSocket): void {
  if (connection === undefined) return;
  for (const cork of [false, true]) act(ctx, { kind: 'SET', connection, settings: { cork } });
}

/** What about an option of Fast Open comes too late, or is not to be had. */
function refuseFastOpen(
  ctx: Context,
  socket: BsdSocket,
  { name, value }: SocketCallOf<'setsockopt'>,
): Attempt | undefined {
  if (ctx.table.system === 'freebsd') {
    return machine(ctx).settings.fastOpen === 'off' ? failed('EPERM') : undefined;
  }
  if (name === 'TCP_FASTOPEN_CONNECT') {
    if (!clientEnabled(ctx)) return failed('EOPNOTSUPP');
    return socket.role !== 'listening' && isClosed(ctx, socket) ? undefined : failed('EINVAL');
  }
  if (name !== 'TCP_FASTOPEN_KEY')
    return socket.role === 'listening' || isClosed(ctx, socket) ? undefined : failed('EINVAL');
  const length = typeof value === 'object' && 'octets' in value ? value.octets.length : 0;
  return length === 16 || length === 32 ? undefined : failed('EINVAL');
}

/** A socket without a connection; of one in TIME_WAIT Linux keeps a record apart. */
function isClosed(ctx: Context, socket: BsdSocket): boolean {
  if (socket.role !== 'connection' || socket.ended) return true;
  return stateOf(ctx, socket) === 'TIME_WAIT';
}

/** One key, or two after each other: hexadecimal digits as the setting has them. */
function keyText(octets: Uint8Array): string {
  const digits = [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join('');
  return digits.length > 32 ? `${digits.slice(0, 32)},${digits.slice(32)}` : digits;
}

/** FreeBSD tells of a switch that its bit is set. */
const NOOPT_BIT = 0x8;

const NOTHING_OFFERED: Pick<Settings, 'windowScale' | 'timestamps' | 'sack' | 'mssOption'> = {
  windowScale: undefined,
  timestamps: false,
  sack: false,
  mssOption: false,
};

function keep(
  ctx: Context,
  fd: number,
  socket: BsdSocket,
  name: string,
  value: OptionValue | undefined,
  settings: Partial<Settings>,
): void {
  const { [name]: _old, ...others } = socket.options;
  const options = value === undefined ? others : { ...others, [name]: value };
  change(ctx, fd, socket, { options, settings: { ...socket.settings, ...settings } });
  if (Object.keys(settings).length === 0 || tcbOf(ctx, socket) === undefined) return;
  act(ctx, { kind: 'SET', connection: socket.connection, settings });
}

const ACCEPTCONN_BIT = 0x2;
const SOCK_STREAM = 1;
const IPPROTO_TCP = 6;

/** AF_INET or AF_INET6, as the systems number them. */
function familyNumber({ table, world }: Context): number {
  if (!isIPv6(addressOf(world, table.host))) return 2;
  return table.system === 'freebsd' ? 28 : 10;
}

/** Options that others read as numbers are told as they were set; a connection knows some of them better. */
const ASKED_OF_CONNECTION = ['TCP_MAXSEG', 'TCP_QUICKACK', 'TCP_WINDOW_CLAMP'];

export function getOption(
  ctx: Context,
  socket: BsdSocket,
  call: SocketCallOf<'getsockopt'>,
): Attempt {
  const { fd, level, name } = call;
  switch (name) {
    case 'SO_ERROR':
      return errorOf(ctx, fd, socket);
    case 'SO_RCVTIMEO':
    case 'SO_SNDTIMEO':
      return done(0, { value: socket.options[name] ?? { wait: 0 } });
    case 'SO_LINGER':
      return done(0, { value: socket.options.SO_LINGER ?? { onoff: 0, linger: 0 } });
    case 'TCP_NOOPT':
      if (ctx.table.system === 'freebsd') return done(0, { value: socket.options.TCP_NOOPT ?? 0 });
      break;
    case 'SO_ACCEPTCONN': {
      const bit = ctx.table.system === 'freebsd' ? ACCEPTCONN_BIT : 1;
      return done(0, { value: socket.role === 'listening' ? bit : 0 });
    }
    case 'TCP_CONGESTION':
      return done(0, {
        value: socket.options.TCP_CONGESTION ?? { text: congestionOf(ctx, socket) },
      });
    case 'TCP_FUNCTION_BLK':
      if (ctx.table.system === 'freebsd') return done(0, { value: { text: DEFAULT_STACK } });
      break;
    case 'SO_ACCEPTFILTER':
      if (ctx.table.system === 'freebsd') return failed('EINVAL');
      break;
    case 'SO_SNDLOWAT':
      if (ctx.table.system === 'linux') return done(0, { value: 1 });
      break;
    case 'SO_TYPE':
      return done(0, { value: SOCK_STREAM });
    case 'SO_DOMAIN':
      return done(0, { value: familyNumber(ctx) });
    case 'SO_PROTOCOL':
      return done(0, { value: IPPROTO_TCP });
    case 'IP_MTU':
    case 'IPV6_MTU':
      if (ctx.table.system !== 'linux') break;
      return tcbOf(ctx, socket)?.remote === undefined
        ? failed('ENOTCONN')
        : done(0, { value: tcpInfo(ctx, socket).tcpi_pmtu ?? 0 });
    case 'TCP_IS_MPTCP':
      if (ctx.table.system !== 'linux') break;
      return done(0, { value: 0 });
    case 'TCP_INFO':
      return done(0, { value: { info: tcpInfo(ctx, socket) } });
    default:
      break;
  }
  const option = optionOf(ctx, level, name);
  if (option === undefined) return withoutOption(ctx, socket, call);
  if (option.as !== undefined) return failed('ENOPROTOOPT');
  const set = ASKED_OF_CONNECTION.includes(name) && socket.role === 'connection';
  const value = set ? undefined : socket.options[name];
  return done(0, { value: value ?? option.get(ctx, socket) });
}

/** SO_ERROR is told once; Linux has soft errors to tell when there are no others. */
function errorOf(ctx: Context, fd: number, socket: BsdSocket): Attempt {
  const soft = ctx.table.system === 'linux' ? socket.softError : undefined;
  const errno = socket.error ?? soft;
  if (errno === undefined) return done(0, { value: 0 });
  const told = socket.error === undefined ? { softError: undefined } : { error: undefined };
  change(ctx, fd, socket, told);
  return done(0, { value: { errno } });
}
