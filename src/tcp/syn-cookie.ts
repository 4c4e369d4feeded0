/** RFC 4987 (Appendix A) SYN Cookies Description: an ISN that remembers what a listener does not. */

import type { Isn } from './isn.js';
import { sockets } from './isn.js';
import { keyedHash } from './isn-hash.js';
import type { Options } from './options.js';
import { timestampClock } from './options.js';
import type { Duration, Instant } from './rule.js';
import type { Seq } from './seq.js';
import { num, seq } from './seq.js';
import type { Socket } from './tcb.js';

/** "the counter increases every 64 seconds"; its last five bits are a cookie's first. */
const TICK = 64_000_000;
/** A cookie is good in the tick it was made in and in the next. */
const TICKS = 2;
/** No cookie is good for longer. */
export const COOKIE_LIFE: Duration = TICKS * TICK;

/** The MSS values that a cookie can remember in its "next 3 bits", octets, least first; a peer's is rounded down to one of them. */
const MSS_VALUES = { ipv4: [536, 1300, 1440, 1460], ipv6: [1220, 1420, 1440, 8940] };

function mssValues({ address }: Socket): readonly number[] {
  return address.includes(':') ? MSS_VALUES.ipv6 : MSS_VALUES.ipv4;
}

/** The cookie for a SYN whose MSS option says `mss` octets: SEG.SEQ, XOR the counter, the index of the MSS, and the secret function. */
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
  const counter = counterAt(now);
  const bits = (counter << 27) | (index << 24) | secretBits(secret, local, remote, counter);
  return { kind: 'cookie', value: xor(irs, bits), mss: values[index] ?? 536 };
}

/** What an acknowledged cookie says, or why it is none of ours. */
export type CookieCheck =
  | { readonly kind: 'valid'; readonly mss: number; readonly ticks: number }
  | { readonly kind: 'old' | 'forged' };

/** Whether `cookie` was made for a SYN with this IRS in the last one or two ticks. */
export function checkCookie(
  secret: string,
  local: Socket,
  remote: Socket,
  irs: Seq,
  cookie: Seq,
  now: Instant,
): CookieCheck {
  const bits = num(xor(irs, num(cookie)));
  const ticks = (counterAt(now) - (bits >>> 27)) & 0x1f;
  const counter = counterAt(now) - ticks;
  const mss = mssValues(remote)[(bits >>> 24) & 7];
  const genuine = (bits & 0xffffff) === secretBits(secret, local, remote, counter);
  if (mss === undefined || !genuine) return { kind: 'forged' };
  return ticks < TICKS ? { kind: 'valid', mss, ticks } : { kind: 'old' };
}

function counterAt(now: Instant): number {
  return Math.floor(now / TICK);
}

/** The "server-selected secret function of pair of IP addresses, the pair of port numbers, and the 32-bit counter": 24 bits. */
function secretBits(secret: string, local: Socket, remote: Socket, counter: number): number {
  return keyedHash(secret, `${sockets(local, remote)} ${counter}`).high >>> 8;
}

function xor(number: Seq, bits: number): Seq {
  return seq((num(number) ^ bits) >>> 0);
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
