/** RFC 3168 §6.1.2 The TCP Sender, RFC 9768 §3.2.2.2: what the peer tells of marks, and the window that is reduced once a round trip. */

import { beginReduction } from '../congestion/cubic.js';
import { congestionWindow } from '../congestion/flight.js';
import { isRequest } from '../host/requests.js';
import { isReducing, undisturbed } from '../loss-recovery/recovery.js';
import { hear } from '../loss-recovery/scoreboard.js';
import { editRto } from '../retransmission/variables.js';
import type { Segment } from '../segment.js';
import { ACK, ECE, has, RST, SYN } from '../segment.js';
import { atOrBefore, before, num } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { type AccurateEcn, aceOf } from './feedback.js';
import { decoded } from './option.js';

/** Whether this segment tells of a mark on something that was sent. */
export function tellsOfMark(tcb: Tcb, seg: Segment): boolean {
  const { ecn } = tcb.options;
  if (ecn === undefined || (seg.ctl & (ACK | SYN | RST)) !== ACK) return false;
  // With nothing outstanding there is nothing to react for; a SYN,ACK is a request's (deviation half-open).
  if (tcb.retransmissions.length === 0 || isRequest(tcb)) return false;
  if (!atOrBefore(tcb.snd.una, seg.ack) || !atOrBefore(seg.ack, tcb.snd.nxt)) return false;
  return ecn.mode === 'classic' ? has(seg, ECE) : countMarks(tcb, seg) > 0;
}

/** RFC 9768 §3.2.2.2: by how much s.cep grows. */
export function countMarks(tcb: Tcb, seg: Segment): number {
  const { ecn } = tcb.options;
  if (ecn?.mode !== 'accurate' || !ecn.heeded || isSuperseded(tcb, seg)) return 0;
  const least = (aceOf(seg.ctl) - ecn.s.cep) & 7;
  const segments = countAcknowledged(tcb, seg);
  if (segments <= 7) return least;
  // §3.2.2.5.2: the field may have gone round once for every eight segments; that is believed, unless the octets speak against it.
  const safe = segments - ((segments - least) & 7);
  const octets = countMarkedOctets(ecn, seg);
  return octets === undefined || octets > least * tcb.snd.mss ? safe : least;
}

/** By how many octets the peer's AccECN Option says that s.ceb grows; undefined where it says nothing. */
function countMarkedOctets({ s, option }: AccurateEcn, { options }: Segment): number | undefined {
  const told = options.accurateEcn;
  if (told === undefined || told.fields.length < 2 || option.heard !== 'counters') return undefined;
  return decoded(s, told).ceb - s.ceb;
}

/** An older ACK; with the deviation ecn-counts also one that acknowledges nothing. */
export function isSuperseded(tcb: Tcb, seg: Segment): boolean {
  const { una, wl1 } = tcb.snd;
  if (before(una, seg.ack)) return false;
  if (tcb.settings.ecnCounts === 'progress') return countAcknowledged(tcb, seg) === 0;
  return before(seg.ack, una) || before(seg.seq, wl1);
}

/** How many segments it acknowledges, by number or by SACK. */
export function countAcknowledged(tcb: Tcb, seg: Segment): number {
  return hear(tcb, seg).arrived.length;
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
  const { recovery = undisturbed(tcb), congestion } = tcb.rto;
  const over = isOver(tcb, seg);
  if ((congestion?.loss !== undefined || isReducing(tcb)) && !over) {
    return { tcb, why: 'the window was reduced for this round trip' };
  }
  const { settings, snd } = tcb;
  const ends = isReducing(tcb) ? congestion?.threshold : undefined;
  const now = ends ?? congestionWindow(tcb);
  const reduction = { prior: now, delivered: 0, out: 0 };
  const reduced = {
    ...recovery,
    phase: 'reduced',
    until: snd.nxt,
    reduction,
    undo: undefined,
  } as const;
  if (settings.initialWindow === undefined) {
    const rto = editRto(tcb.rto, { recovery: reduced });
    return { tcb: editTcb(tcb, { rto }), why: 'without a congestion window nothing is reduced' };
  }
  const shrunk = beginReduction(settings, congestion, now);
  const rto = editRto(tcb.rto, { recovery: reduced, congestion: shrunk });
  const why = `ssthresh <- ${shrunk.threshold}, until more than SND.NXT=${num(snd.nxt)} is acknowledged`;
  return { tcb: editTcb(tcb, { rto }), why };
}
