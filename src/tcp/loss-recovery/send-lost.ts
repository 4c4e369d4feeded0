/** RFC 6675 §5, step (C) and RFC 5681 §3.2: what is taken to be lost goes again, as far as there is room. */

import { atPlace, replaced } from '../../base/pieces.js';
import { dueLost } from '../congestion.js';
import { cutToFit, retransmitLost } from '../retransmission/retransmit.js';
import { editRto } from '../retransmission/variables.js';
import type { Effect, Instant } from '../rule.js';
import { mostSegments } from '../sending/send-units.js';
import type { Output } from '../sending/transmit.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { editTimers, late } from '../timers.js';
import { textOfFull } from '../window.js';
import { sentInRecovery } from './recovery.js';

/** All of it that there is room for; what left joins `effects`. What went to the interface as one goes as one again, as far as it goes now. */
export function sendLost(tcb: Tcb, effects: Effect[], now: Instant): Tcb {
  let sent = tcb;
  let unit = { end: -1, length: 0, joined: false };
  for (let lost = dueLost(sent); lost !== undefined; lost = dueLost(sent)) {
    const fitting = cutToFit(sent, lost);
    const joined = atPlace(fitting.retransmissions, lost)?.joined === true;
    const room = unit.length < mostSegments(fitting, textOfFull(fitting));
    const follows = unit.joined && unit.end === lost && room;
    const out = retransmitLost(fitting, lost, now, follows ? 'as it is' : 'filled');
    const whole = octetsAt(out.tcb, lost) >= octetsAt(fitting, lost);
    sent = lost === 0 ? withTimer(out.tcb, now) : out.tcb;
    effects.push(...out.effects);
    // What the peer's window cuts goes alone.
    const goesOn = follows && whole;
    if (goesOn) sent = withJoined(sent, lost - 1);
    unit = { end: lost + 1, length: goesOn ? unit.length + 1 : 1, joined };
  }
  return sent === tcb || sent.rto.since !== undefined ? sent : since(sent, now);
}

/** The time that what goes again has gone in vain begins (deviation give-up). */
function since(tcb: Tcb, now: Instant): Tcb {
  return editTcb(tcb, { rto: editRto(tcb.rto, { since: now }) });
}

function octetsAt({ retransmissions }: Tcb, place: number): number {
  return atPlace(retransmissions, place)?.segment.data.length ?? 0;
}

/** The segment at a place, and the next, went as one. */
function withJoined(tcb: Tcb, place: number): Tcb {
  const sent = atPlace(tcb.retransmissions, place);
  if (sent === undefined) return tcb;
  const retransmissions = replaced(tcb.retransmissions, place, 1, {
    ...sent,
    joined: true as const,
  });
  return editTcb(tcb, { retransmissions });
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
