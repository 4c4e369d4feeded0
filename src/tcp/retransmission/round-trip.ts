/** RFC 6298 §2 and §3: the round-trip time, and the RTO that comes of it. */

import { elementsFrom, firstOf, frontOf } from '../../base/pieces.js';
import type { Heard } from '../loss-recovery/scoreboard.js';
import { timestampClock } from '../options.js';
import { copyRto } from '../own.js';
import type { Duration, Instant } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, has, SYN } from '../segment.js';
import { before, type Seq } from '../seq.js';
import type { Settings } from '../settings.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { editTimers, inTicks, late, rtoSince } from '../timers.js';
import { firstSpread, nextSpread } from './rtt-spread.js';
import type { SentSegment } from './sent-queue.js';
import { editRto, NOTHING_MEASURED, type RetransmissionVariables } from './variables.js';

/** G, the clock granularity of RFC 6298 §2: a millisecond, that of the timestamp clock. */
const GRANULARITY = 1_000;

/** RFC 6298 (5.7): the least RTO after a SYN had to be sent again. */
const AFTER_SYN_LOSS: Duration = 3_000_000;

/** RFC 6298 (5.7): RTO <- 3 s when data transmission begins and the timer had expired for the SYN. */
export function rtoForData(tcb: Tcb): RetransmissionVariables {
  const unmeasured = tcb.rto.srtt === undefined;
  const late = tcb.settings.rtoAfterSynLoss === 'always' ? tcb.rto.synRetransmitted : unmeasured;
  if (!late || tcb.settings.rto >= AFTER_SYN_LOSS) return tcb.rto;
  return editRto(tcb.rto, { value: AFTER_SYN_LOSS });
}

/** A sample from the first `acked` of the queue, unless it is ambiguous (Karn's algorithm, RFC 6298 §3). */
export function measured(
  tcb: Tcb,
  seg: Segment,
  acked: number,
  now: Instant,
): RetransmissionVariables {
  let ambiguous = false;
  let oldest: SentSegment | undefined;
  let newest: SentSegment | undefined;
  const first = acked > 1 ? synCount(tcb) : 0;
  let seen = 0;
  for (const sent of elementsFrom(tcb.retransmissions, 0)) {
    if (seen === acked) break;
    seen += 1;
    if (seen <= first) continue;
    ambiguous ||= sent.retransmissions !== 0;
    if (sent.mark === 'sacked') continue;
    oldest ??= sent;
    newest = sent;
  }
  // Deviation `rtt-spread`: of several that are acknowledged together the oldest counts.
  const counts = tcb.settings.rttSpread === 'peak' ? oldest : newest;
  const place = { una: seg.ack, nxt: tcb.snd.nxt };
  if (!ambiguous && counts !== undefined && newest !== undefined) {
    const known = withTrip(tcb, now - newest.sentAt, newest);
    return withSample(known, now - counts.sentAt, tcb.settings, place);
  }
  if (tcb.rto.recovery?.measured) return tcb.rto;
  // Timestamps tell which transmission provoked the ACK (RFC 7323 §4.1).
  const echo = tcb.options.timestamps ? seg.options.timestamps : undefined;
  // TSecr of 0 echoes nothing (RFC 7323 §3.2).
  if (echo === undefined || echo.ecr === 0) return tcb.rto;
  const ticks = (timestampClock(now) - echo.ecr) >>> 0;
  if (ticks >= FUTURE) return tcb.rto;
  if (tcb.settings.lossRecovery !== 'rack')
    return withSample(tcb.rto, ticks * GRANULARITY, tcb.settings, place);
  const trip = Math.max(1, ticks) * GRANULARITY;
  const least = Math.min(tcb.rto.least ?? trip, trip);
  return withSample(editRto(tcb.rto, { least }), trip, tcb.settings, place);
}

/** An echo of that many ticks ago is one of what was not sent yet. */
const FUTURE = Math.floor((2 ** 31 - 1) / GRANULARITY);

/** A SYN,ACK before text of a fast open: the text tells more. */
function synCount({ retransmissions }: Tcb): number {
  const front = frontOf(retransmissions);
  return front !== undefined && has(front.segment, SYN) && has(front.segment, ACK) ? 1 : 0;
}

/** Deviation `loss-recovery`: RFC 8985 §6.2, step 1. Without SACK nothing is judged by its time, and what a request has sent tells nothing of text. */
function withTrip(
  { rto, settings, options }: Tcb,
  trip: Duration,
  { segment }: SentSegment,
): RetransmissionVariables {
  if (settings.lossRecovery !== 'rack') return rto;
  const counts = options.sack && !(has(segment, SYN) && has(segment, ACK));
  const latest = counts ? trip : rto.latest;
  const least = Math.min(rto.least ?? trip, trip);
  return latest === rto.latest && least === rto.least ? rto : editRto(rto, { latest, least });
}

/** Deviation `loss-recovery`: of an ACK what it SACKs is measured, if that never went again, when what it acknowledges tells nothing. */
export function isMeasuredBySack(tcb: Tcb, { acked, arrived, sacked }: Heard): boolean {
  if (tcb.settings.lossRecovery !== 'rack') return false;
  if (arrived.slice(arrived.length - sacked).every(isAgain)) return false;
  if (acked <= synCount(tcb)) return true;
  const left = firstOf(tcb.retransmissions, acked);
  return left.some(isAgain) || left.every(({ mark }) => mark === 'sacked');
}

function isAgain({ retransmissions }: SentSegment): boolean {
  return retransmissions !== 0;
}

/**
 * A sample from what was SACKed, when SEG.ACK gives none; and the timer begins anew when that was sent before the front of the
 * queue was sent again: the answer to that is not due yet.
 */
export function withSackSample(tcb: Tcb, heard: Heard, now: Instant): Tcb {
  const { acked, arrived, sacked, queue } = heard;
  const fresh = arrived.slice(arrived.length - sacked).filter((one) => one.retransmissions === 0);
  const [first] = fresh;
  const newest = fresh.at(-1);
  if (!isMeasuredBySack(tcb, heard) || !first || !newest) return tcb;
  const trip = now - first.sentAt;
  const place = { una: tcb.snd.una, nxt: tcb.snd.nxt };
  const rto = withSample(withTrip(tcb, now - newest.sentAt, newest), trip, tcb.settings, place);
  const after = editTcb(tcb, { rto });
  const front = frontOf(queue);
  if (acked > synCount(tcb)) return after;
  if (front === undefined) return after;
  const age = now - front.sentAt;
  if (trip < age || (trip === age && !front.behind)) return after;
  const { tail } = tcb.rto;
  const waits = tail === 'reordering' || tail === 'armed';
  const retransmission = waits
    ? rtoSince(front.sentAt, after, now)
    : now + late(rto.value, tcb.settings);
  return editTcb(after, {
    timers: editTimers(tcb.timers, { retransmission }),
    rto: editRto(rto, { tail: 'none' }),
  });
}

/** What an ACK measures, before it counts: RACK asks how long a round trip takes with that (deviation `loss-recovery`). */
export function withTripOf(
  tcb: Tcb,
  seg: Segment,
  heard: Heard,
  now: Instant,
): RetransmissionVariables {
  if (before(seg.ack, tcb.snd.una)) return tcb.rto;
  if (isMeasuredBySack(tcb, heard)) return withSackSample(tcb, heard, now).rto;
  const acked = heard.acked + heard.part;
  if (acked === 0) return tcb.rto;
  const { recovery } = tcb.rto;
  const rto = editRto(tcb.rto, { recovery: recovery && { ...recovery, measured: false } });
  return measured(editTcb(tcb, { rto }), seg, acked, now);
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
    a.since === b.since &&
    a.resent === b.resent &&
    a.twice === b.twice &&
    a.probes === b.probes &&
    a.tail === b.tail &&
    a.tailProbe === b.tailProbe &&
    a.search === b.search &&
    a.synRetransmitted === b.synRetransmitted &&
    a.softError === b.softError &&
    a.spread === b.spread &&
    a.congestion === b.congestion &&
    a.recovery === b.recovery &&
    a.latest === b.latest &&
    a.least === b.least
  );
}

/** Deviations `rto-bound` and `rto-slop`. */
function rtoOf(srtt: Duration, rttvar: Duration, settings: Settings): Duration {
  const least = settings.rtoBound === 'variance' ? settings.rtoMin : GRANULARITY;
  const value = clamp(srtt + Math.max(least, 4 * rttvar) + settings.rtoSlop, settings);
  return inTicks(value, srtt, settings);
}

/** The RTO of the estimates, before any back-off. */
export function measuredRto({ rto: { srtt, rttvar }, settings }: Tcb): Duration {
  return srtt === undefined || rttvar === undefined ? settings.rto : rtoOf(srtt, rttvar, settings);
}

/** How often the RTO was doubled since a round trip was measured; what acknowledges a segment that went again measures none. */
export function doublings(tcb: Tcb): number {
  const { srtt, value } = tcb.rto;
  return srtt === undefined ? 0 : Math.max(0, Math.round(Math.log2(value / measuredRto(tcb))));
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
