/** RFC 9293 §3.6.1 Half-Closed Connections: entering TIME_WAIT. */

import type { Instant } from '../rule.js';
import type { Tcb } from '../tcb.js';
import { editTcb, editTimers, NO_TIMERS } from '../tcb.js';

/** Starts the 2 MSL timer, turns off the others (MUST-13). */
export function enterTimeWait(tcb: Tcb, now: Instant): Tcb {
  const timers = editTimers(NO_TIMERS, { timeWait: now + 2 * tcb.settings.msl });
  return editTcb(tcb, { state: 'TIME_WAIT', timers });
}
