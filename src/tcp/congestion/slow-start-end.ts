/** RFC 9438 §4.10 Slow Start: it ends before there is a loss, once the ACKs of a round trip last for half of the shortest, or round trips get longer (deviation slow-start-end). */

import { firstOf } from '../../base/pieces.js';
import type { Congestion } from '../congestion.js';
import type { Duration, Instant } from '../rule.js';
import { has, SYN } from '../segment.js';
import { paceOf } from '../sending/pace.js';
import type { Seq } from '../seq.js';
import { before } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { congestionWindow } from './flight.js';

/** What was seen in this round trip of slow start. */
export interface Round {
  readonly since: Instant;
  /** SND.NXT then: the round is over when it is passed. */
  readonly end: Seq;
  /** When the last ACK came that followed the others closely. */
  readonly closeAt: Instant;
  /** The shortest round trip of all, and of this round; how many samples this round has. */
  readonly least: Duration;
  readonly current: Duration;
  readonly samples: number;
  /** It has ended slow start. */
  readonly over: boolean;
}

/** A smaller window goes on. */
const LEAST_WINDOW = 16;
/** ACKs that follow each other as closely are a train, microseconds. */
const CLOSE: Duration = 2_000;
/** What a train may last longer when segments are large and the pace is slow. */
const SLACK: Duration = 1_000;
const LARGEST_UNITS = 4 * 65_343;
/** A round trip is longer when that many samples say so, by an eighth, but at least and at most so much. */
const SAMPLES = 8;
const LONGER = { least: 4_000, most: 16_000 };
/** After a recovery round trips say nothing for so long. */
const QUIET: Duration = 1_000_000;

/** A round that begins. */
export function firstRound(end: Seq, now: Instant): Round {
  return { since: now, end, closeAt: now, least: NEVER, current: NEVER, samples: 0, over: false };
}

const NEVER = Number.POSITIVE_INFINITY;

/** Congestion control after an ACK of `una`, by which `acked` segments leave the queue of `tcb`: it may end slow start. */
export function followRound(
  tcb: Tcb,
  congestion: Congestion,
  una: Seq,
  acked: number,
  now: Instant,
): Congestion {
  const { settings, snd } = tcb;
  const { threshold, cubic } = congestion;
  if (settings.congestionAlgorithm !== 'cubic') return congestion;
  if (cubic?.epoch !== undefined && now - cubic.epoch.since < QUIET) return congestion;
  const trip = newestTrip(tcb, acked, now);
  const known = congestion.round ?? firstRound(snd.una, now);
  if (trip === undefined) return congestion;
  const least = Math.min(known.least, Math.max(1, trip));
  const window = congestionWindow(tcb);
  if (settings.slowStartEnd === 'loss' || known.over || window >= threshold)
    return { ...congestion, round: { ...known, least } };
  const anew = before(known.end, una)
    ? { ...firstRound(snd.nxt, now), least }
    : { ...known, least };
  if (window < LEAST_WINDOW) return { ...congestion, round: anew };
  const train = withTrain(tcb, anew, now);
  const round = withSample(train, trip);
  return { ...congestion, round, threshold: round.over ? window : threshold };
}

/** The shortest round trip as CUBIC knows it, which asks for none soon after a reduction. */
export function leastTrip({ rto }: Tcb): Duration {
  const { least = NEVER } = rto.congestion?.round ?? {};
  return least === NEVER ? (rto.least ?? 0) : least;
}

/** The round trip of the last segment that is acknowledged; undefined when it is ambiguous. */
function newestTrip({ retransmissions }: Tcb, acked: number, now: Instant): Duration | undefined {
  let trip: Duration | undefined;
  for (const { segment, retransmissions: again, mark, sentAt } of firstOf(retransmissions, acked)) {
    if (has(segment, SYN)) continue;
    if (again !== 0) return undefined;
    if (mark !== 'sacked') trip = now - sentAt;
  }
  return trip;
}

/** The ACK follows the others closely, and they have come for half of the shortest round trip. */
function withTrain(tcb: Tcb, round: Round, now: Instant): Round {
  if (now - round.closeAt > CLOSE) return round;
  const slack = Math.min(SLACK, Math.floor((LARGEST_UNITS * 1_000_000) / paceOf(tcb, 0)));
  const over = now - round.since > Math.floor((round.least + slack) / 2);
  return { ...round, closeAt: now, over };
}

/** All of several samples of this round are longer than the shortest round trip. */
function withSample(round: Round, trip: Duration): Round {
  const current = Math.min(round.current, Math.max(1, trip));
  if (round.samples < SAMPLES) return { ...round, current, samples: round.samples + 1 };
  const { least, most } = LONGER;
  const longer = Math.min(Math.max(Math.floor(round.least / 8), least), most);
  return { ...round, current, over: round.over || current > round.least + longer };
}
