/** RFC 9293 §3.8.6.1 Zero-Window Probing, and the other time-outs of the persist timer: silly window avoidance, a full interface. */

import { frontOf, withFront } from '../../base/pieces.js';
import { printSeconds } from '../../base/time.js';
import { restartRto } from '../loss-recovery/send-lost.js';
import { probeInterval } from '../retransmission/probe-interval.js';
import { retransmitFront } from '../retransmission/retransmit.js';
import { editRto } from '../retransmission/variables.js';
import type { Instant, Verdict } from '../rule.js';
import { finish, joinEffects, NO_EFFECTS } from '../rule.js';
import { sendQueued } from '../sending/send-queued.js';
import type { Output } from '../sending/transmit.js';
import { finIsDue, sendAck, sendAckFrom, sendFin, sendText } from '../sending/transmit.js';
import { hasUrgentText } from '../sending/urgent.js';
import { add, num } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { editTimers, lateAgain } from '../timers.js';
import { untilUserTimeout } from './user-timeout.js';

/**
 * In a closed window a probe: what is outstanding again, or one octet (or the FIN) that is not yet allowed (MUST-36).
 * In an open one the override time-out of silly window avoidance (§3.8.6.2.1).
 */
export function probeOrOverride(tcb: Tcb, _heardAt: Instant, now: Instant): Verdict {
  const idle = editTcb(tcb, { timers: editTimers(tcb.timers, { persist: undefined }) });
  if (tcb.settings.outlet === 'full') return tryLater(idle, now);
  if (tcb.snd.wnd > 0) {
    const out = sendQueued(idle, now, 'override');
    return finish(
      () => 'silly window avoidance is overridden: sent what fits',
      waitingForRto(asUnprobed(out.tcb), now),
      out.effects,
    );
  }
  const { probes, expiries, since = now } = tcb.rto;
  const counted = editTcb(idle, {
    rto: editRto(tcb.rto, { probes: probes + 1, expiries: expiries + 1, since }),
  });
  const wait = untilUserTimeout(counted, probeInterval(counted), now);
  const next = now + lateAgain(wait, probeInterval(tcb), tcb.settings);
  const timers = editTimers(counted.timers, { persist: next });
  const out = probe(editTcb(counted, { timers }), now);
  const why = () =>
    `SND.WND=0: probe ${counted.rto.probes} at ${num(tcb.snd.una)}, the next after ${printSeconds(next - now)}`;
  return finish(why, out.tcb, out.effects);
}

/** Deviation `window-probe empty`: once text is under way the probes before it count no more. */
function asUnprobed(tcb: Tcb): Tcb {
  const { rto, settings, retransmissions } = tcb;
  const over = settings.windowProbe === 'empty' && rto.probes > 0 && retransmissions.length > 0;
  return over ? editTcb(tcb, { rto: editRto(rto, { probes: 0 }) }) : tcb;
}

/** What a time-out has sent is not probed (deviation tail-loss-probe). */
function waitingForRto(tcb: Tcb, now: Instant): Tcb {
  return tcb.rto.tail === 'armed' ? restartRto(tcb, now) : tcb;
}

/** How long TCP waits for room in the interface, microseconds. */
const RESOURCE_INTERVAL = 500_000;

/** The interface has taken nothing: that counts towards R2 as an unanswered probe does. */
function tryLater(tcb: Tcb, now: Instant): Verdict {
  const next = now + lateAgain(RESOURCE_INTERVAL, RESOURCE_INTERVAL, tcb.settings);
  const timers = editTimers(tcb.timers, { persist: next });
  const { probes, expiries, since = now } = tcb.rto;
  const rto = editRto(tcb.rto, { probes: probes + 1, expiries: expiries + 1, since });
  const why = () => `the interface has no room (outlet full): tried again after 0.5 s`;
  return finish(why, editTcb(tcb, { timers, rto }));
}

function probe(tcb: Tcb, now: Instant): Output {
  if (tcb.settings.windowProbe === 'empty') return sendEmptyProbe(tcb, now);
  if (tcb.retransmissions.length > 0) return retransmitFront(tcb, now);
  if (tcb.queued.sends.length > 0) return marked(sendText(tcb, 1, now));
  return finIsDue(tcb) ? sendFin(tcb, now) : sendAck(tcb, now);
}

/** The one octet that is outstanding is a probe. */
function marked({ tcb, effects }: Output): Output {
  const front = frontOf(tcb.retransmissions);
  if (front === undefined) return { tcb, effects };
  const retransmissions = withFront(tcb.retransmissions, { ...front, probe: true });
  return { tcb: editTcb(tcb, { retransmissions }), effects };
}

/** Deviation `window-probe`: no octet; of urgent text a segment that can be taken tells as well, so that the pointer gets through. */
function sendEmptyProbe(tcb: Tcb, now: Instant): Output {
  const { una } = tcb.snd;
  const told = hasUrgentText(tcb) ? sendAckFrom(tcb, una, now) : undefined;
  const probed = sendAckFrom(told?.tcb ?? tcb, add(una, -1), now);
  return { tcb: probed.tcb, effects: joinEffects(told?.effects ?? NO_EFFECTS, probed.effects) };
}
