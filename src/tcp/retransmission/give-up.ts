/** RFC 9293 §3.8.3 TCP Connection Failures: R2 as a count of retransmissions, or as the time that so many take. */

import { frontOf } from '../../base/pieces.js';
import { isEarlyRequest } from '../host/requests.js';
import type { Duration, Instant } from '../rule.js';
import type { Settings } from '../settings.js';
import { isSynchronized } from '../states.js';
import type { Tcb } from '../tcb.js';
import { isUserTimeOver, userLimit } from '../timers/user-timeout.js';
import { lateAgain } from '../timers.js';
import { probeInterval } from './probe-interval.js';
import { measuredRto } from './round-trip.js';

/** How often a SYN, a SYN,ACK, or text and FIN are sent again before the connection is given up; with the deviation `give-up time` a SYN at most. */
export function retryLimit(tcb: Tcb): number {
  const { state, settings, open } = tcb;
  switch (state) {
    case 'SYN_SENT':
      return settings.giveUp === 'time'
        ? settings.synRetries + settings.synLinearTimeouts
        : synLimit(settings);
    case 'SYN_RCVD':
      // SYNs that have crossed: it is still the open that is tried, for at least three minutes (MUST-23).
      if (open === 'active') return settings.synRetries;
      // Deviation half-open: a fast open may try once more.
      return Math.max(settings.synAckRetries + (isEarlyRequest(tcb) ? 1 : 0), deferrals(tcb));
    default:
      return orphanLimit(tcb) ?? settings.retries;
  }
}

/** How many RTOs there are before text is waited for no more (`defer-accept`), once the SYN,ACK was acknowledged. */
function deferrals({ retransmissions, settings }: Tcb): number {
  if (!frontOf(retransmissions)?.deferred) return 0;
  let count = 0;
  for (let time = 0; time < settings.deferAccept; count++) {
    time += doubled(settings.rto, count, settings);
  }
  return count;
}

/** Deviation `orphan-retries`: nobody is there who would wait; `orphan-retries-late`: even less once the RTO does not grow any more. */
function orphanLimit(tcb: Tcb): number | undefined {
  const { queued, settings, rto, retransmissions } = tcb;
  if (!queued.closing || queued.halfClosed) return undefined;
  const { orphanRetries, orphanRetriesLate, rtoMax } = settings;
  const interval = retransmissions.length > 0 ? rto.value : probeInterval(tcb);
  return interval >= rtoMax ? (orphanRetriesLate ?? orphanRetries) : orphanRetries;
}

/**
 * How many retransmissions of a SYN there are: as many as fit the time that `syn-retries` would take if each doubled the RTO.
 * Without the deviation syn-linear-timeouts that is their number.
 */
function synLimit(settings: Settings): number {
  const { rto, synRetries, synLinearTimeouts } = settings;
  const limit = allOf(rto, synRetries, settings);
  let count = 0;
  for (let elapsed = rto; elapsed < limit; count++) {
    elapsed += doubled(rto, count + 1 - synLinearTimeouts, settings);
  }
  return count;
}

/** Deviation `give-up time`, when the retransmission timer goes off, or that of a probe. */
export function isTimeOver(tcb: Tcb, now: Instant): boolean {
  const { state, settings, rto } = tcb;
  const limit = retryLimit(tcb);
  if (!isSynchronized(state)) return rto.expiries >= limit || isOpenTimeOver(tcb, now);
  // What a user asks for takes the place of R2.
  if (rto.expiries > 0 || tcb.snd.wnd === 0) {
    if (isUserTimeOver(tcb, now)) return true;
  }
  if (settings.userTimeout > 0 && !settings.userTimeoutChangeable) return false;
  // Probes of a closed window are counted.
  if (tcb.snd.wnd === 0 && tcb.retransmissions.length === 0) return rto.expiries >= limit;
  const time = Math.max(retransmittingTime(tcb), now - (rto.since ?? now));
  return rto.expiries > 0 && time >= allOf(FIRST_RTO, limit, settings);
}

/** R1 retransmissions have been in vain; with the deviation `give-up time`, for the time that they take. */
export function isLongInVain({ state, rto, settings }: Tcb, now: Instant): boolean {
  if (!isSynchronized(state)) return false;
  const { retriesWarn } = settings;
  if (settings.giveUp === 'count') return rto.expiries >= retriesWarn;
  return rto.expiries > 0 && now - (rto.since ?? now) >= allOf(FIRST_RTO, retriesWarn, settings);
}

/** R2 is the time of RTOs that begin with this one, whatever `rto-min` is. */
const FIRST_RTO: Duration = 200_000;

/** An active open is given up when the time is over that its SYN would take that is sent again so often, however often it was. */
function isOpenTimeOver(tcb: Tcb, now: Instant): boolean {
  const { open, rto, settings } = tcb;
  if (open !== 'active' || rto.expiries === 0) return false;
  if (userLimit(tcb) > 0) return isUserTimeOver(tcb, now);
  return now - (rto.since ?? now) >= allOf(settings.rto, settings.synRetries, settings);
}

/** What an RTO takes that expires and is doubled `count` times. */
function allOf(base: Duration, count: number, settings: Settings): Duration {
  let sum = 0;
  for (let i = 0; i <= count; i++) sum += doubled(base, i, settings);
  return sum;
}

/** An RTO that was doubled so often; before the first time (deviation syn-linear-timeouts) it stays. */
export function doubled(base: Duration, times: number, { rtoMax }: Settings): Duration {
  return Math.min(base * 2 ** Math.max(0, times), rtoMax);
}

/** The time since the first retransmission. */
function retransmittingTime(tcb: Tcb): Duration {
  let value = measuredRto(tcb);
  let sum = 0;
  for (let i = 0; i < tcb.rto.expiries; i++) {
    const before = value;
    value = Math.min(2 * value, Math.max(value, tcb.settings.rtoMax));
    sum += lateAgain(value, before, tcb.settings);
  }
  return sum;
}
