/** RFC 6069 §4 Connectivity Disruption Reaction: a back-off is taken back (deviation icmp-backoff). */

import { frontOf } from '../../base/pieces.js';
import { printSeconds } from '../../base/time.js';
import { isOpenEarly } from '../fast-open.js';
import { isIPv6 } from '../ip-version.js';
import { measuredRto } from '../retransmission/round-trip.js';
import { editRto } from '../retransmission/variables.js';
import type { Duration, Instant, Verdict } from '../rule.js';
import { finish, goOn } from '../rule.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { retransmissionTimeout } from '../timeouts.js';
import { editTimers, late } from '../timers.js';
import type { IcmpMessage } from './messages.js';

/** RFC 6069 §4.2: the RTO is what it was one expiry before; a segment that is overdue by then goes at once. */
export function revertBackoff(tcb: Tcb, message: IcmpMessage, now: Instant): Verdict {
  if (tcb.settings.icmpBackoff === 'keep') return goOn(() => 'the RTO stays (icmp-backoff keep)');
  const front = frontOf(tcb.retransmissions);
  const value = revertedRto(tcb);
  if (front === undefined || value === tcb.rto.value || !isIndication(tcb, message)) {
    return goOn(() => 'it tells of no retransmission: the RTO stays');
  }
  const reverted = editTcb(tcb, { rto: editRto(tcb.rto, { value }) });
  const due = front.sentAt + late(value, tcb.settings);
  const numbers = () => `no path: RTO ${printSeconds(tcb.rto.value)} <- ${printSeconds(value)}`;
  if (due > now) {
    const timers = editTimers(tcb.timers, { retransmission: due });
    return goOn(() => `${numbers()} (icmp-backoff)`, editTcb(reverted, { timers }));
  }
  const { why, tcb: after, effects } = retransmissionTimeout(reverted, now);
  const told = () => `${numbers()}, which is over (icmp-backoff): ${why()}`;
  // Only a time-out that ends the connection ends the checks of the message, too.
  return after?.state === 'CLOSED' ? finish(told, after, effects) : goOn(told, after, effects);
}

/** RFC 6069 §3: a network or host that is unreachable, of the front of the queue after it was sent again. */
function isIndication(tcb: Tcb, { error, destination, seq }: IcmpMessage): boolean {
  const version6 = isIPv6(destination.address);
  const unreachable = error === 'net-unreachable' || (error === 'host-unreachable' && !version6);
  return unreachable && seq === tcb.snd.una && tcb.rto.expiries > 0 && !isOpenEarly(tcb);
}

/** The RTO with one doubling less; the same where there was none. */
function revertedRto(tcb: Tcb): Duration {
  const { value } = tcb.rto;
  let once = measuredRto(tcb);
  if (value <= once) return value;
  while (2 * once < value) once *= 2;
  return Math.min(once, tcb.settings.rtoMax);
}
