/** RFC 4987 §3.6 SYN Cookies: an ISN that remembers what a listener does not. */

import type { Isn } from './isn.js';
import { sockets } from './isn.js';
import { keyedHash } from './isn-hash.js';
import type { Options } from './options.js';
import { timestampClock } from './options.js';
import type { Instant } from './rule.js';
import type { Seq } from './seq.js';
import { add, distance } from './seq.js';
import type { Socket } from './tcb.js';

/** One tick of the counter that a cookie's upper eight bits hold. */
const TICK = 60_000_000;
/** A cookie is good in the tick it was made in and in the next. */
const TICKS = 2;

/** The MSS values that a cookie can remember, octets, least first; a peer's is rounded down to one of them. */
const MSS_VALUES = { ipv4: [536, 1300, 1440, 1460], ipv6: [1220, 1420, 1440, 8940] };

function mssValues({ address }: Socket): readonly number[] {
  return address.includes(':') ? MSS_VALUES.ipv6 : MSS_VALUES.ipv4;
}

/**
 * The cookie for a SYN: SEG.SEQ + F(sockets) + count * 2^24 + (F(sockets, count) + MSS index) modulo 2^24,
 * all modulo 2^32.
 */
export function makeCookie(
  secret: string,
  local: Socket,
  remote: Socket,
  irs: Seq,
  mss: number,
  now: Instant,
): Extract<Isn, { readonly kind: 'cookie' }> {
  const values = mssValues(remote);
  let index = 0;
  while ((values[index + 1] ?? Number.POSITIVE_INFINITY) <= mss) index += 1;
  const count = tickOf(now);
  const pair = sockets(local, remote);
  const low = (lowBits(secret, pair, count) + index) % 2 ** 24;
  const base = add(irs, base32(secret, pair));
  const value = add(base, (count % 256) * 2 ** 24 + low);
  return { kind: 'cookie', value, mss: values[index] ?? 536 };
}

/** What an acknowledged cookie says, or why it is none of ours. */
export type CookieCheck =
  | { readonly kind: 'valid'; readonly mss: number; readonly ticks: number }
  | { readonly kind: 'old' | 'forged' };

/** Whether `cookie` was made for a SYN with this IRS in the last one or two minutes. */
export function checkCookie(
  secret: string,
  local: Socket,
  remote: Socket,
  irs: Seq,
  cookie: Seq,
  now: Instant,
): CookieCheck {
  const pair = sockets(local, remote);
  const rest = distance(add(irs, base32(secret, pair)), cookie);
  const ticks = (tickOf(now) - Math.floor(rest / 2 ** 24)) & 0xff;
  const count = tickOf(now) - ticks;
  const index = (rest - lowBits(secret, pair, count)) & 0xffffff;
  const mss = mssValues(remote)[index];
  if (mss === undefined) return { kind: 'forged' };
  return ticks < TICKS ? { kind: 'valid', mss, ticks } : { kind: 'old' };
}

function tickOf(now: Instant): number {
  return Math.floor(now / TICK);
}

function base32(secret: string, pair: string): number {
  return keyedHash(secret, pair).high;
}

function lowBits(secret: string, pair: string, count: number): number {
  return keyedHash(secret, `${pair} ${count}`).high >>> 8;
}

/** The lowest bits of TSval say what the SYN offered; of the clock they are the fastest. */
const OPTION_BITS = 6;
const NO_SHIFT = 0xf;
const SACK_BIT = 0x10;

/** TSval of a cookie's SYN,ACK: the clock, not ahead of itself, with window scale and SACK in its lowest bits. */
export function stampOptions(offered: Options, now: Instant): number {
  const shift = offered.windowScale === undefined ? NO_SHIFT : Math.min(offered.windowScale, 14);
  const bits = shift | (offered.sackPermitted ? SACK_BIT : 0);
  const clock = timestampClock(now);
  const stamped = clock - (clock % 2 ** OPTION_BITS) + bits;
  return (stamped > clock ? stamped - 2 ** OPTION_BITS : stamped) >>> 0;
}

/** The options of the SYN that `stampOptions` wrote down. */
export function readStamp(tsEcr: number): Pick<Options, 'windowScale' | 'sackPermitted'> {
  const shift = tsEcr & NO_SHIFT;
  return {
    ...(shift === NO_SHIFT ? {} : { windowScale: shift }),
    ...((tsEcr & SACK_BIT) !== 0 ? ({ sackPermitted: true } as const) : {}),
  };
}
