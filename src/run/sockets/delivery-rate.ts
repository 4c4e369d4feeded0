/** How fast text arrives at the peer, as Linux measures it (tcp_rate.c): what was delivered while a segment was on its way and acknowledged. */

import { countOf, elementsFrom, frontOf } from '../../base/pieces.js';
import { congestionWindow, flight } from '../../tcp/congestion/flight.js';
import { countMarked, countSyn } from '../../tcp/loss-recovery/scoreboard.js';
import { sumOf } from '../../tcp/loss-recovery/tally.js';
import { endOf, type SentSegment } from '../../tcp/retransmission/sent-queue.js';
import type { Duration, Instant } from '../../tcp/rule.js';
import { has, SYN } from '../../tcp/segment.js';
import { unsentOctets } from '../../tcp/sending/queued.js';
import { atOrBefore, num } from '../../tcp/seq.js';
import { isSynchronized } from '../../tcp/states.js';
import type { Tcb } from '../../tcp/tcb.js';

export interface DeliveryRate {
  /** When the newest was sent of what has arrived, and when something was last known to have arrived; both anew after a pause. */
  readonly sentAt: Instant | undefined;
  readonly deliveredAt: Instant | undefined;
  /** Up to so many delivered the user has sent less than might have gone; 0: it has not. Before the first ACK that is so. */
  readonly limit: number;
  /** What was the case when each segment was sent that is outstanding and not SACKed, by its number. */
  readonly stamps: ReadonlyMap<number, Stamp>;
  /** The peer has thrown away what it had SACKed, and what was lost by that is still being repaired: nothing is measured. */
  readonly reneged: boolean;
  /** What was measured last of a user who sends what can go, or else the fastest. */
  readonly sample: Sample;
}

interface Stamp {
  readonly sentAt: Instant;
  readonly since: Instant;
  readonly deliveredAt: Instant;
  readonly delivered: number;
  readonly limited: boolean;
}

interface Sample {
  readonly delivered: number;
  readonly interval: Duration;
  readonly limited: boolean;
}

/** Nothing was sent yet. */
export const NO_RATE: DeliveryRate = {
  sentAt: undefined,
  deliveredAt: undefined,
  limit: -1,
  stamps: new Map(),
  reneged: false,
  sample: { delivered: 0, interval: 0, limited: true },
};

/** What a socket still tells of it when its association is dissolved. */
export function rateAnew({ sample }: DeliveryRate): DeliveryRate {
  return { ...NO_RATE, sample: { ...sample, limited: true } };
}

/** Octets a second, if segments have so many. */
export function octetsDelivered({ sample }: DeliveryRate, segment: number): number {
  const { delivered, interval } = sample;
  return interval === 0 ? 0 : Math.floor((delivered * segment * 1_000_000) / interval);
}

/** The user writes: what has been sent up to now may be all that there was (tcp_rate_check_app_limited). */
export function rateAtWrite(
  rate: DeliveryRate,
  tcb: Tcb,
  delivered: number,
  segment: number,
): DeliveryRate {
  const { retransmissions, queued } = tcb;
  const flying = flight(tcb) - foreign(tcb);
  const lost = countMarked(retransmissions, 'lost');
  if (unsentOctets(queued) >= segment || flying >= congestionWindow(tcb)) return rate;
  if (lost > sumOf(retransmissions, 'again')) return rate;
  return { ...rate, limit: delivered + flying || 1 };
}

/** What happened at an instant; `arrived`: an ACK is its cause. */
export interface Passed {
  readonly before: Tcb;
  readonly after: Tcb;
  readonly at: Instant;
  readonly arrived: boolean;
  /** Segments that have arrived at the peer, before and now. */
  readonly deliveredBefore: number;
  readonly delivered: number;
}

/** What is measured after all that was done at an instant: what an ACK tells comes before what it lets go. */
export function rateAfter(rate: DeliveryRate, passed: Passed): DeliveryRate {
  const { before, after, arrived } = passed;
  const outstanding = countOf(before.retransmissions) > foreign(before);
  const measured = arrived && outstanding ? rateByAck(rate, passed) : rate;
  if (before.retransmissions === after.retransmissions) return measured;
  return { ...withStamps(measured, passed), reneged: isReneged(rate, passed) };
}

/** A time-out has found what was waited for SACKed, and the loss that began then is not over. */
function isReneged({ reneged }: DeliveryRate, { before, after, arrived }: Passed): boolean {
  if (after.rto.congestion?.loss === undefined) return false;
  return reneged || (!arrived && frontOf(before.retransmissions)?.mark === 'sacked');
}

/** An ACK while something is outstanding (tcp_rate_gen). */
function rateByAck(rate: DeliveryRate, passed: Passed): DeliveryRate {
  const { after, at, deliveredBefore } = passed;
  // A handshake that ends is counted after all else that its ACK tells.
  const opened = passed.before.state === 'SYN_RCVD' && isSynchronized(after.state) ? 1 : 0;
  const delivered = passed.delivered - opened;
  const limit = rate.limit !== 0 && delivered > rate.limit ? 0 : rate.limit;
  const newest = newestDelivered(rate, passed);
  const known = {
    ...rate,
    limit,
    deliveredAt: delivered > deliveredBefore ? at : rate.deliveredAt,
    sentAt: newest?.sentAt ?? rate.sentAt,
  };
  if (newest === undefined || rate.reneged) return known;
  // Some time always passes.
  const interval = Math.max(1, newest.sentAt - newest.since, at - newest.deliveredAt);
  if (interval < (after.rto.least ?? Number.POSITIVE_INFINITY)) return known;
  const sample = { delivered: delivered - newest.delivered, interval, limited: newest.limited };
  const { sample: last } = rate;
  const slower = sample.delivered * last.interval < last.delivered * interval;
  return sample.limited && slower ? known : { ...known, sample };
}

/** Of what an ACK has told of first, what was sent last. */
function newestDelivered({ stamps }: DeliveryRate, { before, after }: Passed): Stamp | undefined {
  if (before.retransmissions === after.retransmissions) return undefined;
  const sacked = new Set<number>();
  for (const { segment, mark } of elementsFrom(after.retransmissions, 0))
    if (mark === 'sacked') sacked.add(num(segment.seq));
  let newest: Stamp | undefined;
  for (const sent of elementsFrom(before.retransmissions, 0)) {
    const stamp = stamps.get(num(sent.segment.seq));
    const told = atOrBefore(endOf(sent), after.snd.una) || sacked.has(num(sent.segment.seq));
    if (told && stamp && stamp.sentAt >= (newest?.sentAt ?? 0)) newest = stamp;
  }
  return newest;
}

/** Each segment that was sent gets a stamp (tcp_rate_skb_sent). What is SACKed loses its own: it counts once. */
function withStamps(rate: DeliveryRate, { before, after, at, delivered }: Passed): DeliveryRate {
  const queue = elementsFrom(after.retransmissions, foreign(after));
  const old = elementsFrom(before.retransmissions, 0)[Symbol.iterator]();
  const stamps = new Map<number, Stamp>();
  let known = old.next().value;
  let { sentAt, deliveredAt } = rate;
  let alone = true;
  for (const sent of queue) {
    const { segment } = sent;
    while (known && atOrBefore(endOf(known), segment.seq)) known = old.next().value;
    const was = known && atOrBefore(known.segment.seq, segment.seq) ? known : undefined;
    const isNew = was === undefined || was.retransmissions !== sent.retransmissions;
    // A SYN is outstanding before it is sent.
    if (alone && was === undefined && !has(segment, SYN)) sentAt = deliveredAt = at;
    alone = false;
    const stamp = isNew
      ? stampAt({ ...rate, sentAt, deliveredAt }, at, delivered)
      : rate.stamps.get(num((was as SentSegment).segment.seq));
    if (stamp !== undefined && sent.mark !== 'sacked') stamps.set(num(segment.seq), stamp);
  }
  return { ...rate, sentAt, deliveredAt, stamps };
}

function stampAt(
  { sentAt: since, deliveredAt, limit }: DeliveryRate,
  sentAt: Instant,
  delivered: number,
): Stamp | undefined {
  if (since === undefined || deliveredAt === undefined) return undefined;
  return { sentAt, since, deliveredAt, delivered, limited: limit !== 0 };
}

/** A listener's SYN,ACK is its request's, and not outstanding for the connection. */
function foreign({ open, retransmissions }: Tcb): number {
  return open === 'passive' ? countSyn(retransmissions) : 0;
}
