/** What an option of a socket is, and the kinds that many of them are of. */

import type { Settings } from '../../tcp/settings.js';
import type { Attempt, Context } from './context.js';
import { done } from './context.js';
import type { Errno } from './errno.js';
import type { OptionValue, SocketCallOf, System } from './socket-calls.js';
import type { BsdSocket } from './table.js';

/** Where an option is found. */
interface Place {
  readonly level: 'SOL_SOCKET' | 'IPPROTO_TCP' | 'IPPROTO_IP' | 'IPPROTO_IPV6';
  readonly systems: readonly System[];
}

/** An option whose value is a number, which is kept and told as it was set. */
export interface Option extends Place {
  /** The option that it sets under another name: nobody can ask for it by its own. */
  readonly as?: string;
  /** What comes too late, or is not to be had, whatever the value. */
  readonly refused?: (ctx: Context, socket: BsdSocket) => Errno | undefined;
  /** What it changes of the connection's settings; `undefined` when the value is not valid. */
  readonly apply: (value: number, ctx: Context, socket: BsdSocket) => Partial<Settings> | undefined;
  /** What is kept of a value, and told by `getsockopt`; undefined: what it says while nobody has set it. The value itself by default. */
  readonly told?: (value: number, system: System, settings: Settings) => number | undefined;
  /** What `getsockopt` says while nobody has set it. */
  readonly get: (ctx: Context, socket: BsdSocket) => number;
}

/** An option whose value is no number, or that is only told. */
export interface OwnOption extends Place {
  /** Undefined: not with a value of this kind. Without it the option is only told. */
  readonly set?: (
    ctx: Context,
    socket: BsdSocket,
    call: SocketCallOf<'setsockopt'>,
  ) => Attempt | undefined;
  readonly tell: (ctx: Context, socket: BsdSocket, call: SocketCallOf<'getsockopt'>) => Attempt;
}

/** An option that is only told. */
export function onlyTold(
  level: Place['level'],
  systems: readonly System[],
  value: (ctx: Context, socket: BsdSocket) => OptionValue,
): OwnOption {
  return { level, systems, tell: (ctx, socket) => done(0, { value: value(ctx, socket) }) };
}

/** Levels of protocols have two names: `SOL_TCP` is `IPPROTO_TCP`. */
export function plainLevel(level: string): string {
  return level.replace(/^SOL_(?=TCP$|IP$|IPV6$)/, 'IPPROTO_');
}

export const both: readonly System[] = ['linux', 'freebsd'];
export const linux: readonly System[] = ['linux'];
export const freebsd: readonly System[] = ['freebsd'];
/** Nothing, while nobody has set it. */
export const zero = () => 0;

/** Linux tells of a switch that it is on, FreeBSD that its bit is set. */
export const onOrBit = (bit: number) => (value: number, system: System) =>
  value === 0 ? 0 : system === 'linux' ? 1 : bit;

/** A switch without a meaning for connections: it is kept and told. `bit`: FreeBSD's. */
export function kept(
  level: Place['level'],
  bit: number,
  { get = zero, systems = both }: Partial<Pick<Option, 'get' | 'systems'>> = {},
): Option {
  return { level, systems, apply: () => ({}), told: onOrBit(bit), get };
}

/** Such a switch that FreeBSD alone has. */
export function keptByFreebsd(bit: number): Option {
  return kept('SOL_SOCKET', bit, { systems: freebsd });
}

/** A number that Linux alone keeps and tells, whatever it is. */
export function numbered(level: Place['level']): Option {
  return { level, systems: linux, apply: () => ({}), get: zero };
}

/** A number of Linux alone from 0 on that changes no setting. `usual`: while nobody has set it. */
export function bounded(level: Place['level'], most: number, usual = 0): Option {
  const apply = (value: number) => (value < 0 || value > most ? undefined : {});
  return { level, systems: linux, apply, get: () => usual };
}

/** What Linux lets nobody set on a stream. */
export function refusing(level: Place['level'], errno: Errno, told: number): Option {
  return { ...bounded(level, 0, told), refused: () => errno };
}

/** Text waits until it fills a segment, as long as this is on. `bit`: FreeBSD's. */
export function corking(systems: readonly System[], bit: number): Option {
  const apply = (value: number) => ({ cork: value !== 0 });
  return { level: 'IPPROTO_TCP', systems, apply, told: onOrBit(bit), get: zero };
}

/** A switch of Linux alone, of at most this number, that changes no setting. */
export function switched(most: number): Option {
  return bounded('IPPROTO_TCP', most);
}

/** Linux keeps the ECN field of a stream for itself. */
export function withoutEcn(value: number, system: System): number {
  return system === 'linux' ? value & 0xfc : value & 0xff;
}

/** How many routers a datagram may pass; -1 is what is usual. */
export function hops(level: 'IPPROTO_IP' | 'IPPROTO_IPV6', least: number): Option {
  return {
    level,
    systems: both,
    apply: (value) => (value === -1 || (value >= least && value <= 255) ? {} : undefined),
    told: (value) => (value === -1 ? undefined : value),
    get: () => 64,
  };
}
