/** RFC 9293 §3.6.1 Half-Closed Connections: entering TIME_WAIT. */

import { own, ownTimers } from '../own.js';
import { asRecord } from '../receiving/space.js';
import type { Instant } from '../rule.js';
import type { Tcb } from '../tcb.js';
import { NO_TIMERS } from '../timers.js';

/** Starts the 2 MSL timer, turns off the others (MUST-13). */
export function enterTimeWait(tcb: Tcb, now: Instant): Tcb {
  const after = own(asRecord(tcb));
  after.state = 'TIME_WAIT';
  after.timers = NO_TIMERS;
  ownTimers(after).timeWait = now + 2 * tcb.settings.msl;
  return after;
}
