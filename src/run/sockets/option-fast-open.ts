/** The options of Fast Open: when they can be set, and TCP_FASTOPEN_KEY. */

import type { Settings } from '../../tcp/settings.js';
import type { Context } from './context.js';
import { done, failed, machine, settingsOf, stateOf, unsupported } from './context.js';
import type { Errno } from './errno.js';
import { clientEnabled } from './fast-open-offer.js';
import { SOMAXCONN } from './listening.js';
import { keep } from './option-keep.js';
import { both, linux, type Option, type OwnOption, switched } from './option-kinds.js';
import type { BsdSocket } from './table.js';

/** A listener that takes text on SYNs, whatever the administrator says of it: `judgeFastOpen` asks the host, too. */
const LISTENS_FAST: Partial<Settings> = { fastOpenQueue: undefined };

/** A listener, or who may come to be one; on FreeBSD the administrator has to allow it. */
function refusedWhenOpen(ctx: Context, socket: BsdSocket): Errno | undefined {
  if (ctx.table.system === 'freebsd') {
    return machine(ctx).settings.fastOpen === 'off' ? 'EPERM' : undefined;
  }
  return socket.role === 'listening' || isClosed(ctx, socket) ? undefined : 'EINVAL';
}

/** A socket without a connection; of one in TIME_WAIT Linux keeps a record apart. */
function isClosed(ctx: Context, socket: BsdSocket): boolean {
  if (socket.role !== 'connection' || socket.ended) return true;
  return stateOf(ctx, socket) === 'TIME_WAIT';
}

export const FAST_OPEN_OPTIONS: Readonly<Record<string, Option>> = {
  TCP_FASTOPEN: {
    level: 'IPPROTO_TCP',
    systems: both,
    refused: refusedWhenOpen,
    apply: (value, { table }) => {
      if (table.system === 'freebsd') return value ? LISTENS_FAST : { fastOpenQueue: 0 };
      return value < 0
        ? undefined
        : { ...LISTENS_FAST, fastOpenQueue: Math.min(value, SOMAXCONN.linux) };
    },
    told: (value, system) => (system === 'linux' ? Math.min(value, SOMAXCONN.linux) : value),
    // A child has no queue.
    get: (ctx, socket) =>
      socket.role === 'connection' ? 0 : (settingsOf(ctx, socket).fastOpenQueue ?? 0),
  },
  TCP_FASTOPEN_CONNECT: {
    ...switched(1),
    refused: (ctx, socket) => {
      if (!clientEnabled(ctx)) return 'EOPNOTSUPP';
      return socket.role !== 'listening' && isClosed(ctx, socket) ? undefined : 'EINVAL';
    },
  },
  TCP_FASTOPEN_NO_COOKIE: {
    level: 'IPPROTO_TCP',
    systems: linux,
    refused: refusedWhenOpen,
    apply: (value) =>
      value === 0 || value === 1 ? { fastOpenCookieless: value ? 'both' : 'off' } : undefined,
    get: (ctx, socket) => (settingsOf(ctx, socket).fastOpenCookieless === 'off' ? 0 : 1),
  },
};

export const FAST_OPEN_KEY: OwnOption = {
  level: 'IPPROTO_TCP',
  systems: both,
  set: (ctx, socket, { fd, name, value }) => {
    const octets = typeof value === 'object' && 'octets' in value ? value.octets : undefined;
    const isFreebsd = ctx.table.system === 'freebsd';
    const refused = isFreebsd ? refusedWhenOpen(ctx, socket) : refusedLength(octets?.length);
    if (refused !== undefined) return failed(refused);
    if (octets === undefined) return undefined;
    keep(ctx, fd, socket, name, value, { fastOpenKey: keyText(octets) });
    return done(0);
  },
  tell: (_ctx, _socket, { name }) => unsupported(name),
};

/** One key, or two after each other. */
function refusedLength(length = 0): Errno | undefined {
  return length === 16 || length === 32 ? undefined : 'EINVAL';
}

/** The same in hexadecimal digits, as the setting has them. */
function keyText(octets: Uint8Array): string {
  const digits = [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join('');
  return digits.length > 32 ? `${digits.slice(0, 32)},${digits.slice(32)}` : digits;
}
