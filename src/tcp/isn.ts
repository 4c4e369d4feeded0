/** RFC 9293 §3.4.1 Initial Sequence Number Selection: where an ISS comes from, with its parts kept. */

import { assert } from '../base/assert.js';
import type { RandomState } from '../base/random.js';
import { next } from '../base/random.js';
import { keyedHash } from './isn/hash.js';
import { md5Hex, md5Number } from './isn/md5.js';
import { sipHex } from './isn/siphash.js';
import type { Duration, Instant } from './rule.js';
import type { Seq } from './seq.js';
import { add, before, distance, num, seq } from './seq.js';
import type { Settings } from './settings.js';
import type { Socket, Tcb } from './tcb.js';

/** How a host chooses its ISNs (the setting `isn`). */
export type IsnChoice =
  | { readonly kind: 'fixed'; readonly values: readonly number[] }
  /** `hash`: the F of RFC 6528; MD5 where none is named. */
  | { readonly kind: 'rfc6528'; readonly hash?: 'siphash' }
  | { readonly kind: 'clock' }
  | { readonly kind: 'random' };

/** An ISN with its derivation. `value` is the ISS that was used. */
export type Isn =
  /** `isn 100`, or the n-th of a list (the last one repeats). */
  | { readonly kind: 'fixed'; readonly value: Seq; readonly index: number }
  /** RFC 793's clock alone: one tick every 4 microseconds. */
  | { readonly kind: 'clock'; readonly value: Seq; readonly at: number }
  /** ISN = M + F(localip, localport, remoteip, remoteport, secretkey), all modulo 2^32. */
  | {
      readonly kind: 'rfc6528';
      readonly value: Seq;
      readonly f: Seq;
      readonly at: number;
      /** Which F; MD5 where none is named. `hashOf` says what was hashed. */
      readonly hash?: 'siphash';
    }
  /** A draw of the host's own random stream. */
  | { readonly kind: 'random'; readonly value: Seq }
  /** Beyond what the incarnation in TIME_WAIT has sent, whose place it takes (deviation time-wait). */
  | { readonly kind: 'successor'; readonly value: Seq; readonly nxt: Seq }
  /** A SYN cookie, which remembers the peer's MSS in octets (RFC 4987 §3.6). */
  | { readonly kind: 'cookie'; readonly value: Seq; readonly mss: number }
  /** Chosen by a `given` statement or by a debugger's user. */
  | { readonly kind: 'given'; readonly value: Seq };

/** A host's position in its sequence of ISNs: a value, advanced only when an ISN was used. */
export interface IsnPosition {
  /** How many ISNs were taken. */
  readonly taken: number;
  readonly random: RandomState;
}

/**
 * The ISN that a connection between these sockets gets at `now`. Pure: the same position gives the same ISN; whoever
 * uses it goes on with `afterIsn`.
 */
export function chooseIsn(
  choice: IsnChoice,
  secret: string,
  position: IsnPosition,
  local: Socket,
  remote: Socket,
  now: Instant,
  speed: Settings['isnClock'] = 'slow',
): Isn {
  switch (choice.kind) {
    case 'fixed': {
      const index = Math.min(position.taken, choice.values.length - 1);
      const value = choice.values[index];
      assert(value !== undefined, () => 'a fixed ISN needs at least one number');
      return { kind: 'fixed', value: seq(value), index };
    }
    case 'clock': {
      const m = isnClock(now, speed);
      return { kind: 'clock', value: m, at: now };
    }
    case 'random':
      return { kind: 'random', value: seq(next(position.random)[0]) };
    case 'rfc6528': {
      const m = isnClock(now, speed);
      const { hash } = choice;
      const f = seq(
        hash
          ? keyedHash(secret, sockets(local, remote)).high
          : md5Number([...socketParts(local, remote), ' ', secret]),
      );
      const isn = { kind: 'rfc6528', value: add(m, num(f)), f, at: now } as const;
      return hash ? { ...isn, hash } : isn;
    }
  }
}

/** The two sockets as they are hashed: `10.0.0.1:49152 10.0.0.2:80`. */
export function sockets(local: Socket, remote: Socket): string {
  return socketParts(local, remote).join('');
}

function socketParts(local: Socket, remote: Socket): readonly string[] {
  return [local.address, ':', `${local.port}`, ' ', remote.address, ':', `${remote.port}`];
}

/**
 * What F was made of, readable (`10.0.0.1:49152 10.0.0.2:80 secret`), and the hash's whole output, hexadecimal. Made
 * again when somebody asks: few do.
 */
export function hashOf(
  hash: 'siphash' | undefined,
  secret: string,
  local: Socket,
  remote: Socket,
): { readonly input: string; readonly digest: string } {
  const pair = sockets(local, remote);
  const input = `${pair} ${secret}`;
  const digest = hash ? sipHex(keyedHash(secret, pair)) : md5Hex([input]);
  return { input, digest };
}

/** M, of an ISN that has one: what F was added to. */
export function clockOf(isn: Isn & { readonly kind: 'clock' | 'rfc6528' }): Seq {
  return isn.kind === 'clock' ? isn.value : add(isn.value, -num(isn.f));
}

/** The position after one more ISN was used. */
export function afterIsn(position: IsnPosition): IsnPosition {
  return { taken: position.taken + 1, random: next(position.random)[1] };
}

/** M: the 32-bit clock that ticks every 4 microseconds and wraps after 4.77 hours (MUST-8); or 64 ns (deviation isn-clock). */
function isnClock(now: Instant, speed: Settings['isnClock']): Seq {
  return seq(Math.floor(ticks(now, speed)) % 2 ** 32);
}

/** How far M moves in so many microseconds. */
function ticks(span: Duration, speed: Settings['isnClock']): number {
  return speed === 'fast' ? (span * 125) / 8 : span / 4;
}

/** How long M takes to come round, microseconds. */
export function isnCycle(speed: Settings['isnClock']): Duration {
  return 2 ** 32 / ticks(1, speed);
}

/**
 * What the same sockets would be given at `now`, by an ISN that follows the clock (RFC 9293 §3.4.1); undefined for one that does
 * not.
 */
export function isnAt(isn: Isn, now: Instant, speed: Settings['isnClock']): Seq | undefined {
  switch (isn.kind) {
    case 'clock':
      return isnClock(now, speed);
    case 'rfc6528':
      return add(isnClock(now, speed), num(isn.f));
    default:
      return undefined;
  }
}

/** How long after `now` the clock gives out this number, microseconds in [0, one cycle); undefined without a clock. */
export function timeUntilIsn(
  isn: Isn,
  number: Seq,
  now: Instant,
  speed: Settings['isnClock'],
): Duration | undefined {
  const current = isnAt(isn, now, speed);
  return current === undefined ? undefined : distance(current, number) / ticks(1, speed);
}

/** What becomes of a segment with this number that this side sent in an earlier connection between the same sockets. */
export interface OldNumber {
  /** The peer cannot tell it from a new one: it lies where the peer now expects text. */
  readonly mistaken: boolean;
  /** Where it lies, with the numbers. */
  readonly why: string;
}

/**
 * Whether the peer would take an old sequence number of this side for a new one: whether it passes the first check there,
 * RCV.NXT =< SEG.SEQ < RCV.NXT+RCV.WND (RFC 9293 §3.4.3), as far as this side knows: RCV.NXT is at least SND.UNA, and the window
 * ends at SND.UNA+SND.WND. Before the peer has acknowledged the SYN, only the ISS itself can be.
 */
export function judgeOldNumber({ iss, snd }: Tcb, number: Seq): OldNumber {
  const open = before(iss, snd.una);
  const size = open ? Math.max(snd.wnd, 1) : 1;
  const ahead = distance(snd.una, number);
  const where = `SND.UNA=${num(snd.una)}, and the peer's window ends before ${num(add(snd.una, size))}`;
  if (ahead < size) {
    const why = open ? where : `it is the ISS itself, ${num(iss)}`;
    return { mistaken: true, why };
  }
  const behind = before(number, snd.una);
  const far = behind
    ? `${distance(number, snd.una)} before the window`
    : `${ahead - size + 1} beyond the window`;
  return {
    mistaken: false,
    why: open ? `${far}: ${where}` : `the SYN has ${num(iss)}, and no other number fits`,
  };
}
