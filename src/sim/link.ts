/** Links: what they are, and the dice, transmitter and order of arrival of each direction. */

import type { RandomState } from '../base/random.js';
import { nextFraction, stream } from '../base/random.js';
import type { Duration, Instant } from '../tcp/rule.js';

/** How a link treats what it carries. Equal in both directions. */
export interface LinkSettings {
  /** From one end to the other. */
  readonly delay: Duration;
  /** Up to so much is added to the delay, by chance. */
  readonly jitter: Duration;
  /** Fractions of the segments, [0, 1]. */
  readonly loss: number;
  readonly duplicate: number;
  readonly reorder: number;
  /** Bits a second; undefined without a limit. */
  readonly rate: number | undefined;
  /** Octets of an IP datagram. */
  readonly mtu: number;
}

/** Lossless, 10 ms. */
export const DEFAULT_LINK: LinkSettings = {
  delay: 10_000,
  jitter: 0,
  loss: 0,
  duplicate: 0,
  reorder: 0,
  rate: undefined,
  mtu: 1500,
};

export interface Link {
  readonly a: string;
  readonly b: string;
  readonly settings: LinkSettings;
  cut: boolean;
  /** From `a` to `b`, and back. The two ends of a loop-back share one way. */
  readonly forth: Way;
  readonly back: Way;
}

export type Chance = 'loss' | 'duplicate' | 'reorder' | 'jitter';

/** One direction of a link. Changed in place. */
export interface Way {
  /** One stream a purpose, so that turning one setting on shifts nobody else's dice. */
  readonly dice: { [chance in Chance]: RandomState };
  /** When the transmitter has sent what it was given so far. */
  freeAt: Instant;
  /** When the last segment that keeps its place arrives: nothing after it may be sooner. */
  lastArrival: Instant;
  /** Deliveries under way. */
  underWay: number;
}

export function createLink(seed: number, a: string, b: string, settings: LinkSettings): Link {
  const forth = createWay(seed, a, b);
  const back = a === b ? forth : createWay(seed, b, a);
  return { a, b, settings, cut: false, forth, back };
}

/** A copy that shares nothing that changes. */
export function copyLink(link: Link): Link {
  const forth = copyWay(link.forth);
  const { a, b, settings, cut } = link;
  return { a, b, settings, cut, forth, back: a === b ? forth : copyWay(link.back) };
}

/** The direction that leaves from this end. */
export function wayFrom(link: Link, from: string): Way {
  return from === link.a ? link.forth : link.back;
}

/** The next draw of this direction for this purpose: a fraction in [0, 1). */
export function draw(way: Way, chance: Chance): number {
  const [fraction, moved] = nextFraction(way.dice[chance]);
  way.dice[chance] = moved;
  return fraction;
}

/** How long the transmitter takes for so many octets. `rate` in bits a second. */
export function transmission(octets: number, rate: number | undefined): Duration {
  return rate === undefined ? 0 : Math.ceil((octets * 8 * 1_000_000) / rate);
}

/** A fraction as a percentage: 0.07 * 100 is 7.000000000000001 to a machine and 7 to everybody else. */
export function percent(fraction: number): number {
  return Number((fraction * 100).toFixed(6));
}

function createWay(seed: number, from: string, to: string): Way {
  const label = (chance: Chance) => stream(seed, `link ${from}->${to} ${chance}`);
  return {
    dice: {
      loss: label('loss'),
      duplicate: label('duplicate'),
      reorder: label('reorder'),
      jitter: label('jitter'),
    },
    freeAt: 0,
    lastArrival: 0,
    underWay: 0,
  };
}

function copyWay({ dice, freeAt, lastArrival, underWay }: Way): Way {
  const { loss, duplicate, reorder, jitter } = dice;
  return { dice: { loss, duplicate, reorder, jitter }, freeAt, lastArrival, underWay };
}
