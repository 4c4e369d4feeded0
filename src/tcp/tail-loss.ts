/** RFC 8985 §7 Tail Loss Probe (deviation tail-loss-probe): when the end of a flight is probed, before the RTO. */

import { own, ownTimers } from './own.js';
import type { Instant } from './rule.js';
import { has, SYN } from './segment.js';
import { isSynchronized } from './states.js';
import type { Tcb } from './tcb.js';
import { editRto } from './tcb.js';
import { shared } from './timers.js';

/** What a peer may delay its acknowledgment of one of several segments, microseconds. */
const WORST_DELAY = 8_000;

/**
 * The retransmission timer becomes that of a probe, if one may be sent: 2 * SRTT from now, but no later than the RTO, which
 * counts from `since`.
 */
export function armTailProbe(tcb: Tcb, since: Instant, now: Instant): Tcb {
  if (!mayProbe(tcb)) return tcb;
  const { srtt, value } = tcb.rto;
  const { rtoMin, timerDelay } = tcb.settings;
  const alone = tcb.retransmissions.length === 1 ? rtoMin : WORST_DELAY;
  const pto = srtt === undefined ? tcb.settings.rto : 2 * srtt + alone;
  const after = own(tcb);
  const timers = ownTimers(after);
  timers.retransmission = Math.min(now + pto, since + value) + timerDelay;
  after.timers = shared(timers);
  after.rto = editRto(after.rto, { tail: 'armed' });
  return after;
}

/** One probe until the next acknowledgment, and none after an RTO or in a closed window. */
function mayProbe({ settings, options, state, rto, snd, retransmissions }: Tcb): boolean {
  if (!settings.tailLossProbe || !options.sack || !isSynchronized(state)) return false;
  const front = retransmissions[0];
  if (front === undefined || has(front.segment, SYN) || snd.wnd === 0) return false;
  if (rto.congestion?.loss !== undefined) return false;
  return rto.expiries === 0 && rto.probes === 0 && rto.tail !== 'sent';
}
