/** getsockopt, setsockopt, fcntl, ioctl: the options that mean something here, and a plain no to the others. */

import { octetsWaiting } from '../../tcp/calls/send.js';
import type { Settings } from '../../tcp/settings.js';
import type { Tcb } from '../../tcp/tcb.js';
import { finAcked } from '../../tcp/tcb.js';
import type { Attempt, Context } from './context.js';
import {
  act,
  change,
  done,
  failed,
  machine,
  readable,
  settingsOf,
  tcbOf,
  unsupported,
} from './context.js';
import { clientEnabled } from './fast-open.js';
import { tcpInfo, tcpMaxSegment } from './info.js';
import type { OptionValue, SocketCall, System } from './socket-calls.js';
import type { BsdSocket } from './table.js';

type Call<Kind extends SocketCall['kind']> = Extract<SocketCall, { readonly kind: Kind }>;

const SECOND = 1_000_000;
const MILLISECOND = 1_000;

/** What an option changes of the connection's settings; `undefined` when the value is not valid. */
interface Option {
  readonly level: 'SOL_SOCKET' | 'IPPROTO_TCP' | 'IPPROTO_IPV6';
  readonly systems: readonly System[];
  readonly apply: (value: number, ctx: Context, socket: BsdSocket) => Partial<Settings> | undefined;
  /** What `getsockopt` says while nobody has set it. */
  readonly get: (ctx: Context, socket: BsdSocket) => number;
}

const both: readonly System[] = ['linux', 'freebsd'];
const linux: readonly System[] = ['linux'];
const freebsd: readonly System[] = ['freebsd'];
const zero = () => 0;

/** An option without a meaning for connections: it is kept and told. */
function kept(level: Option['level'], get: Option['get'] = zero): Option {
  return { level, systems: both, apply: () => ({}), get };
}

const OPTIONS: Readonly<Record<string, Option>> = {
  SO_REUSEADDR: kept('SOL_SOCKET'),
  SO_REUSEPORT: kept('SOL_SOCKET'),
  TCP_NODELAY: {
    level: 'IPPROTO_TCP',
    systems: both,
    apply: (value, ctx) => ({ nagle: value === 0 && machine(ctx).settings.nagle }),
    get: zero,
  },
  // A host has one address, of one family.
  IPV6_V6ONLY: kept('IPPROTO_IPV6', ({ table }) => (table.system === 'linux' ? 0 : 1)),
  SO_KEEPALIVE: {
    level: 'SOL_SOCKET',
    systems: both,
    apply: (value, ctx, socket) => ({ keepalive: value ? idleTime(ctx, socket) : 0 }),
    get: (ctx, socket) => (settingsOf(ctx, socket).keepalive > 0 ? 1 : 0),
  },
  SO_RCVBUF: {
    level: 'SOL_SOCKET',
    systems: both,
    apply: (value, ctx, socket) =>
      ctx.table.system === 'linux' ? linuxBuffer(value, ctx, socket) : { window: value },
    get: receiveBuffer,
  },
  SO_SNDBUF: {
    level: 'SOL_SOCKET',
    systems: both,
    apply: (value, ctx) => ({ sendBuffer: ctx.table.system === 'linux' ? 2 * value : value }),
    get: (ctx, socket) => settingsOf(ctx, socket).sendBuffer,
  },
  TCP_MAXSEG: {
    level: 'IPPROTO_TCP',
    systems: both,
    apply: (value, { table }) =>
      table.system === 'linux' && (value < 88 || value > 32_767) ? undefined : { mss: value },
    get: tcpMaxSegment,
  },
  TCP_USER_TIMEOUT: {
    level: 'IPPROTO_TCP',
    systems: linux,
    apply: (value, ctx) => ({
      userTimeout: value > 0 ? value * MILLISECOND : machine(ctx).settings.userTimeout,
    }),
    get: zero,
  },
  TCP_SYNCNT: {
    level: 'IPPROTO_TCP',
    systems: linux,
    apply: (value) => (value < 1 || value > 127 ? undefined : { synRetries: value }),
    get: (ctx, socket) => settingsOf(ctx, socket).synRetries,
  },
  TCP_KEEPINIT: {
    level: 'IPPROTO_TCP',
    systems: freebsd,
    apply: (value) => (value < 1 ? undefined : { openTimeout: value * SECOND }),
    get: (ctx, socket) => settingsOf(ctx, socket).openTimeout / SECOND,
  },
  TCP_KEEPIDLE: {
    level: 'IPPROTO_TCP',
    systems: both,
    apply: (value, ctx, socket) => {
      if (value < 1) return undefined;
      return settingsOf(ctx, socket).keepalive > 0 ? { keepalive: value * SECOND } : {};
    },
    get: (ctx, socket) => idleTime(ctx, socket) / SECOND,
  },
  TCP_KEEPINTVL: {
    level: 'IPPROTO_TCP',
    systems: both,
    apply: (value) => (value < 1 ? undefined : { keepaliveInterval: value * SECOND }),
    get: (ctx, socket) => settingsOf(ctx, socket).keepaliveInterval / SECOND,
  },
  TCP_KEEPCNT: {
    level: 'IPPROTO_TCP',
    systems: both,
    apply: (value) => (value < 1 || value > 127 ? undefined : { keepaliveProbes: value }),
    get: (ctx, socket) => settingsOf(ctx, socket).keepaliveProbes,
  },
  TCP_LINGER2: {
    level: 'IPPROTO_TCP',
    systems: linux,
    apply: () => ({}),
    get: (ctx) => machine(ctx).settings.finWait2Timeout / SECOND,
  },
  TCP_DEFER_ACCEPT: {
    level: 'IPPROTO_TCP',
    systems: linux,
    apply: (value) => ({ deferAccept: value * SECOND }),
    get: (ctx, socket) => settingsOf(ctx, socket).deferAccept / SECOND,
  },
  TCP_FASTOPEN: {
    level: 'IPPROTO_TCP',
    systems: both,
    apply: (value, { table }) => {
      if (table.system === 'freebsd') return value ? LISTENS_FAST : { fastOpenQueue: 0 };
      return value < 0 ? undefined : { ...LISTENS_FAST, fastOpenQueue: Math.min(value, SOMAXCONN) };
    },
    get: (ctx, socket) => settingsOf(ctx, socket).fastOpenQueue ?? 0,
  },
  TCP_FASTOPEN_CONNECT: {
    level: 'IPPROTO_TCP',
    systems: linux,
    apply: (value) => (value === 0 || value === 1 ? {} : undefined),
    get: zero,
  },
  TCP_FASTOPEN_NO_COOKIE: {
    level: 'IPPROTO_TCP',
    systems: linux,
    apply: (value) =>
      value === 0 || value === 1 ? { fastOpenCookieless: value ? 'both' : 'off' } : undefined,
    get: (ctx, socket) => (settingsOf(ctx, socket).fastOpenCookieless === 'off' ? 0 : 1),
  },
  TCP_QUICKACK: {
    level: 'IPPROTO_TCP',
    systems: linux,
    apply: (value, ctx) => ({ ackDelay: value ? 0 : machine(ctx).settings.ackDelay }),
    get: (ctx, socket) => (settingsOf(ctx, socket).ackDelay === 0 ? 1 : 0),
  },
};

/** The least of SO_RCVBUF, octets (SOCK_MIN_RCVBUF, of which half is window). */
const LEAST_BUFFER = 1_152;

/** Linux has room for bookkeeping beside the text; the window scale fits the largest window that this buffer can have. */
function linuxBuffer(value: number, ctx: Context, { role }: BsdSocket): Partial<Settings> {
  const window = Math.max(LEAST_BUFFER, value);
  const { windowScale } = machine(ctx).settings;
  if (windowScale === undefined || role === 'connection') return { window };
  return { window, windowScale: Math.max(0, Math.floor(Math.log2(window)) - 15) };
}

/** Two hours (RFC 9293 §3.8.4, MUST-28), or what TCP_KEEPIDLE or the host says. */
function idleTime(ctx: Context, { options }: BsdSocket): number {
  const { TCP_KEEPIDLE: seconds } = options;
  if (typeof seconds === 'number') return seconds * SECOND;
  return machine(ctx).settings.keepalive || 7_200 * SECOND;
}

/** FreeBSD rounds the buffer up to whole segments once the MSS is agreed. */
function receiveBuffer(ctx: Context, socket: BsdSocket): number {
  const { window } = settingsOf(ctx, socket);
  const tcb = tcbOf(ctx, socket);
  // Half of it is for bookkeeping.
  if (ctx.table.system === 'linux') return 2 * window;
  if (tcb === undefined || socket.role !== 'connection') return window;
  if (tcb.state === 'SYN_SENT' || tcb.snd.mss === 0) return window;
  const segment = tcpMaxSegment(ctx, socket);
  return Math.ceil(window / segment) * segment;
}

function optionOf(ctx: Context, level: string, name: string): Option | undefined {
  const option = OPTIONS[name];
  const plain = level === 'SOL_TCP' ? 'IPPROTO_TCP' : level === 'SOL_IPV6' ? 'IPPROTO_IPV6' : level;
  const fits = option?.level === plain && option.systems.includes(ctx.table.system);
  return fits ? option : undefined;
}

export function setOption(ctx: Context, socket: BsdSocket, call: Call<'setsockopt'>): Attempt {
  const { fd, level, name, value } = call;
  if (name.startsWith('TCP_FASTOPEN')) {
    const refused = refuseFastOpen(ctx, socket, call);
    if (refused !== undefined) return refused;
  }
  if (name === 'TCP_FASTOPEN_KEY' && typeof value === 'object' && 'octets' in value) {
    keep(ctx, fd, socket, name, value, { fastOpenKey: keyText(value.octets) });
    return done(0);
  }
  if (name === 'SO_LINGER' && typeof value === 'object' && 'onoff' in value) {
    keep(ctx, fd, socket, name, value, {});
    return done(0);
  }
  if (name === 'TCP_NOOPT' && ctx.table.system === 'freebsd' && typeof value === 'number') {
    const host = machine(ctx).settings;
    const { windowScale, timestamps, sack, mssOption } = value ? NOTHING_OFFERED : host;
    keep(ctx, fd, socket, name, value, { windowScale, timestamps, sack, mssOption });
    return done(0);
  }
  const option = optionOf(ctx, level, name);
  if (option === undefined || typeof value !== 'number') return unsupported(name);
  const settings = option.apply(value, ctx, socket);
  if (settings === undefined) return failed('EINVAL');
  const doubled = ctx.table.system === 'linux' && (name === 'SO_RCVBUF' || name === 'SO_SNDBUF');
  keep(ctx, fd, socket, name, doubled ? 2 * value : value, settings);
  return done(0);
}

/** A listener that takes text on SYNs, whatever the administrator says of it: `judgeFastOpen` asks the host, too. */
const LISTENS_FAST: Partial<Settings> = { fastOpenQueue: undefined };
const SOMAXCONN = 4_096;

/** What about an option of Fast Open comes too late, or is not to be had. */
function refuseFastOpen(
  ctx: Context,
  { role }: BsdSocket,
  { name, value }: Call<'setsockopt'>,
): Attempt | undefined {
  if (ctx.table.system === 'freebsd') {
    return machine(ctx).settings.fastOpen === 'off' ? failed('EPERM') : undefined;
  }
  if (name === 'TCP_FASTOPEN_CONNECT') {
    if (!clientEnabled(ctx)) return failed('EOPNOTSUPP');
    return role === 'fresh' ? undefined : failed('EINVAL');
  }
  if (name !== 'TCP_FASTOPEN_KEY') return role === 'connection' ? failed('EINVAL') : undefined;
  const length = typeof value === 'object' && 'octets' in value ? value.octets.length : 0;
  return length === 16 || length === 32 ? undefined : failed('EINVAL');
}

/** One key, or two after each other: hexadecimal digits as the setting has them. */
function keyText(octets: Uint8Array): string {
  const digits = [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join('');
  return digits.length > 32 ? `${digits.slice(0, 32)},${digits.slice(32)}` : digits;
}

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
  value: OptionValue,
  settings: Partial<Settings>,
): void {
  const options = { ...socket.options, [name]: value };
  change(ctx, fd, socket, { options, settings: { ...socket.settings, ...settings } });
  if (Object.keys(settings).length === 0 || tcbOf(ctx, socket) === undefined) return;
  act(ctx, { kind: 'SET', connection: socket.connection, settings });
}

/** Options that others read as numbers are told as they were set; a connection knows some of them better. */
const ASKED_OF_CONNECTION = ['TCP_MAXSEG'];

export function getOption(ctx: Context, socket: BsdSocket, call: Call<'getsockopt'>): Attempt {
  const { fd, level, name } = call;
  switch (name) {
    case 'SO_ERROR':
      return errorOf(ctx, fd, socket);
    case 'SO_LINGER':
      return done(0, { value: socket.options.SO_LINGER ?? { onoff: 0, linger: 0 } });
    case 'SO_ACCEPTCONN':
      return done(0, { value: socket.role === 'listening' ? 1 : 0 });
    case 'SO_TYPE':
      return done(0, { value: 1 });
    case 'TCP_INFO':
      return done(0, { value: { info: tcpInfo(ctx, socket) } });
    default:
      break;
  }
  const option = optionOf(ctx, level, name);
  if (option === undefined) return unsupported(name);
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

/** O_NONBLOCK as the two systems number it. */
const NONBLOCK = { linux: 0o4000, freebsd: 0x4 };
const O_RDWR = 2;

export function fcntl(ctx: Context, socket: BsdSocket, call: Call<'fcntl'>): Attempt {
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
    default:
      return unsupported(command);
  }
}

/** Octets that are not acknowledged; Linux counts a FIN as one. */
function waitingToLeave({ table }: Context, tcb: Tcb): number {
  const fin = table.system === 'linux' && tcb.closing && !finAcked(tcb);
  return octetsWaiting(tcb) + (fin ? 1 : 0);
}

export function ioctl(ctx: Context, socket: BsdSocket, { request }: Call<'ioctl'>): Attempt {
  const tcb = tcbOf(ctx, socket);
  const listening = socket.role === 'listening';
  switch (request) {
    case 'SIOCINQ':
    case 'FIONREAD':
      return listening ? failed('EINVAL') : done(0, { value: readable(ctx, socket) });
    case 'SIOCOUTQ':
    case 'TIOCOUTQ':
    case 'FIONWRITE':
      return listening ? failed('EINVAL') : done(0, { value: tcb ? waitingToLeave(ctx, tcb) : 0 });
    case 'SIOCOUTQNSD': {
      const unsent = (tcb?.sends ?? []).reduce((sum, { data }) => sum + data.length, 0);
      return listening ? failed('EINVAL') : done(0, { value: unsent });
    }
    default:
      return unsupported(request);
  }
}
