/** RFC 5681 §2 Definitions: the congestion window, and the flight that it limits. */

import { countArrived } from './recovery.js';
import { pipe } from './scoreboard.js';
import type { Tcb } from './tcb.js';

/** cwnd, segments; without the deviation there is no limit. */
export function congestionWindow({ rto, settings }: Tcb): number {
  return rto.congestion?.window ?? settings.initialWindow ?? Number.POSITIVE_INFINITY;
}

/** Whether one more segment may be under way. */
export function mayFly(tcb: Tcb): boolean {
  if (tcb.settings.initialWindow === undefined) return true;
  return flight(tcb) < congestionWindow(tcb);
}

/** How many segments are under way. */
export function flight(tcb: Tcb): number {
  return pipe(tcb.retransmissions, countArrived(tcb));
}
