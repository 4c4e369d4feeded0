/** The options of a socket: what each changes of a connection's settings, and what it is by default. */

import { defaultMss } from '../../tcp/options.js';
import { LEAST_WAIT } from '../../tcp/receiving/dialogue.js';
import type { Settings } from '../../tcp/settings.js';
import type { Context } from './context.js';
import { machine, settingsOf, tcbOf } from './context.js';
import { tcpMaxSegment } from './max-segment.js';
import {
  FORCED_RECEIVE_BUFFER,
  FORCED_SEND_BUFFER,
  LOW_WATER,
  RECEIVE_BUFFER,
  SEND_BUFFER,
  WINDOW_CLAMP,
} from './option-buffers.js';
import { FAST_OPEN_OPTIONS } from './option-fast-open.js';
import { IP_OPTIONS } from './option-ip.js';
import { KEEPALIVE_OPTIONS } from './option-keepalive.js';
import type { Option, OwnOption } from './option-kinds.js';
import {
  both,
  corking,
  freebsd,
  hops,
  kept,
  keptByFreebsd,
  linux,
  numbered,
  onOrBit,
  plainLevel,
  switched,
  withoutEcn,
  zero,
} from './option-kinds.js';
import { OWN_OPTIONS } from './option-own.js';
import { RTO_OPTIONS } from './option-rto.js';
import { PLAIN_SOCKET_OPTIONS } from './option-socket.js';
import type { System } from './socket-calls.js';
import type { BsdSocket } from './table.js';

const SECOND = 1_000_000;
const MILLISECOND = 1_000;

/** The option of a name that this system has at this level. */
export function optionOf(
  ctx: Context,
  level: string,
  name: string,
): Option | OwnOption | undefined {
  const option = OPTIONS[name];
  const fits = option?.level === plainLevel(level) && option.systems.includes(ctx.table.system);
  return fits ? option : undefined;
}

/** The options that this system has. */
export function optionNames(system: System): readonly string[] {
  return Object.keys(OPTIONS).filter((name) => OPTIONS[name]?.systems.includes(system));
}

/** TCP_RTO_MAX, and what 255 retransmissions take, seconds. */
const MOST_RTO = 120;
const MOST_DEFERRED = 29_887;

/** Seconds as the time that retransmissions of a SYN,ACK take: 1, 3, 7, ... */
function wholeRetransmissions(seconds: number): number {
  let whole = 0;
  for (let rto = 1; whole < seconds && whole < MOST_DEFERRED; rto = Math.min(2 * rto, MOST_RTO)) {
    whole += rto;
  }
  return whole;
}

/** What a SYN of FreeBSD offers with TCP_NOOPT. */
const NOTHING_OFFERED: Pick<Settings, 'windowScale' | 'timestamps' | 'sack' | 'mssOption'> = {
  windowScale: undefined,
  timestamps: false,
  sack: false,
  mssOption: false,
};

const OPTIONS: Readonly<Record<string, Option | OwnOption>> = {
  ...OWN_OPTIONS,
  SO_REUSEADDR: kept('SOL_SOCKET', 0x4),
  SO_REUSEPORT: kept('SOL_SOCKET', 0x200),
  SO_BROADCAST: kept('SOL_SOCKET', 0x20),
  SO_DONTROUTE: kept('SOL_SOCKET', 0x10),
  SO_DEBUG: kept('SOL_SOCKET', 0x1),
  SO_TIMESTAMP: kept('SOL_SOCKET', 0x400),
  ...PLAIN_SOCKET_OPTIONS,
  SO_USELOOPBACK: keptByFreebsd(0x40),
  SO_NOSIGPIPE: keptByFreebsd(0x800),
  SO_BINTIME: keptByFreebsd(0x2000),
  SO_NO_OFFLOAD: keptByFreebsd(0x4000),
  SO_NO_DDP: keptByFreebsd(0x8000),
  SO_REUSEPORT_LB: keptByFreebsd(0x10000),
  SO_RERROR: keptByFreebsd(0x20000),
  TCP_NODELAY: {
    level: 'IPPROTO_TCP',
    systems: both,
    apply: (value, ctx) => ({ nagle: value === 0 && machine(ctx).settings.nagle }),
    told: onOrBit(0x4),
    get: zero,
  },
  TCP_CORK: corking(linux, 1),
  TCP_NOPUSH: corking(freebsd, 0x1000),
  TCP_NOOPT: {
    level: 'IPPROTO_TCP',
    systems: freebsd,
    apply: (value, ctx) => {
      const { windowScale, timestamps, sack, mssOption } = machine(ctx).settings;
      return value === 0 ? { windowScale, timestamps, sack, mssOption } : NOTHING_OFFERED;
    },
    told: onOrBit(0x8),
    get: zero,
  },
  TCP_NOTSENT_LOWAT: numbered('IPPROTO_TCP'),
  SO_RCVLOWAT: LOW_WATER,
  SO_OOBINLINE: kept('SOL_SOCKET', 0x100),
  SO_PEEK_OFF: { ...numbered('SOL_SOCKET'), get: () => -1 },
  SO_PRIORITY: numbered('SOL_SOCKET'),
  SO_MARK: numbered('SOL_SOCKET'),
  TCP_INQ: switched(1),
  // Linux once had a meaning for it.
  TCP_THIN_DUPACK: { ...switched(1), told: () => undefined },
  SO_ZEROCOPY: { ...switched(1), level: 'SOL_SOCKET' },
  TCP_SAVE_SYN: switched(2),
  TCP_THIN_LINEAR_TIMEOUTS: {
    ...switched(1),
    apply: (value) => (value < 0 || value > 1 ? undefined : { thinLinearTimeouts: value === 1 }),
  },
  IP_TOS: {
    level: 'IPPROTO_IP',
    systems: both,
    apply: () => ({}),
    told: withoutEcn,
    get: zero,
  },
  IPV6_TCLASS: {
    level: 'IPPROTO_IPV6',
    systems: both,
    apply: (value) => (value < -1 || value > 255 ? undefined : {}),
    told: (value, system) => withoutEcn(Math.max(0, value), system),
    get: zero,
  },
  IP_TTL: hops('IPPROTO_IP', 1),
  IPV6_UNICAST_HOPS: hops('IPPROTO_IPV6', 0),
  ...IP_OPTIONS,
  // A host has one address, of one family.
  IPV6_V6ONLY: kept('IPPROTO_IPV6', 1, { get: ({ table }) => (table.system === 'linux' ? 0 : 1) }),
  // In UDP with this port of the peer's, which is said before the connection is opened.
  TCP_REMOTE_UDP_ENCAPS_PORT: {
    level: 'IPPROTO_TCP',
    systems: freebsd,
    apply: (value, ctx, { role }) => {
      const taken = machine(ctx).settings.udpPort !== 0 || value === 0;
      const valid = value >= 0 && value <= 65_535 && role === 'fresh';
      return taken && valid ? { udpPeer: value } : undefined;
    },
    get: (ctx, socket) => settingsOf(ctx, socket).udpPeer,
  },
  ...KEEPALIVE_OPTIONS,
  ...RTO_OPTIONS,
  SO_RCVBUF: RECEIVE_BUFFER,
  SO_SNDBUF: SEND_BUFFER,
  SO_RCVBUFFORCE: FORCED_RECEIVE_BUFFER,
  SO_SNDBUFFORCE: FORCED_SEND_BUFFER,
  TCP_WINDOW_CLAMP: WINDOW_CLAMP,
  TCP_MAXSEG: {
    level: 'IPPROTO_TCP',
    systems: both,
    apply: (value, ctx, socket) => {
      const { role } = socket;
      if (ctx.table.system === 'freebsd') return freebsdSegment(value, ctx, socket);
      const { mss } = machine(ctx).settings;
      if (value === 0) return role === 'connection' ? {} : { mss, mssUntold: 0 };
      if (value < 88 || value > 32_767) return undefined;
      // What is asked for in SYN_SENT bounds what the SYN,ACK offers.
      const late = role === 'connection' && tcbOf(ctx, socket)?.state !== 'SYN_SENT';
      if (late) return {};
      const asked = { mss: Math.min(value, mss) };
      // The SYN went with what was believed then.
      const { mssUntold } = settingsOf(ctx, socket);
      const known = mssUntold > 0 ? mssUntold : defaultMss(socket.remote?.address ?? '');
      return { ...asked, mssUntold: role === 'connection' ? known : value };
    },
    told: (value, system) => (system === 'linux' && value === 0 ? undefined : value),
    get: tcpMaxSegment,
  },
  TCP_USER_TIMEOUT: {
    level: 'IPPROTO_TCP',
    systems: linux,
    apply: (value, ctx) =>
      value < 0
        ? undefined
        : {
            userTimeout: value > 0 ? value * MILLISECOND : machine(ctx).settings.userTimeout,
            userTimeoutChangeable: value <= 0,
          },
    get: zero,
  },
  TCP_SYNCNT: {
    level: 'IPPROTO_TCP',
    systems: linux,
    apply: (value) => (value < 1 || value > 127 ? undefined : { synRetries: value }),
    get: (ctx, socket) => settingsOf(ctx, socket).synRetries,
  },
  TCP_LINGER2: {
    level: 'IPPROTO_TCP',
    systems: linux,
    apply: () => ({}),
    // Below 0 there is no FIN_WAIT_2, 0 is the default.
    told: (value) => (value === 0 ? undefined : value < 0 ? -1 : Math.min(value, 120)),
    get: (ctx) => machine(ctx).settings.finWait2Timeout / SECOND,
  },
  TCP_DEFER_ACCEPT: {
    level: 'IPPROTO_TCP',
    systems: linux,
    apply: (value) => ({ deferAccept: wholeRetransmissions(value) * SECOND }),
    told: wholeRetransmissions,
    // Who was accepted has not inherited it.
    get: (_, { settings }) => (settings.deferAccept ?? 0) / SECOND,
  },
  ...FAST_OPEN_OPTIONS,
  TCP_QUICKACK: {
    level: 'IPPROTO_TCP',
    systems: linux,
    // 0: text is taken to be answered, until an acknowledgment has waited in vain.
    apply: (value) => ({ ackDelay: value === 0 ? LEAST_WAIT : 0 }),
    told: onOrBit(1),
    get: (ctx, socket) => {
      const { dialogue, settings } = tcbOf(ctx, socket) ?? socket.last ?? {};
      const answered = dialogue?.answered ?? (settings?.ackDelay ?? 0) > 0;
      return answered ? 0 : 1;
    },
  },
};

/** FreeBSD only makes segments shorter; without a peer it is in vain, for the handshake decides anew. */
function freebsdSegment(
  value: number,
  ctx: Context,
  socket: BsdSocket,
): Partial<Settings> | undefined {
  if (value < LEAST_SEGMENT || value > tcpMaxSegment(ctx, socket)) return undefined;
  return tcbOf(ctx, socket)?.remote === undefined ? {} : { mss: value };
}

/** `net.inet.tcp.minmss` less 40 octets of headers. */
const LEAST_SEGMENT = 216 - 40;
