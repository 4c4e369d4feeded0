/** Which host's timer is next: one instant a host. */

import type { Instant } from '../tcp/rule.js';

/**
 * When each host's soonest timer goes off, by the host's place in the order of declaration. Hosts are few and their connections are many:
 * looking at all of the former is faster than keeping them in order.
 */
export type Alarm = Instant[];

/** The instant of a host without a timer. */
const NEVER = Number.POSITIVE_INFINITY;

export function createAlarm(hosts: number): Alarm {
  return new Array<Instant>(hosts).fill(NEVER);
}

/** To be told after everything that may have set, moved or stopped a timer of the host at this place. */
export function book(alarm: Alarm, place: number, at: Instant | undefined): void {
  alarm[place] = at ?? NEVER;
}

/** The place of the host whose timer goes off next: of two at one instant, the one declared first; -1 when none has one. */
export function nextWakeUp(alarm: Alarm): number {
  let place = -1;
  let first = NEVER;
  for (let i = 0; i < alarm.length; i++) {
    const at = alarm[i] as Instant;
    if (at >= first) continue;
    first = at;
    place = i;
  }
  return place;
}
