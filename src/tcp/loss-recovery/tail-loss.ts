/** RFC 8985 §7 Tail Loss Probe (deviation tail-loss-probe): when the end of a flight is probed, before the RTO. */

import { countOf, frontOf } from '../../base/pieces.js';
import { reduce } from '../congestion/cubic.js';
import { congestionWindow, withCongestion } from '../congestion/flight.js';
import { withCwrDue } from '../ecn/feedback.js';
import { own, ownTimers } from '../own.js';
import { editRto } from '../retransmission/variables.js';
import type { Instant } from '../rule.js';
import type { Segment } from '../segment.js';
import { has, SYN, segLen } from '../segment.js';
import type { Seq } from '../seq.js';
import { before } from '../seq.js';
import { isSynchronized } from '../states.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { inTicks, late, shared } from '../timers.js';
import { changesWindow } from '../window.js';
import { isDisturbed } from './recovery.js';
import { cameTwice } from './scoreboard.js';

/** RFC 8985 §7.1. */
export interface TailProbe {
  /** TLP.end_seq: SND.NXT when it was sent. */
  readonly end: Seq;
  /** TLP.is_retrans: it was a segment once more. */
  readonly again: boolean;
}

/** What a peer may delay its acknowledgment of one of several segments, microseconds. */
const WORST_DELAY = 2_000;

/**
 * The retransmission timer becomes that of a probe, if one may be sent: 2 * SRTT from now, but no later than the RTO, which
 * counts from `since`, unless that is over already. At its very end it is not: what was measured is never less than the scripts' times.
 */
export function armTailProbe(tcb: Tcb, since: Instant, now: Instant): Tcb {
  if (!mayProbe(tcb)) return tcb;
  const { srtt, value } = tcb.rto;
  const { rtoMin } = tcb.settings;
  const alone = countOf(tcb.retransmissions) === 1 ? rtoMin : WORST_DELAY;
  const pto = srtt === undefined ? tcb.settings.rto : inTicks(2 * srtt + alone, srtt, tcb.settings);
  const after = own(tcb);
  const timers = ownTimers(after);
  const due = since + value;
  timers.retransmission = now + late(due >= now ? Math.min(pto, due - now) : pto, tcb.settings);
  after.timers = shared(timers);
  after.rto = editRto(after.rto, { tail: 'armed' });
  return after;
}

/**
 * RFC 8985 §7.4: whether an ACK answers the probe that was sent. One of new text it does once it is acknowledged; a segment
 * that was repeated has a second answer, which tells that nothing was lost, or more is acknowledged.
 */
export function settleTailProbe(tcb: Tcb, before_: Tcb, seg: Segment): Tcb {
  const { tailProbe } = before_.rto;
  if (tailProbe === undefined) return tcb;
  const { end, again } = tailProbe;
  if (before(seg.ack, end)) return tcb;
  const told = cameTwice(seg) === undefined && (before_.rto.recovery?.delivered ?? 0) > 0;
  const { una, wl1 } = before_.snd;
  // What is newer, or tells that the window is closed still, tells the window anew.
  const same = seg.ack === una && !before(wl1, seg.seq) && !changesWindow(before_.snd, seg);
  const duplicate = same && segLen(seg) === 0 && !told;
  const answered = !again || before(end, seg.ack) || duplicate || tellsTwice(seg, end);
  return answered ? withoutTailProbe(tcb) : tcb;
}

/** Whoever reduces the window asks no probe any more what was lost. */
export function withoutTailProbe(tcb: Tcb): Tcb {
  if (tcb.rto.tailProbe === undefined) return tcb;
  return editTcb(tcb, { rto: editRto(tcb.rto, { tailProbe: undefined }) });
}

/** RFC 8985 §7.4.2: more than was outstanding is acknowledged, and nobody tells that the probe was needless: the segment was lost, and the window is reduced. */
export function reducedByProbe(tcb: Tcb, seg: Segment): Tcb {
  const { tailProbe, congestion } = tcb.rto;
  if (!tailProbe?.again || !before(tailProbe.end, seg.ack) || tellsTwice(seg, tailProbe.end))
    return tcb;
  const reduced = reduce(tcb.settings, congestion, congestionWindow(tcb));
  return withCwrDue(withCongestion(tcb, reduced));
}

/** RFC 2883: the first block lies before SEG.ACK, and ends with the probe. */
function tellsTwice({ ack, options: { sack } }: Segment, end: Seq): boolean {
  const first = sack?.[0];
  return first !== undefined && before(first.left, ack) && first.right === end;
}

/** One probe until the next acknowledgment, and none after an RTO; what probed a closed window before does not matter. */
function mayProbe({ settings, options, state, rto, retransmissions }: Tcb): boolean {
  if (!settings.tailLossProbe || !options.sack || !isSynchronized(state)) return false;
  const front = frontOf(retransmissions);
  if (front === undefined || has(front.segment, SYN)) return false;
  if (rto.congestion?.loss !== undefined || isDisturbed({ rto })) return false;
  return rto.expiries === 0;
}
