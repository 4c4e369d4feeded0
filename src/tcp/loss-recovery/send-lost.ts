/** RFC 6675 §5, step (C) and RFC 5681 §3.2: what is taken to be lost goes again, as far as there is room. */

import { dueLost } from '../congestion.js';
import { retransmitLost } from '../retransmission/retransmit.js';
import { editRto } from '../retransmission/variables.js';
import type { Effect, Instant } from '../rule.js';
import type { Output } from '../sending/transmit.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { editTimers, late } from '../timers.js';
import { sentInRecovery } from './recovery.js';

/** All of it that there is room for; what left joins `effects`. */
export function sendLost(tcb: Tcb, effects: Effect[], now: Instant): Tcb {
  let sent = tcb;
  for (let lost = dueLost(sent); lost !== undefined; lost = dueLost(sent)) {
    const out = retransmitLost(sent, lost, now);
    sent = lost === 0 ? withTimer(out.tcb, now) : out.tcb;
    effects.push(...out.effects);
  }
  return sent;
}

/** Only what is taken to be lost, in recovery (RFC 8985 §6.3). */
export function sendLostNow(tcb: Tcb, now: Instant): Output {
  const effects: Effect[] = [];
  const sent = sendLost(tcb, effects, now);
  return { tcb: sentInRecovery(sent, effects.length, effects.length, now), effects };
}

/** RFC 6298 (5.1): the timer is the RTO of the front, which has just gone again. */
function withTimer(tcb: Tcb, now: Instant): Tcb {
  return tcb.rto.tail === 'reordering' ? tcb : restartRto(tcb, now);
}

/** The retransmission timer is the RTO from now on, and not that of a loss probe. */
export function restartRto(tcb: Tcb, now: Instant): Tcb {
  const retransmission = now + late(tcb.rto.value, tcb.settings);
  const timers = editTimers(tcb.timers, { retransmission });
  const rto = tcb.rto.tail === 'armed' ? editRto(tcb.rto, { tail: 'none' }) : tcb.rto;
  return editTcb(tcb, { timers, rto });
}
