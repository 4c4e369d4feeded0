/** The options of keep-alives: SO_KEEPALIVE, and how many probes go out when. */

import type { Context } from './context.js';
import { machine, settingsOf } from './context.js';
import type { Option } from './option-kinds.js';
import { both, freebsd, onOrBit } from './option-kinds.js';
import type { System } from './socket-calls.js';
import type { BsdSocket } from './table.js';

const SECOND = 1_000_000;

/** The most seconds of a keep-alive option: FreeBSD counts them in 32 bits, milliseconds. */
const MOST_SECONDS = 32_767;
const MOST_SECONDS_FREEBSD = Math.floor((2 ** 32 - 1) / 1_000);

/** Whether a keep-alive option can have this value; on FreeBSD 0 is the default. */
function isInterval(value: number, system: System): boolean {
  return system === 'linux'
    ? value >= 1 && value <= MOST_SECONDS
    : value >= 0 && value <= MOST_SECONDS_FREEBSD;
}

/** What is kept of a value that is 0 for the default. */
const unlessZero = (value: number) => (value === 0 ? undefined : value);

/** Seconds that are a setting; 0, where it is allowed, is the host's own. */
function interval(systems: readonly System[], name: 'openTimeout' | 'keepaliveInterval'): Option {
  return {
    level: 'IPPROTO_TCP',
    systems,
    apply: (value, ctx) =>
      isInterval(value, ctx.table.system)
        ? { [name]: value * SECOND || machine(ctx).settings[name] }
        : undefined,
    told: unlessZero,
    get: (ctx, socket) => settingsOf(ctx, socket)[name] / SECOND,
  };
}

export const KEEPALIVE_OPTIONS: Readonly<Record<string, Option>> = {
  SO_KEEPALIVE: {
    level: 'SOL_SOCKET',
    systems: both,
    apply: (value, ctx, socket) => {
      if (value && settingsOf(ctx, socket).keepalive > 0) return {};
      return { keepalive: value ? idleTime(ctx, socket) : 0 };
    },
    told: onOrBit(0x8),
    get: (ctx, socket) => (settingsOf(ctx, socket).keepalive > 0 ? 1 : 0),
  },
  TCP_KEEPINIT: interval(freebsd, 'openTimeout'),
  TCP_KEEPIDLE: {
    level: 'IPPROTO_TCP',
    systems: both,
    apply: (value, ctx, socket) => {
      if (!isInterval(value, ctx.table.system)) return undefined;
      const idle = value * SECOND || DEFAULT_IDLE;
      return settingsOf(ctx, socket).keepalive > 0 ? { keepalive: idle } : {};
    },
    told: unlessZero,
    get: (ctx, socket) => idleTime(ctx, socket) / SECOND,
  },
  TCP_KEEPINTVL: interval(both, 'keepaliveInterval'),
  TCP_KEEPCNT: {
    level: 'IPPROTO_TCP',
    systems: both,
    apply: (value, ctx) => {
      if (ctx.table.system === 'linux' && (value < 1 || value > 127)) return undefined;
      if (value < 0) return undefined;
      return { keepaliveProbes: value || machine(ctx).settings.keepaliveProbes };
    },
    told: unlessZero,
    get: (ctx, socket) => settingsOf(ctx, socket).keepaliveProbes,
  },
};

/** Two hours (RFC 9293 §3.8.4, MUST-28), or what TCP_KEEPIDLE or the host says. */
function idleTime(ctx: Context, { options }: BsdSocket): number {
  const seconds = options.TCP_KEEPIDLE ?? ctx.table.usual.get('TCP_KEEPIDLE');
  if (typeof seconds === 'number') return seconds * SECOND;
  return machine(ctx).settings.keepalive || DEFAULT_IDLE;
}

const DEFAULT_IDLE = 7_200 * SECOND;
