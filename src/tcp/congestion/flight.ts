/** RFC 5681 §2 Definitions: the congestion window, and the flight that it limits. */

import type { Congestion } from '../congestion.js';
import { countArrived } from '../loss-recovery/recovery.js';
import { pipe } from '../loss-recovery/scoreboard.js';
import { editRto } from '../retransmission/variables.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';

/** cwnd, segments; without the deviation there is no limit. */
export function congestionWindow({ rto, settings }: Tcb): number {
  return rto.congestion?.window ?? settings.initialWindow ?? Number.POSITIVE_INFINITY;
}

/** What there is of a congestion window before anything has changed it: it grows without a threshold. */
export function uncongested(tcb: Tcb): Congestion {
  return { window: congestionWindow(tcb), threshold: Number.POSITIVE_INFINITY, loss: undefined };
}

/** A TCB with this congestion control. */
export function withCongestion(tcb: Tcb, congestion: Congestion): Tcb {
  return editTcb(tcb, { rto: editRto(tcb.rto, { congestion }) });
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
