/** RFC 9293 §3.8.1 Retransmission Timeout: the queue, the timers, and RFC 6298's RTO. */

import { elementsFrom, frontOf, withoutFirst } from '../base/pieces.js';
import { usedUntil } from './congestion/window-use.js';
import { afterAck } from './congestion.js';
import { withCwrWithdrawn } from './ecn/feedback.js';
import { isJudgedAsRequest } from './host/requests.js';
import { proven } from './loss-recovery/path-search.js';
import { isDisturbed, isRecovering, isReducing } from './loss-recovery/recovery.js';
import { hasReneged, renegingWait } from './loss-recovery/reneging.js';
import { withoutLost } from './loss-recovery/scoreboard.js';
import { spuriousBy } from './loss-recovery/spurious.js';
import { armTailProbe } from './loss-recovery/tail-loss.js';
import { own, ownQueued, ownSnd, ownTimers } from './own.js';
import { firstInterval } from './retransmission/probe-interval.js';
import { measured } from './retransmission/round-trip.js';
import { leaving } from './retransmission/sent-units.js';
import { editRto } from './retransmission/variables.js';
import type { Duration, Effect, Instant } from './rule.js';
import type { Segment } from './segment.js';
import { has, SYN } from './segment.js';
import { atRest } from './sending/queued.js';
import { upAfter } from './sending/urgent.js';
import { atOrBefore, before, type Seq } from './seq.js';
import { isSynchronized } from './states.js';
import type { Tcb } from './tcb.js';
import { looksAtTime, untilUserTimeout, userLimit } from './timers/user-timeout.js';
import { late, NO_TIMERS, rtoSince, shared } from './timers.js';

/** The override time-out of silly window avoidance, between 0.1 and 1 second (§3.8.6.2.1). */
const OVERRIDE: Duration = 500_000;

/**
 * Starts and stops the timers that depend on what is outstanding: retransmission (RFC 6298 (5.1), (5.2)), user timeout,
 * and in a closed window the persist timer in the place of the first (§3.8.6.1). Those that run keep running.
 */
export function armTimers(tcb: Tcb, now: Instant): Tcb {
  const outstanding = tcb.retransmissions.length > 0;
  const waiting = tcb.queued.sends.length > 0 || (tcb.queued.closing && tcb.fin === undefined);
  if (!outstanding && !waiting && tcb.timers === NO_TIMERS) return tcb;
  const emptyProbes = tcb.settings.windowProbe === 'empty';
  const closed = windowIsClosed(tcb) && (outstanding ? !emptyProbes && !isFreeFin(tcb) : waiting);
  // Nothing outstanding, so that no acknowledgment will come to let the rest go: silly window avoidance holds it.
  const held = !closed && !outstanding && waiting && isSynchronized(tcb.state);
  const { timers } = tcb;
  const retransmission =
    outstanding && !closed
      ? (timers.retransmission ?? now + late(tcb.rto.value, tcb.settings))
      : undefined;
  const persist = closed
    ? (timers.persist ?? probeTime(tcb, firstInterval(tcb), now))
    : held
      ? (timers.persist ?? now + overrideAfter(tcb))
      : undefined;
  const undelivered = outstanding || (waiting && isSynchronized(tcb.state));
  const limit = userLimit(tcb);
  const user = undelivered && limit > 0 ? (timers.user ?? userTimer(tcb, limit, now)) : undefined;
  if (
    retransmission === timers.retransmission &&
    persist === timers.persist &&
    user === timers.user
  ) {
    return tcb;
  }
  const after = own(tcb);
  const armed = ownTimers(after);
  armed.retransmission = retransmission;
  armed.persist = persist;
  armed.user = user;
  after.timers = shared(armed);
  return after;
}

/** When a user timeout that begins now ends. With the deviation `give-up time` the retransmission timer looks. */
function userTimer(tcb: Tcb, limit: Duration, now: Instant): Instant | undefined {
  // Deviation half-open: a request has no user yet.
  if (isJudgedAsRequest(tcb) || looksAtTime(tcb)) return undefined;
  return now + limit;
}

/** Deviation `fin-window`: the FIN alone is outstanding, which needs no window. */
function isFreeFin({ settings, retransmissions, fin, snd }: Tcb): boolean {
  return settings.finWindow === 'any' && retransmissions.length === 1 && fin === snd.una;
}

/** The peer offers no window; while our SYN is unacknowledged nothing was offered yet. */
function windowIsClosed(tcb: Tcb): boolean {
  if (tcb.snd.wnd > 0 || !isSynchronized(tcb.state)) return false;
  const front = frontOf(tcb.retransmissions);
  return front === undefined || !has(front.segment, SYN);
}

/** §3.8.6.2.1: how long silly window avoidance may hold text. */
function overrideAfter(tcb: Tcb): Duration {
  const { windowProbe, persistMin } = tcb.settings;
  return windowProbe === 'empty' || persistMin > 0
    ? late(firstInterval(tcb), tcb.settings)
    : OVERRIDE;
}

/** When a closed window is probed after so long; the user timeout may ask for it sooner. */
export function probeTime(tcb: Tcb, interval: Duration, now: Instant): Instant {
  return now + late(untilUserTimeout(tcb, interval, now), tcb.settings);
}

const NO_EXPIRIES = { expiries: 0, probes: 0, tail: 'none' } as const;

/**
 * SND.UNA <- SEG.ACK, for SND.UNA < SEG.ACK =< SND.NXT. Wholly acknowledged segments leave the queue, their calls
 * complete, the RTT is measured, and the timer restarts or stops (RFC 6298 (5.2), (5.3)).
 */
export function acknowledge(
  before_: Tcb,
  seg: Segment,
  now: Instant,
): { readonly tcb: Tcb; readonly effects: readonly Effect[] } {
  const { ack } = seg;
  const tcb = proven(before_, ack);
  const { whole, acked, left: retransmissions } = leaving(tcb.retransmissions, ack);
  const rto = acked === 0 ? tcb.rto : measured(tcb, seg, acked, now);
  const { effects, unacknowledged, closeCall } = callsDone(tcb, ack);
  const after = own(tcb);
  const snd = ownSnd(after);
  snd.una = ack;
  snd.up = upAfter(snd, tcb.iss, ack);
  // Deviation `rto-part-ack`: nothing changes for a segment of which only a part was acknowledged.
  const part = acked === 0 && !tcb.settings.rtoPartAck;
  const calm = rto.expiries === 0 && rto.probes === 0 && rto.tail === 'none';
  const waits = rto.tail === 'reordering' && rto.recovery?.rack.waitsSince === now;
  after.rto = calm
    ? rto
    : editRto(rto, waits || part ? { ...NO_EXPIRIES, tail: rto.tail } : NO_EXPIRIES);
  const inLoss = tcb.rto.congestion?.loss !== undefined;
  const grown = acked > 0 || inLoss ? afterAck(tcb, seg, acked, now) : rto.congestion;
  const congestion = acked > 0 && !isReducing(tcb) ? usedUntil(grown, now) : grown;
  if (congestion !== rto.congestion) after.rto = editRto(after.rto, { congestion });
  const { loss } = congestion ?? {};
  const recovering = isRecovering(tcb) && (tcb.options.sack || ack !== rto.recovery?.until);
  const over = (loss === undefined || ack === loss.until) && !recovering;
  if (rto.since !== undefined && over) after.rto = editRto(after.rto, { since: undefined });
  const reneged = hasReneged(tcb, whole);
  const ended =
    inLoss &&
    !reneged &&
    (congestion?.loss === undefined || spuriousBy(tcb, seg, acked) !== undefined);
  after.retransmissions = ended ? withoutLost(retransmissions) : retransmissions;
  if (effects.length > 0) {
    const queued = ownQueued(after);
    queued.unacknowledged = unacknowledged;
    queued.closeCall = closeCall;
    after.queued = atRest(queued);
  }
  const timers = ownTimers(after);
  if (reneged) timers.retransmission = now + late(renegingWait(tcb), tcb.settings);
  else if (!part && !(waits && retransmissions.length > 0))
    timers.retransmission = timerOfFront(tcb, after, now);
  timers.persist = undefined;
  timers.user = undefined;
  after.timers = shared(timers);
  const armed = withCwrWithdrawn(armTimers(after, now), tcb);
  return { tcb: part || waits || reneged ? armed : armTailProbe(armed, now, now), effects };
}

/** The SENDs, and the CLOSE, of which all is acknowledged; and those that go on. */
function callsDone({ queued, fin }: Tcb, ack: Seq) {
  const effects: Effect[] = [];
  for (const { call, end } of elementsFrom(queued.unacknowledged, 0)) {
    if (!atOrBefore(end, ack)) break;
    effects.push({ kind: 'complete', call, outcome: { kind: 'ok' } });
  }
  const unacknowledged = withoutFirst(queued.unacknowledged, effects.length);
  const { closeCall } = queued;
  if (closeCall === undefined || fin === undefined || !before(fin, ack))
    return { effects, unacknowledged, closeCall };
  effects.push({ kind: 'complete', call: closeCall, outcome: { kind: 'ok' } });
  return { effects, unacknowledged, closeCall: undefined };
}

/** When a loss probe was waited for and none may follow, the RTO counts from the transmission of the front; undefined: from now. */
function timerOfFront({ rto: { tail } }: Tcb, after: Tcb, now: Instant): Instant | undefined {
  const front = frontOf(after.retransmissions);
  if (tail !== 'armed' && tail !== 'reordering') return undefined;
  if (front === undefined || !isDisturbed(after)) return undefined;
  return rtoSince(front.sentAt, after, now);
}
