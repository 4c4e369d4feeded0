/** RFC 9293 §3.10.8 Timeouts: which timers a connection has, and when they go off. */

import { copyTimers } from './own.js';
import type { Duration, Instant } from './rule.js';
import type { Settings } from './settings.js';
import type { Tcb } from './tcb.js';

export interface Timers {
  readonly user: Instant | undefined;
  readonly retransmission: Instant | undefined;
  readonly timeWait: Instant | undefined;
  readonly persist: Instant | undefined;
  readonly delayedAck: Instant | undefined;
  readonly keepalive: Instant | undefined;
  readonly finWait2: Instant | undefined;
}

export type TimerName = keyof Timers;

/** All timers, in the order in which those that are due together go off (§3.10.8). */
export const TIMER_NAMES: readonly TimerName[] = [
  'user',
  'retransmission',
  'timeWait',
  'persist',
  'delayedAck',
  'keepalive',
  'finWait2',
];

export const NO_TIMERS: Timers = {
  user: undefined,
  retransmission: undefined,
  timeWait: undefined,
  persist: undefined,
  delayedAck: undefined,
  keepalive: undefined,
  finWait2: undefined,
};

/** What a timer takes that should take so long (`timer-delay`): half a tick more, of the ticks that timers of its length are kept in. */
export function late(duration: Duration, settings: Pick<Settings, 'timerDelay'>): Duration {
  if (settings.timerDelay === 0) return duration;
  return duration + tickOf(duration, finestTick(settings)) / 2;
}

/**
 * The same of a timer that begins as one of `before` goes off: that was at the end of a tick of its own, so that from there as
 * many whole ticks follow as are more than the duration, unless they are coarser.
 */
export function lateAgain(
  duration: Duration,
  before: Duration,
  settings: Pick<Settings, 'timerDelay'>,
): Duration {
  const finest = finestTick(settings);
  const tick = tickOf(duration, finest);
  if (settings.timerDelay === 0 || tickOf(before, finest) < tick) return late(duration, settings);
  return (Math.floor(duration / tick) + 1) * tick;
}

/** The finest ticks that timers are kept in, microseconds: at least one. */
export function finestTick({ timerDelay }: Pick<Settings, 'timerDelay'>): Duration {
  return Math.max(1, 2 * timerDelay);
}

/**
 * A duration that comes of a round trip of so long, in the ticks that timers are kept in, if they are (`timer-delay`). No round
 * trip takes no time: whole ticks are exceeded then.
 */
export function inTicks(
  duration: Duration,
  trip: Duration,
  settings: Pick<Settings, 'timerDelay'>,
): Duration {
  if (settings.timerDelay === 0) return duration;
  const tick = finestTick(settings);
  return Math.ceil((trip === 0 ? duration + 1 : duration) / tick) * tick;
}

/** The ticks that a timer of this length is kept in, whose finest are so long: longer ones are kept in coarser ticks, eight times as long at each level. */
function tickOf(duration: Duration, finest: Duration): Duration {
  let tick = finest;
  while (duration >= LEVEL * tick && tick < COARSEST * finest) tick *= 8;
  return tick;
}

/** When the RTO of something that was sent then goes off: what is left of it is the timer's. */
export function rtoSince(sentAt: Instant, { rto, settings }: Tcb, now: Instant): Instant {
  return now + late(Math.max(0, sentAt + rto.value - now), settings);
}

/** The timers with an acknowledgment within so long, or sooner if one waits already. */
export function ackWithin({ timers, settings }: Tcb, wait: Duration, now: Instant): Timers {
  const at = now + late(wait, settings);
  return editTimers(timers, { delayedAck: Math.min(at, timers.delayedAck ?? at) });
}

/** So many ticks of a level are kept in it. */
const LEVEL = 63;

/** Ticks become so many times as long as the finest at most. */
const COARSEST = 8 ** 8;

/** Timers with these set or stopped; as `editTcb`. */
export function editTimers(timers: Timers, changes: Partial<Timers>): Timers {
  return shared(Object.assign(copyTimers(timers), changes));
}

/** Most connections have no timer: they share one value. */
export function shared(timers: Timers): Timers {
  return soonestInstant(timers) === undefined ? NO_TIMERS : timers;
}

export interface ArmedTimer {
  readonly name: TimerName;
  readonly at: Instant;
}

/** The armed timers of a connection, the soonest first. */
export function armedTimers(timers: Timers): readonly ArmedTimer[] {
  return TIMER_NAMES.flatMap((name): readonly ArmedTimer[] => {
    const at = timers[name];
    return at === undefined ? [] : [{ name, at }];
  }).sort((a, b) => a.at - b.at);
}

/** The soonest timer of a connection; of two that are due together, the first in the order of `TIMER_NAMES`. */
export function soonestTimer(timers: Timers): TimerName | undefined {
  switch (soonestInstant(timers)) {
    case undefined:
      return undefined;
    case timers.user:
      return 'user';
    case timers.retransmission:
      return 'retransmission';
    case timers.timeWait:
      return 'timeWait';
    case timers.persist:
      return 'persist';
    case timers.delayedAck:
      return 'delayedAck';
    case timers.keepalive:
      return 'keepalive';
    default:
      return 'finWait2';
  }
}

/** When the soonest timer of a connection goes off; undefined when none is armed. */
export function soonestInstant(timers: Timers): Instant | undefined {
  if (timers === NO_TIMERS) return undefined;
  const { user, retransmission, timeWait, persist, delayedAck, keepalive, finWait2 } = timers;
  let at = Number.POSITIVE_INFINITY;
  if (user !== undefined) at = user;
  if (retransmission !== undefined && retransmission < at) at = retransmission;
  if (timeWait !== undefined && timeWait < at) at = timeWait;
  if (persist !== undefined && persist < at) at = persist;
  if (delayedAck !== undefined && delayedAck < at) at = delayedAck;
  if (keepalive !== undefined && keepalive < at) at = keepalive;
  if (finWait2 !== undefined && finWait2 < at) at = finWait2;
  return at === Number.POSITIVE_INFINITY ? undefined : at;
}
