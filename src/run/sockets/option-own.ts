/** The options of a socket whose value is no number, and those that are only told. */

import { addressOf } from '../../sim/world.js';
import { isIPv6 } from '../../tcp/ip-version.js';
import type { Attempt, Context } from './context.js';
import { change, done, failed } from './context.js';
import { tcpInfo } from './info.js';
import { CONGESTION } from './option-congestion.js';
import { FAST_OPEN_KEY } from './option-fast-open.js';
import { keep } from './option-keep.js';
import { both, linux, type OwnOption, onlyTold } from './option-kinds.js';
import { LINGER } from './option-linger.js';
import { ACCEPT_FILTER, STACK } from './option-names.js';
import type { BsdSocket } from './table.js';
import { setTimestamping } from './timestamping.js';

const SOCK_STREAM = 1;
const IPPROTO_TCP = 6;
/** FreeBSD tells of a switch that its bit is set. */
const ACCEPTCONN_BIT = 0x2;

/** How long a call waits at most. */
const TIMEOUT: OwnOption = {
  level: 'SOL_SOCKET',
  systems: both,
  set: (ctx, socket, { fd, name, value }) => {
    if (typeof value !== 'object' || !('wait' in value)) return undefined;
    if (value.wait < 0) return failed('EDOM');
    keep(ctx, fd, socket, name, value, {});
    return done(0);
  },
  tell: (_, socket, { name }) => done(0, { value: socket.options[name] ?? { wait: 0 } }),
};

export const OWN_OPTIONS: Readonly<Record<string, OwnOption>> = {
  SO_RCVTIMEO: TIMEOUT,
  SO_SNDTIMEO: TIMEOUT,
  SO_LINGER: LINGER,
  SO_ERROR: {
    level: 'SOL_SOCKET',
    systems: both,
    tell: (ctx, socket, { fd }) => tellError(ctx, fd, socket),
  },
  SO_ACCEPTCONN: onlyTold('SOL_SOCKET', both, ({ table }, { role }) => {
    if (role !== 'listening') return 0;
    return table.system === 'freebsd' ? ACCEPTCONN_BIT : 1;
  }),
  SO_TYPE: onlyTold('SOL_SOCKET', both, () => SOCK_STREAM),
  SO_DOMAIN: onlyTold('SOL_SOCKET', both, familyNumber),
  SO_PROTOCOL: onlyTold('SOL_SOCKET', both, () => IPPROTO_TCP),
  SO_SNDLOWAT: onlyTold('SOL_SOCKET', linux, () => 1),
  SO_TIMESTAMPING: {
    level: 'SOL_SOCKET',
    systems: linux,
    set: setTimestamping,
    tell: (_, socket) => done(0, { value: socket.options.SO_TIMESTAMPING ?? 0 }),
  },
  SO_ACCEPTFILTER: ACCEPT_FILTER,
  TCP_CONGESTION: CONGESTION,
  TCP_FASTOPEN_KEY: FAST_OPEN_KEY,
  TCP_FUNCTION_BLK: STACK,
  TCP_INFO: onlyTold('IPPROTO_TCP', both, (ctx, socket) => ({ info: tcpInfo(ctx, socket) })),
  TCP_IS_MPTCP: onlyTold('IPPROTO_TCP', linux, () => 0),
};

/** AF_INET or AF_INET6, as the systems number them. */
function familyNumber({ table, world }: Context): number {
  if (!isIPv6(addressOf(world, table.host))) return 2;
  return table.system === 'freebsd' ? 28 : 10;
}

/** SO_ERROR is told once; Linux has soft errors to tell when there are no others. */
function tellError(ctx: Context, fd: number, socket: BsdSocket): Attempt {
  const soft = ctx.table.system === 'linux' ? socket.softError : undefined;
  const errno = socket.error ?? soft;
  if (errno === undefined) return done(0, { value: 0 });
  const forgotten = socket.error === undefined ? { softError: undefined } : { error: undefined };
  change(ctx, fd, socket, forgotten);
  return done(0, { value: { errno } });
}
