/** RFC 5681 §3.1 and RFC 9438 §4: how the congestion window grows beyond ssthresh, and what it shrinks to, with Reno and with CUBIC (deviation congestion-algorithm). */

import type { Congestion } from '../congestion.js';
import type { Duration, Instant } from '../rule.js';
import type { Settings } from '../settings.js';
import { plateauAfter, ticksOf, timeIn, windowAt } from './cubic-curve.js';

/** In segments. */
export interface Cubic {
  /** W_max: the window before the last reduction (§4.7); 0 before any. */
  readonly most: number;
  /** Since congestion avoidance began. */
  readonly epoch: Epoch | undefined;
  /** How fast the window grows, or did before it was reduced. */
  readonly growth?: Growth | undefined;
  /** What has arrived and has not made the window grow yet. */
  readonly credit: number;
}

interface Epoch {
  readonly since: Instant;
  /** K (§4.2), and the window that is reached then. */
  readonly plateau: number;
  readonly origin: number;
  /** W_est (§4.3), and what has arrived since it grew. */
  readonly estimate: number;
  readonly arrived: number;
}

interface Growth {
  /** So many arrivals let the window grow by one. */
  readonly every: number;
  /** The window and the time at which that was found. */
  readonly window: number;
  readonly at: Instant;
}

export const NOT_REDUCED: Cubic = { most: 0, epoch: undefined, credit: 0 };

/** beta_cubic (§4.6), in 1024ths as deployed stacks keep it. */
const BETA = 717 / 1_024;
const LEAST_THRESHOLD = 2;

/** ssthresh after a loss: half of the window (RFC 5681 §3.1 (4)), or with the multiplicative decrease of RFC 9438 §4.6. */
export function reducedWindow({ congestionAlgorithm }: Settings, window: number): number {
  const part = congestionAlgorithm === 'cubic' ? BETA : 1 / 2;
  return Math.max(LEAST_THRESHOLD, Math.floor(window * part));
}

/** Congestion control once a window is reduced for what was lost, or marked: cwnd is ssthresh. */
export function reduce(
  settings: Settings,
  congestion: Congestion | undefined,
  window: number,
): Congestion {
  const threshold = reducedWindow(settings, window);
  const cubic = afterReduction(congestion?.cubic, window);
  return { ...congestion, window: threshold, threshold, loss: undefined, cubic };
}

/** The same as a recovery begins, or after a mark: with the deviation `loss-recovery` cwnd comes down to ssthresh only as segments arrive. */
export function beginReduction(
  settings: Settings,
  congestion: Congestion | undefined,
  window: number,
): Congestion {
  const reduced = reduce(settings, congestion, window);
  return settings.lossRecovery === 'rack' ? { ...reduced, window } : reduced;
}

/** The window is reduced: W_max, less than it was when another flow takes room (§4.7, fast convergence). */
export function afterReduction(cubic: Cubic | undefined, window: number): Cubic {
  const { most, growth } = cubic ?? NOT_REDUCED;
  const less = Math.floor((window * (1 + BETA)) / 2);
  return { most: window < most ? less : window, epoch: undefined, growth, credit: 0 };
}

/** For so many ticks what was found holds while the window stays. */
const HOLDS = 7;

/** Without any reduction before, the window grows by a twentieth each round trip at least. */
const SLOWEST_FIRST = 20;
/** One in two that arrive is the most. */
const FASTEST = 2;
/** alpha_cubic (§4.3): W_est grows by one for each of this part of the window. */
const FRIENDLY = 15 / 8;

/** The window after `arrived` segments more, in congestion avoidance; `least` is the shortest round trip. */
export function avoid(
  { congestionAlgorithm }: Settings,
  cubic: Cubic,
  window: number,
  arrived: number,
  now: Instant,
  least: Duration,
): { readonly window: number; readonly cubic: Cubic } {
  if (congestionAlgorithm === 'reno') return grown(cubic, window, arrived, window);
  const followed = follow(cubic, window, arrived, now, least);
  return grown(followed, window, arrived, followed.growth?.every ?? FASTEST);
}

/** One more for `every` that arrive. What was left from a smaller `every` counts as one. */
function grown(
  cubic: Cubic,
  window: number,
  arrived: number,
  every: number,
): { readonly window: number; readonly cubic: Cubic } {
  const due = cubic.credit >= every;
  const credit = (due ? 0 : cubic.credit) + arrived;
  const more = Math.floor(credit / every);
  return {
    window: window + (due ? 1 : 0) + more,
    cubic: { ...cubic, credit: credit - more * every },
  };
}

/** What has arrived counts, and how fast the window grows is found once a tick. */
function follow(
  cubic: Cubic,
  window: number,
  arrived: number,
  now: Instant,
  least: Duration,
): Cubic {
  const { growth } = cubic;
  const known = cubic.epoch && { ...cubic.epoch, arrived: cubic.epoch.arrived + arrived };
  const ticks = ticksOf(now) - ticksOf(growth?.at ?? Number.NEGATIVE_INFINITY);
  if (growth?.window === window && ticks <= HOLDS) return { ...cubic, epoch: known };
  if (growth !== undefined && known !== undefined && ticks === 0) {
    return withEstimate(cubic, known, growth, window);
  }
  const epoch = known ?? begun(cubic, window, arrived, now);
  const every = everyOf(cubic, epoch, window, now, least);
  return withEstimate(cubic, epoch, { every, window, at: now }, window);
}

function begun({ most }: Cubic, window: number, arrived: number, now: Instant): Epoch {
  return {
    since: now,
    plateau: plateauAfter(Math.max(0, most - window)),
    origin: Math.max(window, most),
    estimate: window,
    arrived,
  };
}

/** W_cubic(t + RTT) is to be reached (§4.2). */
function everyOf(
  { most }: Cubic,
  { since, plateau, origin }: Epoch,
  window: number,
  now: Instant,
  least: Duration,
): number {
  const target = windowAt(timeIn(ticksOf(now) - ticksOf(since), least), plateau, origin);
  const every = target > window ? Math.floor(window / (target - window)) : 100 * window;
  return most === 0 ? Math.min(every, SLOWEST_FIRST) : every;
}

/** What a flow of Reno would have (§4.3) is the least. */
function withEstimate(cubic: Cubic, epoch: Epoch, growth: Growth, window: number): Cubic {
  const each = Math.max(1, Math.floor(window * FRIENDLY));
  const more = Math.max(0, Math.ceil(epoch.arrived / each) - 1);
  const estimate = epoch.estimate + more;
  const ahead = estimate - window;
  const every = ahead > 0 ? Math.min(growth.every, Math.floor(window / ahead)) : growth.every;
  return {
    ...cubic,
    epoch: { ...epoch, estimate, arrived: epoch.arrived - more * each },
    growth: { ...growth, every: Math.max(every, FASTEST) },
  };
}
