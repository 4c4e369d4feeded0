/** RFC 5682 §2.1 F-RTO; RFC 3522 and RFC 4015 (Eifel): whether an RTO was spurious, and what is taken back then (deviation spurious-timeout). */

import { firstOf } from '../../base/pieces.js';
import type { Congestion } from '../congestion.js';
import { timestampBefore, timestampClock } from '../options.js';
import { endOf } from '../retransmission/sent-queue.js';
import type { Instant } from '../rule.js';
import type { Segment } from '../segment.js';
import { has, SYN } from '../segment.js';
import { before } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { isRecovering } from './recovery.js';
import type { Heard } from './scoreboard.js';

/** What is remembered from before the RTO, and how far F-RTO has come. */
export interface Suspicion {
  readonly window: number;
  readonly threshold: number;
  /** TSval of the first retransmission. */
  readonly stamp: number;
  /**
   * RFC 5682 §2.1: nothing was acknowledged yet (1); new text is to be tried before what may be lost (2b); it was, and no ACK has
   * come since; one has; or there was none, or it was not new text that has arrived (3a), and nothing more is told.
   */
  readonly step: 'first' | 'new' | 'tried' | 'waited' | 'over';
  /** A TSecr has told that it was wrong. Without SACK what was sent before it may still be answered by duplicates (RFC 6582 §4). */
  readonly echoed?: true;
}

/** After an RTO; what an earlier one of the same loss has remembered stays. After one that something was acknowledged since nothing new is tried. */
export function suspected(tcb: Tcb, window: number, threshold: number, now: Instant): Suspicion {
  const known = tcb.rto.congestion?.loss?.suspicion;
  if (known !== undefined && tcb.rto.expiries === 0)
    return { ...known, window, threshold, step: 'over' };
  if (known !== undefined) return { ...known, step: followsOriginals(tcb) ? 'first' : 'over' };
  // RFC 5682 §2.1, step 1: not when the RTO interrupts a recovery, or follows the loss of what was too big, or may be.
  const inLoss = tcb.rto.congestion?.loss !== undefined && tcb.rto.expiries === 0;
  const probes = tcb.rto.search?.probe !== undefined;
  const tries = followsOriginals(tcb) && !isRecovering(tcb) && !inLoss && !probes;
  const step = tries ? 'first' : 'over';
  return { window, threshold, stamp: timestampClock(now), step };
}

/** F-RTO, and not the echoed timestamps alone. */
function followsOriginals({ settings }: Pick<Tcb, 'settings'>): boolean {
  return settings.spuriousTimeout === 'undo';
}

/**
 * An ACK of new data tells that the RTO was spurious: its TSecr is older than the retransmission (RFC 3522 §3.2; `echo`), or it
 * covers what was never sent again (RFC 5682 §2.1, 3b; `original`). `acked` segments of the queue are acknowledged.
 */
export function spuriousBy(tcb: Tcb, seg: Segment, acked: number): 'echo' | 'original' | undefined {
  const loss = tcb.rto.congestion?.loss;
  const suspicion = loss?.suspicion;
  if (loss === undefined || suspicion === undefined) return undefined;
  const ecr = tcb.options.timestamps ? (seg.options.timestamps?.ecr ?? 0) : 0;
  if (!suspicion.echoed && ecr !== 0 && timestampBefore(ecr, suspicion.stamp)) return 'echo';
  if (!followsOriginals(tcb) || suspicion.step === 'over') return undefined;
  const left = firstOf(tcb.retransmissions, acked).filter(({ segment }) => !has(segment, SYN));
  // RFC 5682 §2.1, 2b: when nothing new could be tried, what comes later tells nothing.
  if (suspicion.step !== 'first' && !before(loss.until, tcb.snd.nxt)) return undefined;
  // Without SACK an ACK of both does not tell which of them arrived.
  if (!tcb.options.sack && left.some(({ retransmissions }) => retransmissions > 0)) {
    return undefined;
  }
  const original = left.some(
    (sent) =>
      sent.retransmissions === 0 && sent.mark !== 'sacked' && !before(loss.until, endOf(sent)),
  );
  return original ? 'original' : undefined;
}

/** RFC 5682 §2.1, 3a: of new text that was tried a duplicate tells that what was sent before it is lost. */
export function afterNew({ snd }: Tcb, congestion: Congestion | undefined): Congestion | undefined {
  const { loss } = congestion ?? {};
  if (congestion === undefined || loss?.suspicion === undefined) return congestion;
  if (!before(loss.until, snd.nxt)) return congestion;
  return { ...congestion, loss: { ...loss, suspicion: { ...loss.suspicion, step: 'over' } } };
}

/** RFC 5682 §3, step 3b: with SACK, what was never sent again and was under way at the RTO has arrived. */
export function isSpuriousSack({ rto, snd, settings }: Tcb, { arrived, sacked }: Heard): boolean {
  if (!followsOriginals({ settings })) return false;
  if (sacked === 0) return false;
  const loss = rto.congestion?.loss;
  const step = loss?.suspicion?.step;
  if (loss === undefined || step === undefined || step === 'over') return false;
  if (step !== 'first' && !before(loss.until, snd.nxt)) return false;
  const fresh = arrived.slice(arrived.length - sacked);
  return fresh.some((sent) => sent.retransmissions === 0 && !before(loss.until, endOf(sent)));
}
