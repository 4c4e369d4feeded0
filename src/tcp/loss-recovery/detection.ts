/** RFC 6675 §5, RFC 6582 §3.2, RFC 8985 §6.2: what an ACK changes of what is taken to be lost, and when recovery begins and ends; `arrivals.ts` has what it tells. */

import { frontOf, withFront } from '../../base/pieces.js';
import { beginReduction } from '../congestion/cubic.js';
import { congestionWindow, withCongestion } from '../congestion/flight.js';
import { holdsSynLoss } from '../congestion/syn-loss.js';
import type { Congestion } from '../congestion.js';
import { grownBy, takenBack } from '../congestion.js';
import { withTripOf } from '../retransmission/round-trip.js';
import type { SentQueue, SentSegment } from '../retransmission/sent-queue.js';
import type { Duration, Instant } from '../rule.js';
import type { Segment } from '../segment.js';
import type { Seq } from '../seq.js';
import { before, num } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { fullSegment } from '../window.js';
import { markLost } from './is-lost.js';
import type { PathSearch } from './path-search.js';
import { afterLostProbe, isProbeLost, withoutLength } from './path-search.js';
import { detectLoss, reorderingWindow } from './rack.js';
import type { Recovery } from './recovery.js';
import {
  proportional,
  shrinksWindow,
  undisturbed,
  undoOf,
  wasDelayed,
  wasNeedless,
} from './recovery.js';
import type { Heard } from './scoreboard.js';
import { asLost, countMarked, DUP_THRESH, isOdd, pipe, withoutLost } from './scoreboard.js';

/** What is made of one ACK: filled in by the functions below, one after the other. */
export interface Findings {
  readonly tcb: Tcb;
  /** The segment that brings it; undefined after a time-out. */
  readonly seg: Segment | undefined;
  /** SEG.ACK; TSecr, 0 without one. */
  readonly ack: Seq;
  readonly echo: number;
  readonly now: Instant;
  readonly heard: Heard;
  /** SEG.ACK > SND.UNA. */
  readonly progress: boolean;
  /** What is outstanding once SEG.ACK counts. */
  queue: SentQueue;
  recovery: Recovery;
  congestion: Congestion | undefined;
  /** How many segments the ACK tells to have arrived. */
  delivered: number;
  /** How many have come twice (RFC 2883). */
  twice: number;
  /** How many are newly taken to be lost, and how many of those had gone again. */
  lost: number;
  lostAgain: number;
  /** The reordering timer; 0: nothing waits for it. */
  wait: Duration;
  /** A recovery begins, and with it a reduction of the window. */
  reduces: boolean;
  /** Nothing goes because of this ACK. */
  waits: boolean;
  /** What longer segments have told of the path. */
  search: PathSearch | undefined;
  readonly why: string[];
}

/** Before anything is concluded. */
export function findingsOf(tcb: Tcb, seg: Segment, heard: Heard, now: Instant): Findings {
  const echo = tcb.options.timestamps ? (seg.options.timestamps?.ecr ?? 0) : 0;
  return {
    ...findingsAt(tcb, now),
    seg,
    heard,
    queue: heard.queue,
    delivered: heard.arrived.length + heard.part,
    ack: before(seg.ack, tcb.snd.una) ? tcb.snd.una : seg.ack,
    echo,
    progress: before(tcb.snd.una, seg.ack),
  };
}

/** The same when no ACK has come, but a time-out. */
export function findingsAt(tcb: Tcb, now: Instant): Findings {
  const heard = {
    acked: 0,
    part: 0,
    divided: undefined,
    queue: tcb.retransmissions,
    arrived: [],
    sacked: 0,
    twice: undefined,
  };
  return {
    tcb,
    seg: undefined,
    now,
    heard,
    ack: tcb.snd.una,
    echo: 0,
    progress: false,
    queue: heard.queue,
    recovery: tcb.rto.recovery ?? undisturbed(tcb),
    congestion: tcb.rto.congestion,
    delivered: 0,
    twice: tcb.rto.twice,
    lost: 0,
    lostAgain: 0,
    wait: 0,
    reduces: false,
    waits: false,
    search: tcb.rto.search,
    why: [],
  };
}

/** Marks what is lost: RFC 8985 with the deviation, else RFC 6675; without SACK the front, after DupThresh duplicates or a partial ACK (RFC 6582). */
export function findLost(found: Findings): void {
  const { tcb } = found;
  if (tcb.settings.lossRecovery === 'timeout') return;
  if (!tcb.options.sack) findFront(found);
  else if (tcb.settings.lossRecovery !== 'rack') findByBlocks(found);
  // When nothing has arrived the same is lost as before.
  else if (found.recovery.rack.advanced) findByTime(found);
}

function findFront(found: Findings): void {
  const { recovery, progress, queue, tcb } = found;
  const front = frontOf(queue);
  if (front === undefined || front.mark === 'lost') return;
  const loss = tcb.rto.congestion?.loss !== undefined;
  const recovering = recovery.phase === 'recovery';
  const calm = !loss && !recovering && !(tcb.settings.lossRecovery === 'rack' && holdsSynLoss(tcb));
  const third = calm && recovery.duplicates >= recovery.rack.degree;
  if (third || (recovering && progress)) markFront(found, front);
}

function markFront(found: Findings, front: SentSegment): void {
  found.queue = withFront(found.queue, asLost(front));
  found.lost += 1;
}

function findByBlocks(found: Findings): void {
  const { queue, recovery, tcb } = found;
  const marks = markLost(queue, fullSegment(tcb));
  found.queue = marks.queue;
  found.lost += marks.lost;
  const front = frontOf(found.queue);
  const third = recovery.phase !== 'recovery' && recovery.duplicates >= DUP_THRESH;
  if (third && front !== undefined && front.mark === undefined) markFront(found, front);
}

/** RFC 8985 §6.2, steps 4 and 5. */
export function findByTime(found: Findings): void {
  const { tcb, seg, heard, recovery, now } = found;
  const recovering = recovery.phase === 'recovery' || found.congestion?.loss !== undefined;
  const sacked = countMarked(found.queue, 'sacked');
  const rto = seg === undefined ? tcb.rto : withTripOf(tcb, seg, heard, now);
  const window = reorderingWindow(rto, recovery.rack, sacked, recovering);
  const { queue, lost, again, wait } = detectLoss(found.queue, recovery.rack, window, now);
  found.queue = queue;
  found.lost += lost;
  found.lostAgain += again;
  found.wait = wait;
  change(found, { rack: { ...recovery.rack, advanced: false } });
}

/** Something is lost: recovery begins, unless it is a longer segment that was tried, whose loss tells only that (RFC 4821 §7.6.2). */
export function answerLoss(found: Findings): void {
  const { tcb, congestion, recovery, why } = found;
  if (isProbeLost(tcb)) {
    found.search = withoutLength(found.search);
    why.push(`the path does not take ${tcb.rto.search?.probe?.octets} octets`);
    if (tcb.settings.initialWindow !== undefined && recovery.phase !== 'reduced') {
      found.congestion = afterLostProbe(tcb, congestion);
      change(found, { phase: 'open', undo: undefined });
      return;
    }
  }
  enterRecovery(found);
}

/** RFC 6675 §5, step (4); RFC 6582 §3.2, step 2: recovery begins. */
export function enterRecovery(found: Findings): void {
  const { tcb, ack, queue, congestion, why } = found;
  const { phase } = found.recovery;
  const window = congestion?.window ?? congestionWindow(tcb);
  const undo = tcb.settings.lossRecovery === 'rack' ? undoOf(tcb, queue, window, ack) : undefined;
  const reduction = { prior: window, delivered: 0, out: 0 };
  // A mark has reduced the window before: that is not taken back, nor done twice, and it ends when that would have.
  if (phase === 'reduced')
    change(found, { phase: 'recovery', undo: undo && { ...undo, ...NOTHING_BACK } });
  else change(found, { phase: 'recovery', until: tcb.snd.nxt, reduction, undo });
  found.reduces = phase !== 'reduced';
  if (tcb.settings.initialWindow !== undefined && phase !== 'reduced') {
    found.congestion = beginReduction(tcb.settings, congestion, window);
    why.push(`ssthresh <- ${found.congestion.threshold}`);
  }
  why.push(`fast recovery until SEG.ACK=${num(tcb.snd.nxt)}`);
}

/** After a mark nothing is taken back, whatever was needless (RFC 3168 §6.1.2). */
export const NOTHING_BACK = { window: 0, threshold: 0 };

/** The end of recovery: cwnd <- ssthresh, or what was before it. */
export function leaveRecovery(found: Findings): void {
  const { echo, recovery, congestion, why, tcb } = found;
  // What was taken back already is not reduced again.
  const reduced_ = recovery.undo !== undefined || tcb.settings.lossRecovery !== 'rack';
  if (wasNeedless(recovery.undo, echo)) takeBack(found, false);
  else if (congestion !== undefined && reduced_) {
    const { threshold } = congestion;
    found.congestion = { ...congestion, window: threshold };
  }
  why.push('all that was outstanding when recovery began is acknowledged: it is over');
  // Without SACK the duplicates were answers to what is acknowledged now.
  if (!tcb.options.sack) change(found, { duplicates: 0 });
  settle(found);
}

/** RFC 3168 §6.1.2: something that was sent after the reduction is acknowledged: cwnd <- ssthresh. */
export function leaveReduction(found: Findings): void {
  const { congestion, why } = found;
  if (congestion !== undefined) {
    found.congestion = { ...congestion, window: congestion.threshold };
  }
  change(found, { phase: 'open' });
  why.push('text that left after the reduction is acknowledged: it is over');
}

/** RFC 4015 §3: nothing was lost; the congestion window is what it was. */
export function takeBack(found: Findings, unmark: boolean): void {
  const { recovery, congestion, queue, why } = found;
  const { undo } = recovery;
  if (undo === undefined) return;
  if (congestion !== undefined) {
    found.congestion = { ...congestion, ...takenBack(congestion, undo) };
  }
  if (unmark) found.queue = withoutLost(queue);
  change(found, { undo: undefined });
  why.push('nothing was lost: what recovery has changed is taken back');
}

/** Nothing is taken to be lost: `disorder` while something came out of order or was sent again. */
export function settle(found: Findings): void {
  const { queue, recovery, tcb } = found;
  if (recovery.phase === 'reduced') return;
  const duplicates = tcb.options.sack ? 0 : recovery.duplicates;
  const phase = duplicates > 0 || isOdd(queue) ? 'disorder' : 'open';
  if (phase !== recovery.phase) change(found, { phase, until: tcb.snd.nxt });
}

/** RFC 6937: how many segments may be under way now. */
export function reduceWindow(found: Findings): void {
  const { recovery, congestion, delivered, progress, tcb, queue } = found;
  const shrinks = shrinksWindow(recovery);
  if (congestion === undefined || !shrinks || delivered <= 0) return;
  if (tcb.settings.lossRecovery !== 'rack') return;
  const { reduction } = recovery;
  change(found, { reduction: { ...reduction, delivered: reduction.delivered + delivered } });
  const ack = { delivered, sack: tcb.options.sack, progress: progress && found.lost === 0 };
  const window = proportional(queue, found.recovery, congestion.threshold, ack);
  found.congestion = { ...congestion, window };
}

/** What is SACKed lets the window grow where the order of arrival tells little, and what came twice with it (deviation `loss-recovery`); what is acknowledged counts in the fifth check. */
export function growWindow(found: Findings): void {
  const { congestion, heard, recovery, tcb } = found;
  const shrinks = shrinksWindow(recovery);
  const known = shrinks || recovery.rack.degree <= tcb.settings.reorderingDegree;
  if (known || congestion === undefined || heard.acked + heard.part > 0) return;
  if (heard.sacked === 0) return;
  found.congestion = grownBy(withCongestion(tcb, congestion), found.delivered, found.now);
}

/** What is under way is all that may be. */
export function holdBack(found: Findings): void {
  const { congestion, queue, recovery, tcb } = found;
  if (congestion === undefined) return;
  const flight = pipe(queue, tcb.options.sack ? 0 : recovery.duplicates);
  found.congestion = { ...congestion, window: Math.min(congestion.window, flight) };
}

export function change(found: Findings, changes: Partial<Recovery>): void {
  found.recovery = { ...found.recovery, ...changes };
}

/** Whether what was delayed, and not lost, filled the hole: a partial ACK that answers what was sent first. */
export function wasLate({ recovery, echo }: Findings): boolean {
  return recovery.undo !== undefined && wasDelayed(recovery.undo, echo);
}
