/** Which host's timer is next: one wake-up a host, cleaned when somebody looks. */

import type { Heap } from '../base/heap.js';
import { peek, pop, push } from '../base/heap.js';
import type { Instant } from '../tcp/rule.js';

interface WakeUp {
  readonly at: Instant;
  /** The host's place in the order of declaration: two hosts that wake at one instant do so in that order. */
  readonly serial: number;
  readonly host: string;
}

/**
 * Wake-ups of hosts. A host's entry may be too early (its timer was stopped or moved), never too late: moving a timer away costs
 * nothing, and the entry is put right when it comes up. What is answered depends on the hosts' timers alone, not on when entries were cleaned.
 */
export interface Alarm {
  readonly heap: Heap<WakeUp>;
  /** The instant of each host's valid entry in the heap; other entries of the host are leftovers. */
  readonly booked: Map<string, Instant>;
}

export function createAlarm(): Alarm {
  return { heap: [], booked: new Map() };
}

export function copyAlarm(alarm: Alarm): Alarm {
  return { heap: alarm.heap.slice(), booked: new Map(alarm.booked) };
}

/** To be told after everything that may have set a timer of this host. */
export function book(alarm: Alarm, host: string, serial: number, at: Instant | undefined): void {
  if (at === undefined) return;
  const booked = alarm.booked.get(host);
  if (booked !== undefined && booked <= at) return;
  alarm.booked.set(host, at);
  push(alarm.heap, { at, serial, host });
}

/** The host whose timer goes off next, and when. `timerOf` tells the host's next timeout as it really is. */
export function nextWakeUp(
  alarm: Alarm,
  timerOf: (host: string) => Instant | undefined,
): WakeUp | undefined {
  for (;;) {
    const first = peek(alarm.heap);
    if (first === undefined) return undefined;
    const valid = alarm.booked.get(first.host) === first.at;
    const at = valid ? timerOf(first.host) : undefined;
    if (at === first.at) return first;
    pop(alarm.heap);
    if (!valid) continue;
    alarm.booked.delete(first.host);
    book(alarm, first.host, first.serial, at);
  }
}
