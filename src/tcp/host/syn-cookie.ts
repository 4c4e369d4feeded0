/** RFC 4987 (Appendix A) SYN Cookies Description: an ISN that remembers what a listener does not. */

import { isIPv6 } from '../ip-version.js';
import { keyedHash } from '../isn/hash.js';
import type { Isn } from '../isn.js';
import { sockets } from '../isn.js';
import type { Options } from '../options.js';
import { DEFAULT_MSS, defaultMss, shiftOffered, timestampClock } from '../options.js';
import type { Duration, Instant } from '../rule.js';
import type { Seq } from '../seq.js';
import { add, distance, num, seq } from '../seq.js';
import type { Settings } from '../settings.js';
import type { Socket } from '../tcb.js';

/** "the counter increases every 64 seconds"; its last five bits are a cookie's first. */
const TICK = 64_000_000;
/** A cookie is good in the tick it was made in and in the next. */
const TICKS = 2;
/** No cookie is good for longer. */
export const COOKIE_LIFE: Duration = TICKS * TICK;

/** Where a cookie keeps what the SYN offered besides the MSS (deviation cookie-options). */
type Keeper = Settings['cookieOptions'];

/**
 * The MSS values that a cookie can remember in its "next 3 bits", octets, least first; a peer's is rounded down to one of them, as
 * it can take no more (MUST-16). The least is what the least MTU of IPv4 leaves.
 */
const MSS_VALUES = {
  ipv4: [28, 216, 536, 1300, 1440, 1460],
  ipv6: [28, 216, 536, 1220, 1420, 1440, 8940],
};
/** Those of `cookie-form sum`: a peer that can take less is sent the first all the same. */
const MSS_OF_SUMS = { ipv4: [536, 1300, 1440, 1460], ipv6: [1220, 1420, 1440, 8940] };
/** Those of `cookie-options number`, and the shifts: the first stands for no option. */
const MSS_OF_NUMBERS = [216, 536, 1200, 1360, 1400, 1440, 1452, 1460];
const SHIFTS_OF_NUMBERS = [undefined, 0, 1, 2, 4, 6, 7, 8];

function mssValues(
  { cookieOptions, cookieForm }: Settings,
  { address }: Socket,
): readonly number[] {
  if (cookieOptions === 'number') return MSS_OF_NUMBERS;
  const values = cookieForm === 'sum' ? MSS_OF_SUMS : MSS_VALUES;
  return isIPv6(address) ? values.ipv6 : values.ipv4;
}

/** The MSS that a cookie has for this SYN; of one that says none, the default (MUST-15). */
function mssIndex(settings: Settings, remote: Socket, offered: Options): number {
  const unsaid = settings.cookieOptions === 'number' ? undefined : defaultMss(remote.address);
  return indexOf(mssValues(settings, remote), offered.mss ?? unsaid);
}

/** The last of them that is not more; the first when there is none. */
function indexOf(values: readonly (number | undefined)[], wanted: number | undefined): number {
  let found = 0;
  values.forEach((value, index) => {
    if (wanted !== undefined && value !== undefined && value <= wanted) found = index;
  });
  return found;
}

const LOW_BITS = 2 ** 24 - 1;

/** How many of the lowest 24 bits are options and not of the secret function. */
const KEPT_BITS = 4;

function keptBits({ windowScale, sackPermitted }: Options, keeper: Keeper): number {
  if (keeper !== 'number') return 0;
  return (indexOf(SHIFTS_OF_NUMBERS, windowScale) << 1) | (sackPermitted ? 1 : 0);
}

function readKept(bits: number, keeper: Keeper): CookieOptions {
  if (keeper !== 'number') return {};
  const shift = SHIFTS_OF_NUMBERS[(bits >>> 1) & 7];
  return {
    ...(shift === undefined ? {} : { windowScale: shift }),
    ...((bits & 1) !== 0 ? ({ sackPermitted: true } as const) : {}),
  };
}

type CookieOptions = Pick<Options, 'windowScale' | 'sackPermitted'>;

/**
 * The cookie for a SYN with these options, its MSS as the listener will use it: SEG.SEQ, XOR the counter, the index of
 * the MSS, and the secret function; or the sum of them (deviation cookie-form).
 */
export function makeCookie(
  settings: Settings,
  local: Socket,
  remote: Socket,
  irs: Seq,
  offered: Options,
  now: Instant,
): Extract<Isn, { readonly kind: 'cookie' }> {
  const { secret, cookieOptions, cookieForm } = settings;
  const index = mssIndex(settings, remote, offered);
  const mss = mssValues(settings, remote)[index] ?? DEFAULT_MSS;
  const counter = counterAt(now);
  if (cookieForm === 'sum') {
    const low = (secretBits(secret, local, remote, counter) + index) & LOW_BITS;
    const value = add(irs, pairNumber(secret, local, remote) + counter * 2 ** 24 + low);
    return { kind: 'cookie', value, mss };
  }
  const kept = keptBits(offered, cookieOptions);
  const low = lowBits(secret, local, remote, counter, cookieOptions, kept);
  const bits = (counter << 27) | (index << 24) | low;
  return { kind: 'cookie', value: xor(irs, bits), mss };
}

/** What an acknowledged cookie says, or why it is none of ours. */
export type CookieCheck =
  | {
      readonly kind: 'valid';
      readonly mss: number;
      readonly ticks: number;
      readonly options: CookieOptions;
    }
  | { readonly kind: 'old' | 'forged' };

/** Whether `cookie` was made for a SYN with this IRS in the last one or two ticks. */
export function checkCookie(
  settings: Settings,
  local: Socket,
  remote: Socket,
  irs: Seq,
  cookie: Seq,
  now: Instant,
): CookieCheck {
  const { secret, cookieOptions } = settings;
  if (settings.cookieForm === 'sum') return checkSum(settings, local, remote, irs, cookie, now);
  const bits = num(xor(irs, num(cookie)));
  const ticks = (counterAt(now) - (bits >>> 27)) & 0x1f;
  const counter = counterAt(now) - ticks;
  const mss = mssValues(settings, remote)[(bits >>> 24) & 7];
  const low = lowBits(secret, local, remote, counter, cookieOptions, bits);
  if (mss === undefined || (bits & LOW_BITS) !== low) return { kind: 'forged' };
  if (ticks >= TICKS) return { kind: 'old' };
  return { kind: 'valid', mss, ticks, options: readKept(bits, cookieOptions) };
}

/** Deviation `cookie-form`: the difference is the counter, and the index of the MSS in what the secret function is less than the rest. */
function checkSum(
  settings: Settings,
  local: Socket,
  remote: Socket,
  irs: Seq,
  cookie: Seq,
  now: Instant,
): CookieCheck {
  const { secret } = settings;
  const bits = distance(irs, add(cookie, -pairNumber(secret, local, remote)));
  const ticks = (counterAt(now) - (bits >>> 24)) & 0xff;
  const low = secretBits(secret, local, remote, counterAt(now) - ticks);
  const mss = mssValues(settings, remote)[(bits - low) & LOW_BITS];
  if (mss === undefined) return { kind: 'forged' };
  return ticks < TICKS ? { kind: 'valid', mss, ticks, options: {} } : { kind: 'old' };
}

/** The lowest 24 bits: of the secret function alone, or with options below it, which it vouches for. */
function lowBits(
  secret: string,
  local: Socket,
  remote: Socket,
  counter: number,
  keeper: Keeper,
  bits: number,
): number {
  if (keeper !== 'number') return secretBits(secret, local, remote, counter);
  const kept = bits & (2 ** KEPT_BITS - 1);
  const hash = secretBits(`${secret} ${kept}`, local, remote, counter);
  return ((hash >>> KEPT_BITS) << KEPT_BITS) | kept;
}

function counterAt(now: Instant): number {
  return Math.floor(now / TICK);
}

/** A secret number of the pair of sockets alone. */
function pairNumber(secret: string, local: Socket, remote: Socket): number {
  return keyedHash(secret, sockets(local, remote)).high;
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
const ECN_BIT = 0x20;

/** TSval of a cookie's SYN,ACK: the clock, not ahead of itself, with window scale, SACK and ECN in its lowest bits. */
export function stampOptions(offered: Options, ecn: boolean, now: Instant): number {
  const shift = offered.windowScale === undefined ? NO_SHIFT : shiftOffered(offered);
  const bits = shift | (offered.sackPermitted ? SACK_BIT : 0) | (ecn ? ECN_BIT : 0);
  const clock = timestampClock(now);
  const stamped = clock - (clock % 2 ** OPTION_BITS) + bits;
  return (stamped > clock ? stamped - 2 ** OPTION_BITS : stamped) >>> 0;
}

/** The options of the SYN that `stampOptions` wrote down. */
export function readStamp(tsEcr: number): CookieOptions {
  const shift = tsEcr & NO_SHIFT;
  return {
    ...(shift === NO_SHIFT ? {} : { windowScale: shift }),
    ...((tsEcr & SACK_BIT) !== 0 ? ({ sackPermitted: true } as const) : {}),
  };
}

/** Whether the SYN,ACK had agreed on ECN. */
export function readEcnStamp(tsEcr: number): boolean {
  return (tsEcr & ECN_BIT) !== 0;
}
