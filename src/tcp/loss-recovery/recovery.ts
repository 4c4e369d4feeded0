/** RFC 5681 §3.2 Fast Retransmit/Fast Recovery: the state that a connection has after its first duplicate ACK or block of SACK. */

import { timestampBefore, timestampClock } from '../options.js';
import type { SentQueue } from '../retransmission/sent-queue.js';
import { editRto } from '../retransmission/variables.js';
import type { Instant } from '../rule.js';
import { NONE } from '../sending/queued.js';
import type { Seq } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import type { Rack } from './rack.js';
import { NOTHING_ARRIVED } from './rack.js';
import type { SackBlock } from './sack-state.js';
import { pipe } from './scoreboard.js';
import { sumOf, tallyOf } from './tally.js';

export interface Recovery {
  /**
   * `disorder`: something came out of order, and nothing is taken to be lost; `reduced`: something was marked (RFC 3168 §6.1.2);
   * `recovery`: what is lost goes again.
   */
  readonly phase: 'open' | 'disorder' | 'reduced' | 'recovery';
  /** RecoveryPoint (RFC 6675 §2), `recover` (RFC 6582 §3.2): SND.NXT when it began. */
  readonly until: Seq;
  /** Duplicate ACKs, with SACK those that told something new. */
  readonly duplicates: number;
  /** How many segments the last ACK has told to have arrived. */
  readonly delivered: number;
  /** How the congestion window shrinks (deviations `loss-recovery` and `initial-window`). */
  readonly reduction: Reduction;
  /** What is taken back when it turns out that nothing was lost. */
  readonly undo: Undo | undefined;
  readonly rack: Rack;
  /** The blocks that were told last: what ends in one was looked at then (deviation loss-recovery). */
  readonly told: readonly SackBlock[];
  /** The last ACK is measured by what it SACKs. */
  readonly measured: boolean;
}

/** RFC 6937 §3: RecoverFS, here cwnd when it began; prr_delivered; prr_out. */
export interface Reduction {
  readonly prior: number;
  readonly delivered: number;
  readonly out: number;
}

export interface Undo {
  /** SND.UNA when it began. */
  readonly since: Seq;
  /** Retransmissions of which no DSACK has told that they were needless; undefined before the first. */
  readonly open: number | undefined;
  /** TSval of the first retransmission. */
  readonly stamp: number | undefined;
  readonly window: number;
  readonly threshold: number;
}

/** Before anything was lost or reordered. */
export function undisturbed({ snd, settings }: Tcb): Recovery {
  return {
    phase: 'open',
    until: snd.una,
    duplicates: 0,
    delivered: 0,
    reduction: { prior: 0, delivered: 0, out: 0 },
    undo: undefined,
    told: NONE,
    measured: false,
    rack: { ...NOTHING_ARRIVED, degree: settings.reorderingDegree },
  };
}

/** Whether lost segments go again because of an ACK, before any RTO. */
export function isRecovering({ rto }: Tcb): boolean {
  return rto.recovery?.phase === 'recovery';
}

/** Whether the congestion window shrinks, because of a loss or a mark. */
export function isReducing({ rto }: Pick<Tcb, 'rto'>): boolean {
  return rto.recovery !== undefined && shrinksWindow(rto.recovery);
}

/** The same, of a recovery that no connection has yet. */
export function shrinksWindow({ phase }: Recovery): boolean {
  return phase === 'recovery' || phase === 'reduced';
}

/** Something came out of order or is lost: the end of the flight is not probed (RFC 8985 §7.2). */
export function isDisturbed({ rto }: Pick<Tcb, 'rto'>): boolean {
  const phase = rto.recovery?.phase;
  return phase === 'disorder' || phase === 'recovery';
}

/** Without SACK each duplicate ACK tells that a segment has arrived, but not which. */
export function countArrived({ rto, options }: Tcb): number {
  return options.sack ? 0 : (rto.recovery?.duplicates ?? 0);
}

/** So many segments were joined to one before them. Without SACK as many of those that have arrived count no more. */
export function withJoined(tcb: Tcb, count: number): Tcb {
  const { recovery } = tcb.rto;
  if (tcb.options.sack || recovery === undefined || recovery.duplicates === 0) return tcb;
  const duplicates = Math.max(0, recovery.duplicates - count);
  return editTcb(tcb, { rto: editRto(tcb.rto, { recovery: { ...recovery, duplicates } }) });
}

/** RFC 6937 §3: how many segments may be under way after an ACK in recovery, of the `delivered` of which it told. */
export function proportional(
  queue: SentQueue,
  { reduction, duplicates }: Recovery,
  threshold: number,
  ack: { readonly delivered: number; readonly sack: boolean; readonly progress: boolean },
): number {
  const flight = pipe(queue, ack.sack ? 0 : duplicates);
  const room = threshold - flight;
  const { prior, out } = reduction;
  const proportion = Math.ceil((threshold * reduction.delivered) / Math.max(1, prior)) - out;
  const catchUp = Math.max(reduction.delivered - out, ack.delivered) + (ack.progress ? 1 : 0);
  const count = room < 0 ? proportion : Math.min(room, catchUp);
  return flight + Math.max(count, out > 0 ? 0 : 1);
}

/** RFC 3522 §3.2 and RFC 2883: what was sent again had arrived, or nothing was sent again. */
export function wasNeedless(undo: Undo | undefined, echo: number): boolean {
  return undo !== undefined && (undo.open === 0 || wasDelayed(undo, echo));
}

/** RFC 3522 §3.2: the ACK answers something older than the first retransmission. */
export function wasDelayed({ stamp }: Undo, echo: number): boolean {
  return stamp === undefined || (echo !== 0 && timestampBefore(echo, stamp));
}

/** What is remembered when recovery begins, all before `since` being acknowledged: of a loss probe, too. */
export function undoOf(tcb: Tcb, queue: SentQueue, window: number, since = tcb.snd.una): Undo {
  const again = sumOf(queue, 'again') + (tcb.rto.tailProbe?.again ? 1 : 0);
  const first = queue.reduce((least, one) => Math.min(least, tallyOf(one).againSince), Infinity);
  return {
    since,
    open: again === 0 ? undefined : again,
    stamp: again === 0 ? undefined : timestampClock(first),
    window,
    threshold: tcb.rto.congestion?.threshold ?? Number.POSITIVE_INFINITY,
  };
}

/** So many segments have left in recovery, `again` of them as they were lost. */
export function sentInRecovery(tcb: Tcb, again: number, all: number, now: Instant): Tcb {
  const { recovery } = tcb.rto;
  if (recovery === undefined || all === 0) return tcb;
  const { reduction, undo } = recovery;
  const reducing = isReducing(tcb);
  if (!reducing && (undo === undefined || again === 0)) return tcb;
  const told: Recovery = {
    ...recovery,
    reduction: reducing ? { ...reduction, out: reduction.out + all } : reduction,
    undo: undo && {
      ...undo,
      open: withAgain(undo, again).open,
      stamp: undo.stamp ?? (again === 0 ? undefined : timestampClock(now)),
    },
  };
  // R2 counts from what goes again first, before any time-out.
  const since = again > 0 ? (tcb.rto.since ?? now) : tcb.rto.since;
  return editTcb(tcb, { rto: editRto(tcb.rto, { recovery: told, since }) });
}

/** RFC 6582 §3.2, step 4, and RFC 6675 §5.1: the RTO ends recovery; with SACK it may turn out that what goes `again` had arrived. */
export function afterRto(tcb: Tcb, undo?: Undo): Recovery | undefined {
  const { settings, options, rto } = tcb;
  if (settings.lossRecovery !== 'rack') return undefined;
  const known = rto.recovery ?? (options.sack && undo ? undisturbed(tcb) : undefined);
  return known && { ...known, phase: 'open', duplicates: 0, undo: options.sack ? undo : undefined };
}

/** What is remembered once more went again; of no loss before that was anything needless. */
export function withAgain(undo: Undo, again: number): Undo {
  return { ...undo, open: again === 0 ? undo.open : (undo.open ?? 0) + again };
}
