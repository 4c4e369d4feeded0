/** RFC 5681 §3.1 Slow Start and Congestion Avoidance, from the initial window of RFC 6928 on: how many segments may be under way. */

import { atPlace, edited, firstOf, frontOf, withBefore, withoutFirst } from '../base/pieces.js';
import type { Cubic } from './congestion/cubic.js';
import { avoid, NOT_REDUCED, reducedWindow } from './congestion/cubic.js';
import {
  congestionWindow,
  flight,
  mayFly,
  uncongested,
  withCongestion,
} from './congestion/flight.js';
import type { Round } from './congestion/slow-start-end.js';
import { firstRound, followRound, leastTrip } from './congestion/slow-start-end.js';
import { beginsWithOne } from './congestion/syn-loss.js';
import type { WindowUse } from './congestion/window-use.js';
import { isUsed } from './congestion/window-use.js';
import type { Undo } from './loss-recovery/recovery.js';
import { isRecovering, isReducing, undoOf, withAgain } from './loss-recovery/recovery.js';
import { hasReneged } from './loss-recovery/reneging.js';
import { asLost, countSyn, marked, placeOfDue } from './loss-recovery/scoreboard.js';
import type { Suspicion } from './loss-recovery/spurious.js';
import { spuriousBy, suspected } from './loss-recovery/spurious.js';
import { hasAny, sumOf, tallyOf } from './loss-recovery/tally.js';
import type { SentSegment } from './retransmission/sent-queue.js';
import { rejoined } from './retransmission/sent-units.js';
import type { Instant } from './rule.js';
import type { Segment } from './segment.js';
import type { Seq } from './seq.js';
import { add, before } from './seq.js';
import type { Tcb } from './tcb.js';
import { editTcb } from './tcb.js';

/** In segments, as deployed stacks count. */
export interface Congestion {
  /** cwnd. */
  readonly window: number;
  /** ssthresh: up to here the window grows by what is acknowledged. */
  readonly threshold: number;
  /** After an RTO, until all that was sent before it is acknowledged. */
  readonly loss: Loss | undefined;
  /** How far the window was filled; undefined before text was sent. */
  readonly use?: WindowUse | undefined;
  /** How it grows beyond ssthresh; undefined before it was reduced or has reached that. */
  readonly cubic?: Cubic | undefined;
  /** What the round trips of slow start tell; undefined before the first (deviation slow-start-end). */
  readonly round?: Round | undefined;
}

interface Loss {
  /** SND.NXT when the timer went off. */
  readonly until: Seq;
  /** Deviation `spurious-timeout`: it may be wrong. */
  readonly suspicion?: Suspicion | undefined;
}

const NO_LOSS: Pick<Congestion, 'loss' | 'cubic'> = { loss: undefined };

/** After an ACK of new data, by which `acked` segments left the queue. `tcb` is the connection before it. */
export function afterAck(
  tcb: Tcb,
  seg: Segment,
  acked: number,
  now: Instant,
): Congestion | undefined {
  const { congestion } = tcb.rto;
  if (tcb.settings.initialWindow === undefined) return congestion;
  const known = followRound(tcb, congestion ?? uncongested(tcb), seg.ack, acked, now);
  const { window, threshold, loss } = known;
  if (beginsWithOne(tcb, seg)) return { ...known, window: 1 };
  const suspicion = loss?.suspicion;
  // "The SYN/ACK and the acknowledgment of the SYN/ACK MUST NOT increase the size of the congestion window."
  const syn = countSyn(tcb.retransmissions);
  const fresh = arrivedBy(tcb, acked) - syn;
  const reneged = hasReneged(tcb, acked);
  const proof = reneged ? undefined : spuriousBy(tcb, seg, acked);
  if (suspicion !== undefined && proof !== undefined) {
    const back = { ...known, ...takenBack({ window, threshold }, suspicion) };
    const grown = grownBy(withCongestion(tcb, back), fresh, now) ?? back;
    return { ...grown, loss: lossAfter(tcb, seg, proof) };
  }
  if (isReducing(tcb)) return congestion;
  const same = known === congestion || known.round === undefined;
  const grown = grownBy(same ? tcb : withCongestion(tcb, known), fresh, now) ?? known;
  // RFC 6582 §4: without SACK duplicates may follow that answer what was sent again.
  const held = tcb.settings.lossRecovery === 'rack' && !tcb.options.sack && seg.ack === loss?.until;
  const over = loss !== undefined && !before(seg.ack, loss.until) && !held && !reneged;
  // Of the text that may be lost the ACK of the SYN alone says nothing.
  const first = suspicion?.step === 'first' && (acked === 0 || acked > syn) && !reneged;
  const next =
    first && loss !== undefined && before(seg.ack, loss.until)
      ? triesNew(tcb, loss, suspicion)
      : loss;
  if (grown === known && !over && next === loss)
    return known.round === undefined ? congestion : known;
  return { ...grown, loss: over ? undefined : next };
}

/** How many segments an ACK has told to have arrived, by which `acked` leave the queue. */
function arrivedBy({ rto, retransmissions }: Tcb, acked: number): number {
  if (rto.recovery !== undefined) return rto.recovery.delivered;
  return firstOf(retransmissions, acked).filter(({ mark }) => mark !== 'sacked').length;
}

/** RFC 4015 §3: nothing was lost; window and threshold are what they were before, if that was more. */
export function takenBack(now: Limits, before_: Limits): Limits {
  return {
    window: Math.max(now.window, before_.window),
    threshold: Math.max(now.threshold, before_.threshold),
  };
}

type Limits = Pick<Congestion, 'window' | 'threshold'>;

/** After `count` segments have arrived: slow start up to ssthresh, then congestion avoidance. */
export function grownBy(tcb: Tcb, count: number, now: Instant): Congestion | undefined {
  const { congestion } = tcb.rto;
  const window = congestionWindow(tcb);
  const threshold = congestion?.threshold ?? Number.POSITIVE_INFINITY;
  if (count <= 0 || !isUsed(tcb, { window, threshold })) return congestion;
  const slow = Math.max(window, Math.min(window + count, threshold));
  const rest = count - (slow - window);
  const grown = { ...(congestion ?? NO_LOSS), window: slow, threshold };
  if (rest === 0) return grown;
  const { cubic = NOT_REDUCED } = grown;
  return { ...grown, ...avoid(tcb.settings, cubic, slow, rest, now, leastTrip(tcb)) };
}

/** RFC 6582 §4: without SACK the loss is over when something behind it is acknowledged, or what was never sent again. */
function lossAfter(tcb: Tcb, { ack }: Segment, proof: 'echo' | 'original'): Loss | undefined {
  const loss = tcb.rto.congestion?.loss;
  if (tcb.options.sack || loss === undefined) return undefined;
  if (ack === loss.until) return { until: loss.until };
  if (proof !== 'echo' || loss.suspicion === undefined) return undefined;
  return { ...loss, suspicion: { ...loss.suspicion, echoed: true } };
}

/** RFC 5682 §2.1, 2b: new text goes before what may be lost. */
function triesNew({ snd }: Tcb, loss: Loss, suspicion: Suspicion): Loss {
  return { ...loss, until: snd.nxt, suspicion: { ...suspicion, step: 'new' } };
}

/** New text, or the FIN, is tried before what may be lost. */
export function isTryingNew({ rto, snd }: Tcb): boolean {
  const step = rto.congestion?.loss?.suspicion?.step;
  return step === 'new' && before(snd.nxt, add(snd.una, snd.wnd));
}

/** It was tried: what may be lost waits for the next ACK; or nothing could be. */
export function hasTriedNew(tcb: Tcb, step: 'tried' | 'over' = 'over'): Tcb {
  return stepped(tcb, 'new', step);
}

/** The next ACK is there. */
export function hasWaited(tcb: Tcb): Tcb {
  return stepped(tcb, 'tried', 'waited');
}

function stepped(tcb: Tcb, from: Suspicion['step'], to: Suspicion['step']): Tcb {
  const { congestion } = tcb.rto;
  const { loss } = congestion ?? NO_LOSS;
  if (congestion === undefined || loss?.suspicion?.step !== from) return tcb;
  const over: Loss = { ...loss, suspicion: { ...loss.suspicion, step: to } };
  return withCongestion(tcb, { ...congestion, loss: over });
}

/** What the RTO has shown to be lost, or not to be: all but what was sent later than a round trip ago (RFC 8985 §6.3). */
export function markTimedOut(tcb: Tcb, now: Instant): Tcb {
  const { retransmissions, rto, settings, options } = tcb;
  if (settings.initialWindow === undefined) return withoutMarks(tcb);
  const front = frontOf(retransmissions);
  // RFC 2018 §8: the peer has thrown away what it had SACKed.
  const reneged = front?.mark === 'sacked';
  const rtt = rto.recovery?.rack.end === undefined ? (rto.latest ?? 0) : rto.recovery.rack.rtt;
  // Without SACK nothing is judged by its time.
  const judges = settings.lossRecovery === 'rack' && options.sack;
  const recent = (sent: SentSegment) => judges && sent !== front && now - sent.sentAt < rtt;
  const queue = edited(
    reneged ? rejoined(retransmissions, tcb.snd.una) : retransmissions,
    (piece) => reneged || tallyOf(piece).due + tallyOf(piece).sacked < piece.length,
    (sent) => (!reneged && (sent.mark === 'sacked' || recent(sent)) ? sent : asLost(sent)),
  );
  return editTcb(tcb, { retransmissions: queue });
}

/** The same of the text behind our SYN. */
export function markTextTimedOut(tcb: Tcb, now: Instant): Tcb {
  const syn = firstOf(tcb.retransmissions, 1);
  const text = withoutFirst(tcb.retransmissions, 1);
  if (text.length === 0) return tcb;
  const { retransmissions } = markTimedOut(editTcb(tcb, { retransmissions: text }), now);
  return editTcb(tcb, { retransmissions: withBefore(syn, retransmissions) });
}

/** RFC 2018 §8: after an RTO nothing that was SACKed counts. */
function withoutMarks(tcb: Tcb): Tcb {
  const { retransmissions } = tcb;
  if (!hasAny(retransmissions, 'marked')) return tcb;
  const queue = edited(
    retransmissions,
    (piece) => tallyOf(piece).fresh < piece.length,
    (sent) => marked(sent, undefined),
  );
  return editTcb(tcb, { retransmissions: queue });
}

/** The window was reduced because of this loss already. When something was acknowledged since the last RTO, this is another. */
function isReduced(tcb: Tcb): boolean {
  const { rto, snd } = tcb;
  if (isReducing(tcb) && before(snd.una, rto.recovery?.until ?? snd.una)) return true;
  const loss = rto.congestion?.loss;
  return loss !== undefined && before(snd.una, loss.until) && rto.expiries > 0;
}

/** RFC 2883 §4: what is taken back when the peer tells that all that goes again after the RTO, the front at once, had arrived. */
export function undoAfterTimeout(tcb: Tcb): Undo | undefined {
  const known = tcb.rto.recovery?.undo;
  const undo = isReduced(tcb) ? known : undoOf(tcb, tcb.retransmissions, congestionWindow(tcb));
  return undo && withAgain(undo, 1);
}

/** After the RTO: one segment, and slow start up to where the loss came (RFC 5681 §3.1). `tcb` has what was lost marked. */
export function afterTimeout(tcb: Tcb, now: Instant): Congestion | undefined {
  const { rto, settings, snd } = tcb;
  if (settings.initialWindow === undefined) return rto.congestion;
  const again = isReduced(tcb);
  const window = congestionWindow(tcb);
  const reduced = reducedWindow(settings, window);
  const known = rto.congestion?.threshold ?? Number.POSITIVE_INFINITY;
  const before_ = (isReducing(tcb) && again ? rto.recovery?.undo : undefined) ?? {
    window,
    threshold: known,
  };
  const suspicion =
    settings.spuriousTimeout !== 'ignore'
      ? suspected(tcb, before_.window, before_.threshold, now)
      : undefined;
  return {
    window: flight(tcb) + 1,
    threshold: again ? known : reduced,
    loss: { until: snd.nxt, suspicion },
    use: rto.congestion?.use && { ...rto.congestion.use, sentAt: now, unusedSince: now },
    cubic: undefined,
    round: rto.congestion?.round && firstRound(snd.nxt, now),
  };
}

/** Which place of the queue has a segment that is taken to be lost and goes again now, if there is room; undefined when none. */
export function dueLost(tcb: Tcb): number | undefined {
  const { loss } = tcb.rto.congestion ?? NO_LOSS;
  const goes = (loss !== undefined && loss.suspicion?.step !== 'tried') || isRecovering(tcb);
  if (!goes || !mayFly(tcb)) return undefined;
  // As much as is lost is under way again already, if not the same.
  if (sumOf(tcb.retransmissions, 'again') >= sumOf(tcb.retransmissions, 'lost')) return undefined;
  const place = placeOfDue(tcb.retransmissions);
  return place === undefined || !fits(tcb, place) ? undefined : place;
}

/** The first segment goes whatever the window is; the others begin inside. */
function fits({ retransmissions, snd }: Tcb, place: number): boolean {
  const sent = atPlace(retransmissions, place);
  return place === 0 || (sent !== undefined && before(sent.segment.seq, add(snd.una, snd.wnd)));
}
