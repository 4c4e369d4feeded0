/** RFC 9293 §3.8.4 TCP Keep-Alives. */

import { printSeconds } from '../../base/time.js';
import { deleteTcb } from '../delete-tcb.js';
import { resetOf } from '../reset.js';
import { editRto } from '../retransmission/variables.js';
import type { Duration, Instant, Verdict } from '../rule.js';
import { finish, joinEffects, NO_EFFECTS } from '../rule.js';
import { unsentOctets } from '../sending/queued.js';
import { sendAckFrom } from '../sending/transmit.js';
import { add } from '../seq.js';
import type { State } from '../states.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { editTimers, late, lateAgain } from '../timers.js';
import { TEXT } from '../user-texts.js';
import { isClosedFinWait2 } from './fin-wait-2.js';
import { userLimit } from './user-timeout.js';

/** The states in which a connection is probed when idle (§3.8.4): nothing of ours is in flight there. */
const PROBED: readonly State[] = ['ESTABLISHED', 'FIN_WAIT_2', 'CLOSE_WAIT'];

/** The states in which the timer runs with `keepalive-timer running`. */
const RUNNING: readonly State[] = [...PROBED, 'FIN_WAIT_1', 'CLOSING', 'LAST_ACK'];

/** RFC 5482 §4.2: with the User Timeout Option longer than the user timeout, which would else be cut short. */
function idleTime(tcb: Tcb): Duration {
  const { keepalive, userTimeoutOption } = tcb.settings;
  return userTimeoutOption ? Math.max(keepalive, userLimit(tcb) + 1) : keepalive;
}

/**
 * After an event: the keep-alive timer, if the connection is idle and has one. It counts from `heardAt`, when something
 * last arrived (§3.8.4).
 */
export function restartKeepalive(tcb: Tcb, heardAt: Instant, now: Instant): Tcb {
  if (tcb.settings.keepaliveTimer === 'running') return keepRunning(tcb, heardAt, now);
  const idle =
    tcb.settings.keepalive > 0 &&
    PROBED.includes(tcb.state) &&
    tcb.retransmissions.length === 0 &&
    tcb.timers.persist === undefined;
  if (!idle && tcb.timers.keepalive === undefined) return tcb;
  const unanswered = tcb.rto.probes > 0 && heardAt < now && tcb.timers.keepalive !== undefined;
  if (idle && unanswered) return tcb;
  // What was answered is probed again after the interval at the earliest.
  const { settings } = tcb;
  const after = tcb.timers.keepalive ?? now + late(0, settings);
  const due = heardAt + late(idleTime(tcb), settings);
  const at = idle ? Math.max(now, after, due) : undefined;
  return editTcb(tcb, {
    timers: editTimers(tcb.timers, { keepalive: at }),
    rto: idle ? editRto(tcb.rto, { probes: 0 }) : tcb.rto,
  });
}

/** Deviation `keepalive-timer running`: it begins once; what answers its probes does not touch it. */
function keepRunning(tcb: Tcb, heardAt: Instant, now: Instant): Tcb {
  const { settings, state, timers } = tcb;
  const runs = settings.keepalive > 0 && RUNNING.includes(state) && !isClosedFinWait2(tcb);
  if (runs === (timers.keepalive !== undefined)) return tcb;
  const left = Math.max(0, heardAt + idleTime(tcb) - now);
  const keepalive = runs ? now + late(left, settings) : undefined;
  return editTcb(tcb, { timers: editTimers(timers, { keepalive }) });
}

/** How long it is until a probe is due, as the timer goes off; not 0 with `keepalive-timer running` alone. */
function timeLeft(tcb: Tcb, heardAt: Instant, now: Instant): Duration {
  if (tcb.settings.keepaliveTimer !== 'running') return 0;
  const { retransmissions, queued, fin } = tcb;
  const waits = unsentOctets(queued) > 0 || (queued.closing && fin === undefined);
  if (retransmissions.length > 0 || waits) return idleTime(tcb);
  return Math.max(0, heardAt + idleTime(tcb) - now);
}

/** A segment with SEQ=SND.NXT-1 and no text, which the peer must answer (MUST-26, MUST-29, SHLD-12). */
export function keepalive(tcb: Tcb, heardAt: Instant, now: Instant): Verdict {
  const left = timeLeft(tcb, heardAt, now);
  if (left > 0) {
    const again = now + lateAgain(left, idleTime(tcb), tcb.settings);
    const running = editTcb(tcb, { timers: editTimers(tcb.timers, { keepalive: again }) });
    return finish(() => `not idle for so long: again in ${printSeconds(left)}`, running);
  }
  const { keepaliveProbes, keepaliveInterval } = tcb.settings;
  const { probes } = tcb.rto;
  if (isGivenUp(tcb, heardAt, now)) {
    const closed = deleteTcb(tcb, TEXT.keepalive, TEXT.keepalive);
    const told = tcb.settings.keepaliveReset === 'reset' ? [resetOf(tcb, now)] : NO_EFFECTS;
    const effects = joinEffects(told, closed.effects);
    return finish(() => `${probes} probes stayed unanswered`, closed.tcb, effects);
  }
  const out = sendAckFrom(tcb, add(tcb.snd.nxt, -1), now);
  const before = probes === 0 ? idleTime(tcb) : keepaliveInterval;
  const next = now + lateAgain(keepaliveInterval, before, tcb.settings);
  const timers = editTimers(out.tcb.timers, { keepalive: next });
  const rto = editRto(tcb.rto, { probes: probes + 1 });
  const why = () => `idle: probe ${probes + 1} of ${keepaliveProbes} with SEQ=SND.NXT-1`;
  return finish(why, editTcb(out.tcb, { timers, rto }), out.effects);
}

/** With the deviation give-up a user timeout takes the place of the number of probes. */
function isGivenUp({ settings, rto }: Tcb, heardAt: Instant, now: Instant): boolean {
  const { giveUp, userTimeout, userTimeoutChangeable, keepaliveProbes } = settings;
  const counts = giveUp !== 'time' || userTimeout === 0 || userTimeoutChangeable;
  return counts ? rto.probes >= keepaliveProbes : rto.probes > 0 && now - heardAt >= userTimeout;
}
