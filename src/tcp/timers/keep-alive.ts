/** RFC 9293 §3.8.4 TCP Keep-Alives. */

import { deleteTcb } from '../delete-tcb.js';
import { resetOf } from '../reset.js';
import { editRto } from '../retransmission/variables.js';
import type { Duration, Instant, Verdict } from '../rule.js';
import { finish, joinEffects, NO_EFFECTS } from '../rule.js';
import { sendAckFrom } from '../sending/transmit.js';
import { add } from '../seq.js';
import type { State } from '../states.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { editTimers, late, lateAgain } from '../timers.js';
import { TEXT } from '../user-texts.js';
import { userLimit } from './user-timeout.js';

/** The states in which a connection is probed when idle (§3.8.4): nothing of ours is in flight there. */
const PROBED: readonly State[] = ['ESTABLISHED', 'FIN_WAIT_2', 'CLOSE_WAIT'];

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

/** A segment with SEQ=SND.NXT-1 and no text, which the peer must answer (MUST-26, MUST-29, SHLD-12). */
export function keepalive(tcb: Tcb, _input: undefined, now: Instant): Verdict {
  const { keepaliveProbes, keepaliveInterval } = tcb.settings;
  const { probes } = tcb.rto;
  if (isGivenUp(tcb)) {
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
function isGivenUp({ settings, rto: { probes } }: Tcb): boolean {
  const { giveUp, userTimeout, userTimeoutChangeable, keepalive, keepaliveInterval } = settings;
  if (giveUp !== 'time' || userTimeout === 0 || userTimeoutChangeable) {
    return probes >= settings.keepaliveProbes;
  }
  return probes > 0 && keepalive + probes * keepaliveInterval >= userTimeout;
}
