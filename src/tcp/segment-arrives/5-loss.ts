/** RFC 5681 §3.2 Fast Retransmit/Fast Recovery, before the fifth check: what an ACK tells of lost segments. The fifth check sends them. */

import { firstOf, frontOf, withBefore } from '../../base/pieces.js';
import { takenBack } from '../congestion.js';
import { withCwrDue, withCwrWithdrawn } from '../ecn/feedback.js';
import { tellsOfMark } from '../ecn/response.js';
import { isOpenEarly } from '../fast-open.js';
import {
  countDuplicate,
  followArrivals,
  followTwice,
  noteLate,
} from '../loss-recovery/arrivals.js';
import type { Findings } from '../loss-recovery/detection.js';
import {
  answerLoss,
  change,
  enterRecovery,
  findingsOf,
  findLost,
  growWindow,
  holdBack,
  leaveRecovery,
  leaveReduction,
  NOTHING_BACK,
  reduceWindow,
  settle,
  takeBack,
  wasLate,
} from '../loss-recovery/detection.js';
import { grownWindow } from '../loss-recovery/rack.js';
import { wasNeedless } from '../loss-recovery/recovery.js';
import { hasReneged } from '../loss-recovery/reneging.js';
import {
  blocksTold,
  cameTwice,
  countMarked,
  firstDue,
  hear,
  isDuplicateAck,
  withoutLost,
} from '../loss-recovery/scoreboard.js';
import { afterNew, isSpuriousSack, spuriousBy } from '../loss-recovery/spurious.js';
import { withoutTailProbe } from '../loss-recovery/tail-loss.js';
import { hasAny } from '../loss-recovery/tally.js';
import { isMeasuredBySack, withSackSample } from '../retransmission/round-trip.js';
import { leaving } from '../retransmission/sent-units.js';
import { editRto } from '../retransmission/variables.js';
import type { Instant, Verdict } from '../rule.js';
import { goOn } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, ECE, has } from '../segment.js';
import { atOrBefore, before, distance, num } from '../seq.js';
import { isSynchronized } from '../states.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { editTimers, inTicks, late } from '../timers.js';
import { ackReach } from './ack-range.js';
import type { Arrival } from './arrival.js';

/** Whether a segment has anything to say of losses: blocks, a duplicate ACK, or any ACK once there was one of these. */
export function tellsOfLoss(tcb: Tcb, seg: Segment): boolean {
  const { rto, settings, retransmissions } = tcb;
  if (rto.recovery === undefined && !tellsOfMark(tcb, seg)) {
    if (settings.lossRecovery === 'timeout') return false;
    if (retransmissions.length === 0) return tcb.options.sack && cameTwice(seg) !== undefined;
    const odd = isDuplicateAck(tcb, seg) || beginsBefore(tcb) || dividesUnit(tcb, seg);
    const plain = seg.options.sack === undefined && !odd;
    const inLoss = settings.lossRecovery === 'rack' && rto.congestion?.loss !== undefined;
    if (plain && !inLoss) return false;
  }
  if (!isSynchronized(tcb.state) && !isOpenEarly(tcb)) return false;
  if (!has(seg, ACK) || before(tcb.snd.nxt, seg.ack)) return false;
  return atOrBefore(tcb.snd.una, seg.ack) || tellsLate(tcb, seg);
}

/** Deviation `loss-recovery`: what an old ACK acknowledges is known, what it SACKs may be news. */
function tellsLate(tcb: Tcb, seg: Segment): boolean {
  const { settings, options, snd } = tcb;
  if (settings.lossRecovery !== 'rack' || !options.sack) return false;
  return seg.options.sack !== undefined && distance(seg.ack, snd.una) <= ackReach(tcb);
}

/** With SACK what is acknowledged part by part has come out of order. */
function beginsBefore({ retransmissions, snd, options }: Tcb): boolean {
  const front = frontOf(retransmissions);
  return options.sack && front !== undefined && before(front.segment.seq, snd.una);
}

/** RFC 8985 §6.2 with the deviation `initial-window`: what went as one has a part that has arrived, and so all of it counts. */
function dividesUnit({ options, settings, retransmissions }: Tcb, { ack }: Segment): boolean {
  if (settings.lossRecovery !== 'rack' || !options.sack) return false;
  return leaving(retransmissions, ack).divides;
}

/** With SACK the proof that an RTO was spurious leaves what was under way to RACK. */
function proofBy({ tcb, heard }: Findings, seg: Segment): 'echo' | 'original' | undefined {
  const { settings, options, snd, rto } = tcb;
  if (settings.lossRecovery !== 'rack' || !options.sack) return undefined;
  if (rto.congestion?.loss?.suspicion === undefined) return undefined;
  if (!before(snd.una, seg.ack)) return undefined;
  // Of what went as one a part tells, too.
  return spuriousBy(tcb, seg, heard.acked + heard.part);
}

export function checkLoss(tcb: Tcb, { seg }: Arrival, now: Instant): Verdict {
  const found = findingsOf(tcb, seg, hear(tcb, seg), now);
  const { heard, recovery } = found;
  const duplicate = heard.twice === undefined && isDuplicateAck(tcb, seg);
  if (has(seg, ECE) && tcb.options.ecn?.mode === 'classic') forgetUndo(found);
  followArrivals(found);
  countDuplicate(found, duplicate);
  followTwice(found);
  const told = tcb.settings.lossRecovery === 'rack' ? blocksTold(tcb, seg) : undefined;
  if (told !== undefined) change(found, { told });
  const isOld = before(seg.ack, tcb.snd.una);
  if (!isOld) widenReordering(found);
  const measured = !isOld && isMeasuredBySack(tcb, heard);
  if (measured !== recovery.measured) change(found, { measured });
  if (!(found.progress && hasReneged(tcb, heard.acked))) conclude(found, seg, duplicate);
  if (!isOld) {
    reduceWindow(found);
    growWindow(found);
  }
  if (found.waits) holdBack(found);
  if (found.delivered !== recovery.delivered) change(found, { delivered: found.delivered });
  const why = () => [...whatCame(found), ...found.why].join('; ');
  const arrived = heard.arrived.length + heard.part > 0 || heard.twice !== undefined;
  const changed = found.recovery !== recovery || arrived || found.lost > 0;
  if (!changed) return goOn(why);
  const after = withFindings(found, isOld ? tcb : withSackSample(tcb, heard, now));
  return goOn(why, found.reduces ? withCwrDue(withoutTailProbe(after)) : after);
}

/** More may come out of order, as something needless has gone again. */
function widenReordering(found: Findings): void {
  const { heard, recovery, now } = found;
  const { divided, arrived } = heard;
  const all = heard.part > 0 && divided !== undefined ? [...arrived, divided] : arrived;
  const rack = grownWindow(recovery.rack, all, now);
  if (rack !== recovery.rack) change(found, { rack });
}

/** RFC 3168 §6.1.2: what the network has marked is reduced, whatever else was needless. */
function forgetUndo(found: Findings): void {
  const { recovery, congestion } = found;
  if (recovery.undo) change(found, { undo: { ...recovery.undo, ...NOTHING_BACK } });
  const suspicion = congestion?.loss?.suspicion;
  if (congestion?.loss === undefined || suspicion === undefined) return;
  const loss = { ...congestion.loss, suspicion: { ...suspicion, ...NOTHING_BACK } };
  found.congestion = { ...congestion, loss };
}

/** The phases of recovery: what an ACK means in each. */
function conclude(found: Findings, seg: Segment, duplicate: boolean): void {
  const { tcb, recovery, ack } = found;
  const recovering = recovery.phase === 'recovery';
  if (found.congestion?.loss !== undefined) inLoss(found, seg, duplicate);
  else if (recovering && before(ack, recovery.until)) inRecovery(found);
  // RFC 6582 §3.2, step 2: without SACK duplicates of this ACK may be answers to what was sent again.
  else if (recovering && !tcb.options.sack && ack === recovery.until) holdRecovery(found);
  else if (duplicate || !isInOrder(found, seg)) {
    if (recovering) leaveRecovery(found);
    else if (recovery.phase === 'reduced' && before(recovery.until, ack)) leaveReduction(found);
    if (found.recovery.undo?.open === 0) takeBack(found, false);
    findLost(found);
    if (countMarked(found.queue, 'lost') > 0) answerLoss(found);
    else settle(found);
  }
}

/** Deviation `loss-recovery`: while nothing came out of order, RACK looks only when a block or a duplicate tells that something may have. */
function isInOrder({ tcb, recovery, heard }: Findings, seg: Segment): boolean {
  if (tcb.settings.lossRecovery !== 'rack' || recovery.phase !== 'open') return false;
  return heard.sacked === 0 && heard.twice === undefined && !has(seg, ECE);
}

/** RFC 6675 §5, step (B) and RFC 6582 §3.2, step 3: ACKs before the end of recovery. */
function inRecovery(found: Findings): void {
  if (found.progress && wasLate(found)) {
    noteLate(found);
    // Until it is known what became of what went again, nothing else does.
    if (hasAny(found.queue, 'again')) {
      found.waits = true;
      return;
    }
    takeBack(found, true);
    settle(found);
  }
  if (found.recovery.undo?.open === 0) {
    takeBack(found, false);
    settle(found);
  }
  findLost(found);
  if (found.recovery.phase === 'recovery') return;
  if (countMarked(found.queue, 'lost') > 0) enterRecovery(found);
}

function holdRecovery(found: Findings): void {
  if (wasNeedless(found.recovery.undo, found.echo)) takeBack(found, false);
  change(found, { duplicates: 0 });
}

/** After an RTO the fifth check goes on with what was lost; what was sent again and is lost again begins a recovery. */
function inLoss(found: Findings, seg: Segment, duplicate: boolean): void {
  const { tcb, heard, congestion } = found;
  const twice = found.progress && found.recovery.undo?.open === 0 ? 'twice' : undefined;
  const proof = twice ?? (isSpuriousSack(tcb, heard) ? 'original' : proofBy(found, seg));
  if (congestion?.loss !== undefined && proof !== undefined) {
    const { suspicion = congestion } = congestion.loss;
    found.congestion = { ...congestion, ...takenBack(congestion, suspicion), loss: undefined };
    found.queue = withoutLost(found.queue);
    change(found, { undo: undefined });
    found.why.push(SPURIOUS[proof]);
    findLost(found);
    if (countMarked(found.queue, 'lost') === 0) settle(found);
    else enterRecovery(found);
    return;
  }
  // RFC 5682 §2.1, 3a: new text has arrived before what may be lost.
  if (duplicate || heard.sacked > 0) found.congestion = afterNew(tcb, congestion);
  findLost(found);
  if (found.lostAgain > 0) enterRecovery(found);
}

const SPURIOUS = {
  twice: 'all that went again had arrived: the RTO was spurious (RFC 2883 §4)',
  original: 'what was never sent again has arrived: the RTO was spurious (RFC 5682 §3)',
  echo: 'TSecr is older than what went again: the RTO was spurious (RFC 3522 §3.2)',
};

/** The connection, whose round trip is measured, after all that was found; the state of recovery is forgotten once nothing is left of it. */
function withFindings(found: Findings, sampled: Tcb): Tcb {
  const { tcb, heard, queue, congestion, now, wait } = found;
  const acked = firstOf(tcb.retransmissions, heard.acked);
  if (wait > 0) change(found, { rack: { ...found.recovery.rack, waitsSince: now } });
  // What an ACK before it has set at this moment is not its own.
  else if (found.recovery.rack.waitsSince === now)
    change(found, { rack: { ...found.recovery.rack, waitsSince: undefined } });
  const recovery = isForgotten(found) ? undefined : found.recovery;
  // A loss that was none has no time-outs.
  const undone = tcb.rto.congestion?.loss !== undefined && congestion?.loss === undefined;
  const expiries = undone ? 0 : sampled.rto.expiries;
  const { twice, search } = found;
  const rto = editRto(sampled.rto, { recovery, congestion, expiries, twice, search });
  const known = editTcb(sampled, { rto, retransmissions: withBefore(acked, queue) });
  const after = withCwrWithdrawn(known, tcb);
  if (wait === 0) return after;
  const least = inTicks(wait + LEAST_WAIT, wait, tcb.settings);
  const retransmission = now + late(least, tcb.settings);
  return editTcb(after, {
    rto: editRto(rto, { tail: 'reordering' }),
    timers: editTimers(after.timers, { retransmission }),
  });
}

/** What the reordering timer adds, microseconds: timers kept in ticks do not go off sooner. */
const LEAST_WAIT = 2_000;

function isForgotten({ recovery, queue, tcb, heard }: Findings): boolean {
  const { phase, undo, duplicates, rack } = recovery;
  if (phase !== 'open' || undo !== undefined || duplicates > 0) return false;
  if (tcb.settings.lossRecovery !== 'rack') return true;
  // What has arrived is more, or less, than the fifth check can see.
  if (recovery.delivered !== heard.arrived.length + heard.part) return false;
  return queue.length === 0 && rack.reordered === 0 && rack.multiple === 1 && !rack.twice;
}

function whatCame({ heard, tcb, ack, recovery, lost, queue }: Findings): readonly string[] {
  const { arrived, sacked, twice } = heard;
  const said: string[] = [];
  if (sacked > 0) said.push(`${countOf(sacked)} SACKed, ${countMarked(queue, 'sacked')} in all`);
  if (twice !== undefined)
    said.push(`${num(twice.left)} to ${num(twice.right)} came twice (RFC 2883)`);
  if (recovery.duplicates > 0 && !tcb.options.sack)
    said.push(`duplicate ACK of ${num(ack)}: ${recovery.duplicates} of ${recovery.rack.degree}`);
  if (said.length === 0) said.push(`${countOf(arrived.length)} acknowledged`);
  const first = firstDue(queue);
  if (lost > 0 && first !== undefined) said.push(lostWhy(lost, num(first.segment.seq)));
  return said;
}

function lostWhy(count: number, first: number): string {
  if (count === 1) return `one segment is taken to be lost: ${first}`;
  return `${count} segments are taken to be lost, the first at ${first}`;
}

function countOf(count: number): string {
  return count === 1 ? 'one segment' : `${count} segments`;
}
