/** RFC 9293 §3.8.1 Retransmission Timeout: the queue, the timers, and RFC 6298's RTO. */

import { timestampClock } from './options.js';
import type { Duration, Effect, Instant } from './rule.js';
import type { Segment } from './segment.js';
import { has, SYN, segLen } from './segment.js';
import type { Seq } from './seq.js';
import { add, atOrBefore } from './seq.js';
import type { Settings } from './settings.js';
import { isSynchronized } from './states.js';
import type { RetransmissionVariables, SentSegment, Tcb } from './tcb.js';
import { editSnd, editTcb, editTimers, finAcked } from './tcb.js';
import { userLimit } from './user-timeout.js';

/** G, the clock granularity of RFC 6298 §2: a millisecond, that of the timestamp clock. */
const GRANULARITY = 1_000;

/** The override time-out of silly window avoidance, between 0.1 and 1 second (§3.8.6.2.1). */
const OVERRIDE: Duration = 500_000;

/** RFC 6298 (5.7): the least RTO after a SYN had to be sent again. */
const AFTER_SYN_LOSS: Duration = 3_000_000;

/** Keeps a segment that was just sent until it is acknowledged; starts the timers of (5.1). */
export function addSent(tcb: Tcb, segment: Segment, now: Instant): Tcb {
  const entry: SentSegment = { segment, sentAt: now, retransmissions: 0 };
  return armTimers(editTcb(tcb, { retransmissions: [...tcb.retransmissions, entry] }), now);
}

/**
 * Starts and stops the timers that depend on what is outstanding: retransmission (RFC 6298 (5.1), (5.2)), user timeout,
 * and in a closed window the persist timer in the place of the first (§3.8.6.1). Those that run keep running.
 */
export function armTimers(tcb: Tcb, now: Instant): Tcb {
  const outstanding = tcb.retransmissions.length > 0;
  const waiting = tcb.sends.length > 0 || (tcb.closing && tcb.fin === undefined);
  const closed = windowIsClosed(tcb) && (outstanding || waiting);
  // Nothing outstanding, so that no acknowledgment will come to let the rest go: silly window avoidance holds it.
  const held = !closed && !outstanding && waiting && isSynchronized(tcb.state);
  const { timers } = tcb;
  const retransmission =
    outstanding && !closed ? (timers.retransmission ?? now + tcb.rto.value) : undefined;
  const persist = closed
    ? (timers.persist ?? now + probeInterval(tcb))
    : held
      ? (timers.persist ?? now + OVERRIDE)
      : undefined;
  const undelivered = outstanding || (waiting && isSynchronized(tcb.state));
  const limit = userLimit(tcb);
  const user = undelivered && limit > 0 ? (timers.user ?? now + limit) : undefined;
  if (
    retransmission === timers.retransmission &&
    persist === timers.persist &&
    user === timers.user
  ) {
    return tcb;
  }
  return editTcb(tcb, { timers: editTimers(timers, { retransmission, persist, user }) });
}

/** The peer offers no window; while our SYN is unacknowledged nothing was offered yet. */
function windowIsClosed(tcb: Tcb): boolean {
  if (tcb.snd.wnd > 0 || !isSynchronized(tcb.state)) return false;
  const front = tcb.retransmissions[0];
  return front === undefined || !has(front.segment, SYN);
}

/** SHLD-29, SHLD-30: the RTO, doubled for each probe since the window closed. */
export function probeInterval(tcb: Tcb): Duration {
  return Math.min(tcb.rto.value * 2 ** tcb.rto.probes, tcb.settings.rtoMax);
}

/**
 * SND.UNA <- SEG.ACK, for SND.UNA < SEG.ACK =< SND.NXT. Wholly acknowledged segments leave the queue, their calls
 * complete, the RTT is measured, and the timer restarts or stops (RFC 6298 (5.2), (5.3)).
 */
export function acknowledge(
  tcb: Tcb,
  seg: Segment,
  now: Instant,
): { readonly tcb: Tcb; readonly effects: readonly Effect[] } {
  const ack = seg.ack;
  const acked = tcb.retransmissions.filter((sent) => isAcked(sent, ack));
  const rto = measured(tcb, seg, acked, now);
  const retransmissions =
    acked.length === 0 ? tcb.retransmissions : tcb.retransmissions.slice(acked.length);
  const effects: Effect[] = [];
  let { unacknowledged } = tcb;
  for (const { call, end } of tcb.unacknowledged) {
    if (!atOrBefore(end, ack)) break;
    unacknowledged = unacknowledged.slice(1);
    effects.push({ kind: 'complete', call, outcome: { kind: 'ok' } });
  }
  let after: Tcb = editTcb(tcb, {
    snd: editSnd(tcb.snd, { una: ack }),
    rto: { ...rto, expiries: 0, probes: 0 },
    retransmissions,
    unacknowledged,
    timers: editTimers(tcb.timers, {
      retransmission: undefined,
      persist: undefined,
      user: undefined,
    }),
  });
  if (finAcked(after) && tcb.closeCall !== undefined) {
    effects.push({ kind: 'complete', call: tcb.closeCall, outcome: { kind: 'ok' } });
    after = editTcb(after, { closeCall: undefined });
  }
  return { tcb: armTimers(after, now), effects };
}

function isAcked({ segment }: SentSegment, ack: Seq): boolean {
  return atOrBefore(add(segment.seq, segLen(segment)), ack);
}

/** RFC 6298 (5.7): RTO <- 3 s when data transmission begins and the timer had expired for the SYN. */
export function rtoForData(tcb: Tcb): RetransmissionVariables {
  if (!tcb.rto.synRetransmitted || tcb.settings.rto >= AFTER_SYN_LOSS) return tcb.rto;
  return { ...tcb.rto, value: AFTER_SYN_LOSS };
}

/** A sample from what was acknowledged, unless it is ambiguous (Karn's algorithm, RFC 6298 §3). */
function measured(
  tcb: Tcb,
  seg: Segment,
  acked: readonly SentSegment[],
  now: Instant,
): RetransmissionVariables {
  const newest = acked.at(-1);
  if (newest === undefined) return tcb.rto;
  if (acked.every((sent) => sent.retransmissions === 0)) {
    return withSample(tcb.rto, now - newest.sentAt, tcb.settings);
  }
  // Timestamps tell which transmission provoked the ACK (RFC 7323 §4.1).
  const echo = tcb.options.timestamps ? seg.options.timestamps : undefined;
  if (echo === undefined) return tcb.rto;
  const ticks = (timestampClock(now) - echo.ecr) >>> 0;
  return withSample(tcb.rto, ticks * 1_000, tcb.settings);
}

/** RFC 6298 (2.2) for the first measurement, (2.3) for later ones, (2.4) and (2.5) for the bounds. */
export function withSample(
  rto: RetransmissionVariables,
  r: Duration,
  settings: Settings,
): RetransmissionVariables {
  const rttvar =
    rto.srtt === undefined || rto.rttvar === undefined
      ? Math.round(r / 2)
      : Math.round((3 * rto.rttvar + Math.abs(rto.srtt - r)) / 4);
  const srtt = rto.srtt === undefined ? r : Math.round((7 * rto.srtt + r) / 8);
  // Deviation `rto-slop`.
  const value = srtt + Math.max(GRANULARITY, 4 * rttvar) + settings.rtoSlop;
  return { ...rto, srtt, rttvar, value: clamp(value, settings) };
}

function clamp(value: Duration, settings: Settings): Duration {
  return Math.min(Math.max(value, settings.rtoMin), Math.max(settings.rtoMin, settings.rtoMax));
}

/** RFC 6298 (5.5): RTO <- RTO * 2. */
export function backedOff(rto: RetransmissionVariables, settings: Settings): Duration {
  const slop = rto.srtt === undefined && rto.expiries === 0 ? 0 : settings.rtoSlop;
  const doubled = 2 * (rto.value - slop) + settings.rtoSlop;
  return Math.max(rto.value, Math.min(doubled, settings.rtoMax));
}
