/** RFC 9293 §3.10.7.4 Other States, fifth check, ESTABLISHED STATE: what an ACK does there, and in the states that begin with the same. */

import { hasWaited } from '../congestion.js';
import { asKnown } from '../loss-recovery/path-search.js';
import { reducedByProbe, settleTailProbe } from '../loss-recovery/tail-loss.js';
import { isPredicted } from '../receiving/prediction.js';
import { probeInterval } from '../retransmission/probe-interval.js';
import { editRto } from '../retransmission/variables.js';
import { acknowledge, armTimers, probeTime } from '../retransmission.js';
import type { Instant } from '../rule.js';
import { NO_EFFECTS } from '../rule.js';
import type { Segment } from '../segment.js';
import type { Output } from '../sending/transmit.js';
import { goesInUnits, staying, unitsOf } from '../sending/units.js';
import { atOrBefore, before } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { editTimers } from '../timers.js';
import { changesWindow, updateSendWindow } from '../window.js';

/** The window that a segment tells; the length of segments is reckoned anew when it is larger than any before. */
function withWindow(tcb: Tcb, seg: Segment): Tcb {
  const { max } = tcb.snd;
  const told = updateSendWindow(tcb, seg);
  return told.snd.max > max ? asKnown(told) : told;
}

/** The processing of ESTABLISHED: SND.UNA, the retransmission queue, the send window. */
export function asEstablished(tcb: Tcb, seg: Segment, now: Instant): Output {
  const { una } = tcb.snd;
  const isNew = before(una, seg.ack);
  const waited = hasWaited(tcb);
  const probed = isNew ? reducedByProbe(waited, seg) : waited;
  const acked = isNew ? acknowledge(probed, seg, now) : { tcb: probed, effects: NO_EFFECTS };
  if (!atOrBefore(una, seg.ack)) return acked;
  const windowed = tellsWindow(tcb, seg) ? withWindow(acked.tcb, seg) : acked.tcb;
  const settled = settleTailProbe(windowed, tcb, seg);
  const agreed = settled.challenges.vain === 0 ? settled : inAgreement(settled);
  // What is expected, and tells nothing else, lets nothing go.
  const answered = isTextAlone(tcb, seg)
    ? staying(agreed, seg.seq)
    : keepaliveAnswered(probeAnswered(agreed, tcb, now), tcb);
  return { tcb: armTimers(answered, now), effects: acked.effects };
}

/** "If (SND.WL1 < SEG.SEQ or (SND.WL1 = SEG.SEQ and SND.WL2 =< SEG.ACK))": the window of this segment is newer. */
function tellsWindow({ snd, settings }: Tcb, seg: Segment): boolean {
  const { una, wl1, wl2 } = snd;
  if (before(wl1, seg.seq)) return true;
  if (settings.windowShrink === 'take') return wl1 === seg.seq && atOrBefore(wl2, seg.ack);
  // Deviation `window-shrink`.
  if (before(una, seg.ack)) return true;
  return changesWindow(snd, seg);
}

/** The peer's numbers fit: what was answered in vain is forgotten (deviation ack-throttle). */
function inAgreement(tcb: Tcb): Tcb {
  return editTcb(tcb, { challenges: { ...tcb.challenges, vain: 0 } });
}

/** Deviation `window-probe empty`: text at RCV.NXT with nothing new beside it answers no probe. */
function isTextAlone(tcb: Tcb, seg: Segment): boolean {
  if (tcb.settings.windowProbe !== 'empty' || seg.data.length === 0) return false;
  return seg.ack === tcb.snd.una && isPredicted(tcb, seg);
}

/** Deviation `keepalive-timer`: the probes of an idle connection are answered. */
function keepaliveAnswered(tcb: Tcb, before: Tcb): Tcb {
  const probed = tcb.rto.probes > 0 && before.timers.persist === undefined;
  if (!probed || tcb.settings.keepaliveTimer !== 'running') return tcb;
  return editTcb(tcb, { rto: editRto(tcb.rto, { probes: 0 }) });
}

/**
 * MUST-37: while the peer acknowledges probes of its closed window, the connection stays open; so each such ACK counts
 * as a sign of life. When the window opens, probing is over.
 */
function probeAnswered(tcb: Tcb, before: Tcb, now: Instant): Tcb {
  const probing = before.snd.wnd === 0 && before.timers.persist !== undefined;
  const opened = tcb.snd.wnd > 0;
  if (!probing) return tcb.settings.windowProbe === 'empty' ? heldAnswered(tcb, before, now) : tcb;
  const answered = fitsNext(tcb) ? { probes: 0, since: undefined } : {};
  const heard = editTcb(tcb, { rto: editRto(tcb.rto, { expiries: 0, ...answered }) });
  const empty = tcb.settings.windowProbe === 'empty';
  const anew = opened || empty ? { persist: nextProbe(heard, now) } : {};
  // With the deviation give-up no answer ends the user timeout.
  const user = opened || tcb.settings.giveUp === 'count' ? { user: undefined } : {};
  return editTcb(heard, { timers: editTimers(tcb.timers, { ...anew, ...user }) });
}

/** The window is open; with the deviation `window-probe empty` it has room for the next unit, or it is probed as before. */
function fitsNext(tcb: Tcb): boolean {
  if (tcb.settings.windowProbe !== 'empty' || !goesInUnits(tcb)) return tcb.snd.wnd > 0;
  return tcb.snd.wnd >= Math.max(1, unitsOf(tcb)[0]?.octets ?? 0);
}

/** Deviation `window-probe empty`: what has no room still is probed a whole interval after the ACK that tells it. */
function nextProbe(tcb: Tcb, now: Instant): Instant | undefined {
  return fitsNext(tcb) ? undefined : probeTime(tcb, probeInterval(tcb), now);
}

/** Deviation `window-probe empty`: the interval of what silly window avoidance holds begins anew with each ACK. */
function heldAnswered(tcb: Tcb, before: Tcb, now: Instant): Tcb {
  if (before.timers.persist === undefined) return tcb;
  const answered = tcb.rto.probes > 0 && fitsNext(tcb);
  const rto = answered ? editRto(tcb.rto, { probes: 0, since: undefined }) : tcb.rto;
  const timers = editTimers(tcb.timers, { persist: nextProbe(tcb, now) });
  return editTcb(tcb, { rto, timers });
}
