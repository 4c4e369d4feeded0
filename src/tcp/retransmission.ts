/** RFC 9293 §3.8.1 Retransmission Timeout: the queue, the timers, and RFC 6298's RTO. */

import { afterAck } from './congestion.js';
import { timestampClock } from './options.js';
import { copyRto, own, ownQueued, ownSnd, ownTimers } from './own.js';
import { atRest, NONE } from './queued.js';
import { firstSpread, nextSpread } from './rtt-spread.js';
import type { Duration, Effect, Instant } from './rule.js';
import type { Segment } from './segment.js';
import { has, SYN, segLen } from './segment.js';
import type { Seq } from './seq.js';
import { add, atOrBefore, before } from './seq.js';
import type { Settings } from './settings.js';
import { isSynchronized } from './states.js';
import { armTailProbe } from './tail-loss.js';
import type { RetransmissionVariables, SentSegment, Tcb } from './tcb.js';
import { editRto, NOTHING_MEASURED } from './tcb.js';
import type { Timers } from './timers.js';
import { editTimers, shared } from './timers.js';
import { userLimit } from './user-timeout.js';

/** G, the clock granularity of RFC 6298 §2: a millisecond, that of the timestamp clock. */
const GRANULARITY = 1_000;

/** The override time-out of silly window avoidance, between 0.1 and 1 second (§3.8.6.2.1). */
const OVERRIDE: Duration = 500_000;

/** RFC 6298 (5.7): the least RTO after a SYN had to be sent again. */
const AFTER_SYN_LOSS: Duration = 3_000_000;

/**
 * Starts and stops the timers that depend on what is outstanding: retransmission (RFC 6298 (5.1), (5.2)), user timeout,
 * and in a closed window the persist timer in the place of the first (§3.8.6.1). Those that run keep running.
 */
export function armTimers(tcb: Tcb, now: Instant): Tcb {
  const outstanding = tcb.retransmissions.length > 0;
  const waiting = tcb.queued.sends.length > 0 || (tcb.queued.closing && tcb.fin === undefined);
  const emptyProbes = tcb.settings.windowProbe === 'empty';
  const closed = windowIsClosed(tcb) && (outstanding ? !emptyProbes : waiting);
  // Nothing outstanding, so that no acknowledgment will come to let the rest go: silly window avoidance holds it.
  const held = !closed && !outstanding && waiting && isSynchronized(tcb.state);
  const { timers } = tcb;
  const { timerDelay } = tcb.settings;
  const retransmission =
    outstanding && !closed
      ? (timers.retransmission ?? now + tcb.rto.value + timerDelay)
      : undefined;
  const persist = closed
    ? (timers.persist ?? now + probeInterval(tcb) + timerDelay)
    : held
      ? (timers.persist ?? now + (emptyProbes ? probeInterval(tcb) + timerDelay : OVERRIDE))
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

/** When a user timeout that begins now ends. With the deviation `give-up time` no SYN fails before it was sent again, and text has no timer yet. */
function userTimer({ state, settings, rto }: Tcb, limit: Duration, now: Instant) {
  if (settings.giveUp !== 'time') return now + limit;
  const again = now + rto.value + settings.timerDelay + 1;
  return isSynchronized(state) ? undefined : Math.max(now + limit, again);
}

/** Deviation `give-up time`: the user timeout counts from the first retransmission, or probe. */
export function withUserTimeout(tcb: Tcb, timers: Timers, now: Instant): Timers {
  const limit = userLimit(tcb);
  const begins = tcb.settings.giveUp === 'time' && isSynchronized(tcb.state) && limit > 0;
  return begins && timers.user === undefined ? editTimers(timers, { user: now + limit }) : timers;
}

/** The peer offers no window; while our SYN is unacknowledged nothing was offered yet. */
function windowIsClosed(tcb: Tcb): boolean {
  if (tcb.snd.wnd > 0 || !isSynchronized(tcb.state)) return false;
  const front = tcb.retransmissions[0];
  return front === undefined || !has(front.segment, SYN);
}

/** SHLD-29, SHLD-30: the RTO, doubled for each probe since the window closed. */
export function probeInterval({ rto, settings }: Tcb): Duration {
  const least = settings.windowProbe === 'empty' ? LEAST_INTERVAL : 0;
  return Math.min(Math.max(rto.value, least) * 2 ** rto.probes, settings.rtoMax);
}

/** Deviation `window-probe`: the least interval, whatever `rto-min` is. */
const LEAST_INTERVAL: Duration = 200_000;

const NO_EXPIRIES = { expiries: 0, probes: 0, tail: 'none' } as const;

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
  const acked = countAcked(tcb.retransmissions, ack);
  const rto = acked === 0 ? tcb.rto : measured(tcb, seg, acked, now);
  const retransmissions = without(tcb.retransmissions, acked);
  const effects: Effect[] = [];
  for (const { call, end } of tcb.queued.unacknowledged) {
    if (!atOrBefore(end, ack)) break;
    effects.push({ kind: 'complete', call, outcome: { kind: 'ok' } });
  }
  const unacknowledged = without(tcb.queued.unacknowledged, effects.length);
  let { closeCall } = tcb.queued;
  if (closeCall !== undefined && tcb.fin !== undefined && before(tcb.fin, ack)) {
    effects.push({ kind: 'complete', call: closeCall, outcome: { kind: 'ok' } });
    closeCall = undefined;
  }
  const after = own(tcb);
  ownSnd(after).una = ack;
  // Deviation `repacketize`: nothing changes for a segment of which only a part was acknowledged.
  const part = acked === 0 && tcb.settings.repacketize;
  const calm = rto.expiries === 0 && rto.probes === 0 && rto.tail === 'none';
  after.rto = calm || part ? rto : editRto(rto, NO_EXPIRIES);
  const inLoss = tcb.rto.congestion?.loss !== undefined;
  const congestion = acked > 0 || inLoss ? afterAck(tcb, seg, acked) : rto.congestion;
  if (congestion !== rto.congestion) after.rto = editRto(after.rto, { congestion });
  after.retransmissions = retransmissions;
  if (effects.length > 0) {
    const queued = ownQueued(after);
    queued.unacknowledged = unacknowledged;
    queued.closeCall = closeCall;
    after.queued = atRest(queued);
  }
  const timers = ownTimers(after);
  if (!part) timers.retransmission = undefined;
  timers.persist = undefined;
  timers.user = undefined;
  after.timers = shared(timers);
  const armed = armTimers(after, now);
  return { tcb: part ? armed : armTailProbe(armed, now, now), effects };
}

/** How many of the queue, from its front, are wholly acknowledged. */
function countAcked(queue: readonly SentSegment[], ack: Seq): number {
  let count = 0;
  for (const { segment } of queue) {
    if (!atOrBefore(add(segment.seq, segLen(segment)), ack)) break;
    count += 1;
  }
  return count;
}

/** A queue without its first so many. */
function without<T>(queue: readonly T[], count: number): readonly T[] {
  if (count === 0) return queue;
  return count === queue.length ? NONE : queue.slice(count);
}

/** RFC 6298 (5.7): RTO <- 3 s when data transmission begins and the timer had expired for the SYN. */
export function rtoForData(tcb: Tcb): RetransmissionVariables {
  const unmeasured = tcb.rto.srtt === undefined;
  const late = tcb.settings.rtoAfterSynLoss === 'always' ? tcb.rto.synRetransmitted : unmeasured;
  if (!late || tcb.settings.rto >= AFTER_SYN_LOSS) return tcb.rto;
  return editRto(tcb.rto, { value: AFTER_SYN_LOSS });
}

/** A sample from the first `acked` of the queue, unless it is ambiguous (Karn's algorithm, RFC 6298 §3). */
function measured(tcb: Tcb, seg: Segment, acked: number, now: Instant): RetransmissionVariables {
  let ambiguous = false;
  for (let i = 0; i < acked; i++) ambiguous ||= tcb.retransmissions[i]?.retransmissions !== 0;
  // Deviation `rtt-spread`: of several that are acknowledged together the oldest counts.
  const counts = tcb.settings.rttSpread === 'peak' ? 0 : acked - 1;
  const newest = tcb.retransmissions[counts];
  if (newest === undefined) return tcb.rto;
  const place = { una: seg.ack, nxt: tcb.snd.nxt };
  if (!ambiguous) return withSample(tcb.rto, now - newest.sentAt, tcb.settings, place);
  // Timestamps tell which transmission provoked the ACK (RFC 7323 §4.1).
  const echo = tcb.options.timestamps ? seg.options.timestamps : undefined;
  // TSecr of 0 echoes nothing (RFC 7323 §3.2).
  if (echo === undefined || echo.ecr === 0) return tcb.rto;
  const ticks = (timestampClock(now) - echo.ecr) >>> 0;
  return withSample(tcb.rto, ticks * 1_000, tcb.settings, place);
}

/** RFC 6298 (2.2) for the first measurement, (2.3) for later ones, (2.4) and (2.5) for the bounds. */
export function withSample(
  rto: RetransmissionVariables,
  r: Duration,
  settings: Settings,
  place?: { readonly una: Seq; readonly nxt: Seq },
): RetransmissionVariables {
  if (settings.rttSpread === 'peak' && place !== undefined)
    return withPeak(rto, r, settings, place);
  const rttvar =
    rto.srtt === undefined || rto.rttvar === undefined
      ? Math.round(r / 2)
      : Math.round((3 * rto.rttvar + Math.abs(rto.srtt - r)) / 4);
  const srtt = rto.srtt === undefined ? r : Math.round((7 * rto.srtt + r) / 8);
  const made = copyRto(rto);
  made.srtt = srtt;
  made.rttvar = rttvar;
  made.value = rtoOf(srtt, rttvar, settings);
  if (!sameRto(made, latestRto)) latestRto = made;
  return latestRto;
}

/** The same with the deviation rtt-spread. */
function withPeak(
  rto: RetransmissionVariables,
  r: Duration,
  settings: Settings,
  place: { readonly una: Seq; readonly nxt: Seq },
): RetransmissionVariables {
  const { srtt: old, rttvar: variation, spread: known } = rto;
  const { rtoMin } = settings;
  const error = r - (old ?? r);
  const { spread, rttvar } =
    known === undefined || variation === undefined
      ? firstSpread(r, rtoMin, place)
      : nextSpread({ spread: known, rttvar: variation }, error, rtoMin, place);
  const srtt = Math.round((old ?? r) + error / 8);
  return editRto(rto, { srtt, rttvar, spread, value: Math.round(rtoOf(srtt, rttvar, settings)) });
}

/** What was measured last: connections that measure the same share it. */
let latestRto = NOTHING_MEASURED;

function sameRto(a: RetransmissionVariables, b: RetransmissionVariables): boolean {
  return (
    a.value === b.value &&
    a.srtt === b.srtt &&
    a.rttvar === b.rttvar &&
    a.expiries === b.expiries &&
    a.probes === b.probes &&
    a.tail === b.tail &&
    a.tailProbe === b.tailProbe &&
    a.synRetransmitted === b.synRetransmitted &&
    a.spread === b.spread &&
    a.congestion === b.congestion
  );
}

/** Deviations `rto-bound` and `rto-slop`. */
function rtoOf(srtt: Duration, rttvar: Duration, settings: Settings): Duration {
  const least = settings.rtoBound === 'variance' ? settings.rtoMin : GRANULARITY;
  return clamp(srtt + Math.max(least, 4 * rttvar) + settings.rtoSlop, settings);
}

/** The RTO of the estimates, before any back-off. */
export function measuredRto({ rto: { srtt, rttvar }, settings }: Tcb): Duration {
  return srtt === undefined || rttvar === undefined ? settings.rto : rtoOf(srtt, rttvar, settings);
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
