/** RFC 3168 §6.1.2 The TCP Sender, RFC 9768 §3.2.2.2: what the peer tells of marks, and the window that is reduced once a round trip. */

import { beginReduction } from '../congestion/cubic.js';
import { congestionWindow } from '../congestion/flight.js';
import { isRequest } from '../host/requests.js';
import { isReducing, undisturbed } from '../loss-recovery/recovery.js';
import { reducedByProbe, withoutTailProbe } from '../loss-recovery/tail-loss.js';
import { editRto } from '../retransmission/variables.js';
import type { Segment } from '../segment.js';
import { ACK, ECE, has, RST, SYN } from '../segment.js';
import { atOrBefore, before, num } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { countMarks } from './delivered-marks.js';

/** Whether this segment tells of a mark on something that was sent. */
export function tellsOfMark(tcb: Tcb, seg: Segment): boolean {
  const { ecn } = tcb.options;
  if (ecn === undefined || (seg.ctl & (ACK | SYN | RST)) !== ACK) return false;
  // A SYN,ACK is a request's (deviation half-open).
  if (isRequest(tcb)) return false;
  if (!atOrBefore(tcb.snd.una, seg.ack) || !atOrBefore(seg.ack, tcb.snd.nxt)) return false;
  if (ecn.mode === 'accurate') return countMarks(tcb, seg) > 0;
  // With nothing outstanding there is nothing to react for.
  return tcb.retransmissions.length > 0 && has(seg, ECE);
}

/** Whether this ACK ends what has reduced the window before. */
function isOver({ rto: { recovery, congestion }, options }: Tcb, { ack }: Segment): boolean {
  const until = congestion?.loss?.until ?? recovery?.until;
  if (until === undefined) return true;
  // RFC 6582 §4: without SACK, as after a mark, something behind it must be acknowledged.
  const beyond = congestion?.loss === undefined && recovery?.phase === 'reduced';
  return beyond || !options.sack ? before(until, ack) : !before(ack, until);
}

/** The connection with its congestion window reduced, and why; once a window of text (RFC 3168 §6.1.2). */
export function reducedByMark(tcb: Tcb, seg: Segment): { readonly tcb: Tcb; readonly why: string } {
  if (tcb.retransmissions.length === 0) return { tcb, why: 'nothing is outstanding' };
  const { recovery = undisturbed(tcb), congestion } = tcb.rto;
  const over = isOver(tcb, seg);
  if ((congestion?.loss !== undefined || isReducing(tcb)) && !over) {
    return { tcb, why: 'the window was reduced for this round trip' };
  }
  const { settings, snd } = tcb;
  // What a loss probe tells in this ACK comes first; who has reduced asks it no more.
  const probed = withoutTailProbe(reducedByProbe(tcb, seg));
  const ends = isReducing(tcb) ? congestion?.threshold : undefined;
  const now = ends ?? congestionWindow(probed);
  const reduction = { prior: now, delivered: 0, out: 0 };
  const reduced = {
    ...recovery,
    phase: 'reduced',
    until: snd.nxt,
    reduction,
    undo: undefined,
  } as const;
  if (settings.initialWindow === undefined) {
    const rto = editRto(probed.rto, { recovery: reduced });
    return { tcb: editTcb(probed, { rto }), why: 'without a congestion window nothing is reduced' };
  }
  const shrunk = beginReduction(settings, probed.rto.congestion, now);
  const rto = editRto(probed.rto, { recovery: reduced, congestion: shrunk });
  const why = `ssthresh <- ${shrunk.threshold}, until more than SND.NXT=${num(snd.nxt)} is acknowledged`;
  return { tcb: editTcb(probed, { rto }), why };
}
