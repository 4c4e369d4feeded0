/** RFC 9293 §3.10.8 has no timer for FIN-WAIT-2; this is the one of deployed stacks (deviation fin-wait-2-timeout). */

import type { Instant } from '../rule.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { editTimers } from '../timers.js';

/** Starts the time limit of FIN_WAIT_2, where there is one; a user that still receives may take its time. */
export function limitFinWait2(tcb: Tcb, now: Instant): Tcb {
  const limit = tcb.settings.finWait2Timeout;
  if (limit === 0 || tcb.queued.halfClosed || tcb.state !== 'FIN_WAIT_2') return tcb;
  return editTcb(tcb, { timers: editTimers(tcb.timers, { finWait2: now + limit }) });
}

/** Whether a connection is no more than a record, of which a host has only so many (deviation time-wait-limit). */
export function isMereRecord(tcb: Tcb): boolean {
  return tcb.state === 'TIME_WAIT' || isClosedFinWait2(tcb);
}

/** Whether FIN_WAIT_2 keeps less than a TCB: its user has closed, not only shut down (deviation closed-fin-wait-2). */
export function isClosedFinWait2({ state, queued: { halfClosed }, settings }: Tcb): boolean {
  return state === 'FIN_WAIT_2' && !halfClosed && settings.closedFinWait2 !== 'text';
}
