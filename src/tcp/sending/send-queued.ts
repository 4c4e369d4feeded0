/** RFC 9293 §3.8 Data Communication: what of the SENDs may go now, and the FIN behind them. */

import { frontOf } from '../../base/pieces.js';
import { congestionWindow, mayFly } from '../congestion/flight.js';
import { withUse } from '../congestion/window-use.js';
import { hasTriedNew, isTryingNew } from '../congestion.js';
import { withBeacon } from '../ecn/option.js';
import { isOpenEarly } from '../fast-open.js';
import { sentInRecovery } from '../loss-recovery/recovery.js';
import { sendLost, sendLostNow } from '../loss-recovery/send-lost.js';
import { armTimers } from '../retransmission.js';
import type { Effect, Instant } from '../rule.js';
import { joinEffects, NO_EFFECTS } from '../rule.js';
import { has, SYN } from '../segment.js';
import type { Tcb } from '../tcb.js';
import { sendableOctets, usableWindow } from '../window.js';
import { sendAfterProbes } from './after-probes.js';
import { sendUnits } from './send-units.js';
import type { Output } from './transmit.js';
import { finIsDue, sendAck, sendFin, sendText } from './transmit.js';
import { tryLonger } from './try-longer.js';
import { goesInUnits } from './units.js';

/**
 * Why text may go: it is its turn; it is pushed, past `nagle` and `cork`; more follows, so that only full segments go; one unit
 * alone; what is tried after a time-out; a loss probe; the override time-out.
 */
export type Why = 'turn' | 'push' | 'full' | 'one' | 'probe' | 'loss-probe' | 'override';

/**
 * Sends what waits and may go: text as far as the window and silly window avoidance allow, then the FIN of a CLOSE.
 * `override` overrides the avoidance, `full` lets only full segments go. What is lost goes `again` before it, or `later`. Arms or stops the timers that follow from it.
 */
export function sendQueued(
  tcb: Tcb,
  now: Instant,
  why: Why = 'turn',
  lost: 'again' | 'later' = 'again',
): Output {
  switch (tcb.state) {
    case 'ESTABLISHED':
    case 'FIN_WAIT_1':
    case 'CLOSE_WAIT':
    case 'CLOSING':
    case 'LAST_ACK':
      break;
    case 'SYN_RCVD':
      // RFC 7413 §4.2.2: the server of a fast open may answer before the handshake has ended.
      if (isOpenEarly(tcb)) break;
      return { tcb, effects: NO_EFFECTS };
    default:
      return { tcb, effects: NO_EFFECTS };
  }
  if (isInLoss(tcb)) return { tcb, effects: NO_EFFECTS };
  if (tcb.settings.outlet === 'full') return { tcb: armTimers(tcb, now), effects: NO_EFFECTS };
  const effects: Effect[] = [];
  const trying = isTryingNew(tcb);
  let sent = trying || lost === 'later' ? tcb : sendLost(hasTriedNew(tcb), effects, now);
  const before = effects.length;
  const reason = trying && why === 'turn' ? 'probe' : why;
  const waits = sent.queued.sends.length > 0 || finIsDue(sent);
  if (waits) sent = withBeacon(sent, now);
  const longer = why === 'one' || why === 'loss-probe' ? sent : tryLonger(sent, effects, now);
  if (longer !== 'wait') {
    sent = goesInUnits(longer)
      ? sendUnits(longer, effects, now, reason, lost === 'later')
      : sendSegments(longer, effects, now, reason);
  }
  if (finIsDue(sent) && finMayGo(sent)) {
    const out = sendFin(sent, now);
    sent = out.tcb;
    effects.push(...out.effects);
  }
  // A time-out that overrides the avoidance of silly windows tells nothing of how far the window is filled.
  if (waits && why !== 'override') sent = withUse(sent, effects.length - before, now);
  if (trying) sent = hasTriedNew(sent, effects.length > 0 ? 'tried' : 'over');
  const nothing = trying && effects.length === 0;
  if (nothing) sent = sendLost(sent, effects, now);
  const again = nothing ? effects.length : before;
  return { tcb: armTimers(sentInRecovery(sent, again, effects.length, now), now), effects };
}

/** The same when the user has called: with the deviation `loss-recovery` only ACKs, and timers, let go again what is lost. */
export function sendAfterCall(tcb: Tcb, now: Instant, why: Why = 'turn'): Output {
  return sendQueued(tcb, now, why, tcb.settings.lossRecovery === 'rack' ? 'later' : 'again');
}

/** Only what an ACK lets go again, or tries after a time-out: with the deviation `loss-recovery` before the segment’s text is looked at. */
export function sendInRecovery(tcb: Tcb, now: Instant): Output {
  if (tcb.settings.lossRecovery !== 'rack') return { tcb, effects: NO_EFFECTS };
  return isTryingNew(tcb) ? sendQueued(tcb, now) : sendLostNow(tcb, now);
}

/** An ACK of its own, and then what waits. */
export function sendAckThenQueued(tcb: Tcb, now: Instant): Output {
  const ack = sendAck(tcb, now);
  const out = sendQueued(ack.tcb, now);
  return { tcb: out.tcb, effects: joinEffects(ack.effects, out.effects) };
}

/** Segment by segment; what leaves joins `effects`. */
function sendSegments(tcb: Tcb, effects: Effect[], now: Instant, why: Why): Tcb {
  const pushed = why === 'override' && tcb.settings.windowProbe === 'empty';
  const reason = why === 'turn' && isIdle(tcb) ? 'push' : why;
  let sent = sendAfterProbes(tcb, effects, now);
  while (sent.queued.sends.length > 0) {
    const length = sendableOctets(sent, reason);
    if (length === 0) break;
    const out = sendText(sent, length, now, pushed ? { push: true } : undefined);
    sent = out.tcb;
    effects.push(...out.effects);
  }
  return sent;
}

function finMayGo(tcb: Tcb): boolean {
  if (isLostSynAlone(tcb)) return false;
  return tcb.settings.finWindow === 'any' || (usableWindow(tcb) > 0 && mayFly(tcb));
}

/** Deviation `crossing-options`: a SYN,ACK that was lost leaves room for nothing else, not even a FIN. */
export function isLostSynAlone(tcb: Tcb): boolean {
  const front = frontOf(tcb.retransmissions);
  return front !== undefined && has(front.segment, SYN) && congestionWindow(tcb) === 1;
}

/** Nothing was unacknowledged: what goes now does not hold its own end (§3.7.4). */
function isIdle({ settings, retransmissions }: Tcb): boolean {
  return settings.nagle && !settings.cork && retransmissions.length === 0;
}

/** Deviation `loss-window`: what was sent again after the RTO is under way alone. */
function isInLoss({ settings, rto, retransmissions, snd }: Tcb): boolean {
  if (settings.initialWindow !== undefined) return false;
  return settings.lossWindow && rto.expiries > 0 && retransmissions.length > 0 && snd.wnd > 0;
}

/** Sends what waits; when nothing could carry the acknowledgment that is owed, an ACK of its own (MUST-58). */
export function sendQueuedOrAck(tcb: Tcb, now: Instant): Output {
  const out = sendQueued(tcb, now);
  if (out.effects.length > 0) return out;
  return sendAck(out.tcb, now);
}
