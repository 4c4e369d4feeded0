/** RFC 5681 §3.1 Slow Start and Congestion Avoidance, from the initial window of RFC 6928 on: how many segments may be under way. */

import { unsentOctets } from './queued.js';
import type { Instant } from './rule.js';
import type { Segment } from './segment.js';
import { has, SYN } from './segment.js';
import type { Seq } from './seq.js';
import { add, before, distance } from './seq.js';
import type { Suspicion } from './spurious.js';
import { isSpurious, suspected } from './spurious.js';
import type { Tcb } from './tcb.js';
import { editRto, editTcb } from './tcb.js';

/** In segments, as deployed stacks count. */
export interface Congestion {
  /** cwnd. */
  readonly window: number;
  /** ssthresh: up to here the window grows by what is acknowledged. */
  readonly threshold: number;
  /** After an RTO, until all that was sent before it is acknowledged. */
  readonly loss: Loss | undefined;
}

interface Loss {
  /** SND.NXT when the timer went off. */
  readonly until: Seq;
  /** What was sent before is taken to be lost. */
  readonly at: Instant;
  /** Deviation `spurious-timeout`: it may be wrong. */
  readonly suspicion?: Suspicion | undefined;
}

/** RFC 5681 §3.1 (4), with the multiplicative decrease of CUBIC (RFC 9438 §4.6). */
const DECREASE = 0.7;
const LEAST_THRESHOLD = 2;

/** cwnd, segments; without the deviation there is no limit. */
export function congestionWindow({ rto, settings }: Tcb): number {
  return rto.congestion?.window ?? settings.initialWindow ?? Number.POSITIVE_INFINITY;
}

/** Whether one more segment may be under way. */
export function mayFly(tcb: Tcb): boolean {
  if (tcb.settings.initialWindow === undefined) return true;
  return flight(tcb) < congestionWindow(tcb);
}

/**
 * Deviation `initial-window`: how many segments go as one unit, which an interface cuts; 0: the unit waits. It does for room for
 * all of it, or a third of all room, unless nothing has just left, or the oldest of what is outstanding left less than a round trip ago.
 */
export function nextUnit(tcb: Tcb, full: number, now: Instant): number {
  const { rto, settings, retransmissions, snd, queued } = tcb;
  if (settings.initialWindow === undefined) return Number.POSITIVE_INFINITY;
  const window = congestionWindow(tcb);
  const free = window - flight(tcb);
  const srtt = rto.srtt ?? 0;
  const most = Math.max(2, Math.floor((2 * window * SECOND) / Math.max(1, srtt) / PACING));
  const unit = Math.max(1, Math.min(most, Math.floor(window / 2), free));
  const [oldest] = retransmissions;
  const newest = retransmissions.at(-1);
  if (oldest === undefined || newest === undefined) return unit;
  const unsent = unsentOctets(queued);
  const room = Math.min(distance(snd.nxt, add(snd.una, snd.wnd)), free * full);
  const third = Math.floor(Math.min(snd.wnd, window * full) / 3);
  if (unsent <= Math.max(full, room) || room >= most * full || room >= third) return unit;
  const late = now - newest.sentAt >= JUST_NOW || now - oldest.sentAt < srtt;
  return late ? unit : 0;
}

const SECOND = 1_000_000;
/** So often in a second something leaves at the pace of twice the congestion window a round trip. */
const PACING = 1_024;
const JUST_NOW = 1_000;

/** How many segments are under way: neither acknowledged nor taken to be lost. */
function flight({ retransmissions, rto }: Tcb): number {
  const { loss } = rto.congestion ?? NO_LOSS;
  let count = 0;
  for (const { segment, sentAt } of retransmissions) {
    // A SYN,ACK that was opened fast takes no room.
    if (!has(segment, SYN) && (loss === undefined || sentAt >= loss.at)) count += 1;
  }
  return count;
}

const NO_LOSS = { loss: undefined };

/** The place in the queue of the first segment that is taken to be lost; -1 when none is. */
function firstLost({ retransmissions, rto }: Tcb): number {
  const { loss } = rto.congestion ?? NO_LOSS;
  return loss === undefined ? -1 : retransmissions.findIndex(({ sentAt }) => sentAt < loss.at);
}

/** How many segments are taken to be lost and have not gone again. */
export function lostSegments({ retransmissions, rto }: Tcb): number {
  const { loss } = rto.congestion ?? NO_LOSS;
  return loss === undefined ? 0 : retransmissions.filter(({ sentAt }) => sentAt < loss.at).length;
}

/** After an ACK of new data, by which `acked` segments left the queue. `tcb` is the connection before it. */
export function afterAck(tcb: Tcb, seg: Segment, acked: number): Congestion | undefined {
  const { congestion } = tcb.rto;
  if (tcb.settings.initialWindow === undefined) return congestion;
  const { window, threshold, loss } = congestion ?? {
    window: congestionWindow(tcb),
    threshold: Number.POSITIVE_INFINITY,
    loss: undefined,
  };
  const suspicion = loss?.suspicion;
  if (suspicion !== undefined && isSpurious(tcb, seg, acked)) {
    return {
      window: Math.max(window, suspicion.window) + acked,
      threshold: Math.max(threshold, suspicion.threshold),
      loss: undefined,
    };
  }
  // RFC 7661 §4.4: a window that is not used does not grow.
  const used = loss !== undefined || 2 * flight(tcb) > window;
  const grown = used && window < threshold ? Math.min(window + acked, threshold) : window;
  const over = loss !== undefined && !before(seg.ack, loss.until);
  const next = suspicion?.step === 'first' ? triesNew(tcb, loss, suspicion) : loss;
  if (grown === window && !over && next === loss) return congestion;
  return { window: grown, threshold, loss: over ? undefined : next };
}

/** RFC 5682 §2.1, 2b: new text goes before what may be lost. */
function triesNew({ snd }: Tcb, loss: Loss | undefined, suspicion: Suspicion): Loss | undefined {
  if (loss === undefined) return undefined;
  return { ...loss, until: snd.nxt, suspicion: { ...suspicion, step: 'new' } };
}

/** New text, or the FIN, is tried before what may be lost. */
export function isTryingNew({ rto, snd }: Tcb): boolean {
  const step = rto.congestion?.loss?.suspicion?.step;
  return step === 'new' && before(snd.nxt, add(snd.una, snd.wnd));
}

/** It was tried. */
export function hasTriedNew(tcb: Tcb): Tcb {
  const { congestion } = tcb.rto;
  const { loss } = congestion ?? NO_LOSS;
  if (congestion === undefined || loss?.suspicion?.step !== 'new') return tcb;
  const over: Loss = { ...loss, suspicion: { ...loss.suspicion, step: 'over' } };
  return editTcb(tcb, { rto: editRto(tcb.rto, { congestion: { ...congestion, loss: over } }) });
}

/** After the RTO: one segment, and slow start up to where the loss came (RFC 5681 §3.1). */
export function afterTimeout(tcb: Tcb, now: Instant): Congestion | undefined {
  const { rto, settings, snd } = tcb;
  if (settings.initialWindow === undefined) return rto.congestion;
  const again = rto.congestion?.loss !== undefined;
  const window = congestionWindow(tcb);
  const reduced = Math.max(LEAST_THRESHOLD, Math.floor(window * DECREASE));
  const known = rto.congestion?.threshold ?? Number.POSITIVE_INFINITY;
  const suspicion =
    settings.spuriousTimeout === 'undo' ? suspected(tcb, window, known, now) : undefined;
  return {
    window: 1,
    threshold: again ? known : reduced,
    loss: { until: snd.nxt, at: now, suspicion },
  };
}

/** Deviation initial-window: which segment goes again now, as an ACK has made room for it; undefined when none. */
export function dueLost(tcb: Tcb): number | undefined {
  if (tcb.rto.congestion?.loss === undefined || !mayFly(tcb)) return undefined;
  const place = firstLost(tcb);
  return place < 0 || !fits(tcb, place) ? undefined : place;
}

/** The first segment goes whatever the window is; the others begin inside. */
function fits({ retransmissions, snd }: Tcb, place: number): boolean {
  const sent = retransmissions[place];
  return place === 0 || (sent !== undefined && before(sent.segment.seq, add(snd.una, snd.wnd)));
}
