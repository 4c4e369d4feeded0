/** RFC 9768 §3.2.2.2, §3.2.2.5.2 and §3.2.3.1: what an ACK tells of the marks on what was sent. */

import { firstOf } from '../../base/pieces.js';
import { isDisturbed } from '../loss-recovery/recovery.js';
import { hear } from '../loss-recovery/scoreboard.js';
import { timestampBefore } from '../options.js';
import type { Segment } from '../segment.js';
import { has, SYN } from '../segment.js';
import { atOrBefore, before, distance } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { textOfFull } from '../window.js';
import type { EcnCounters, OctetCounter } from './counters.js';
import { type AccurateEcn, aceOf } from './feedback.js';
import { decoded } from './option.js';

/** What an ACK acknowledges, by number or by SACK: segments, and octets of text. */
export interface Delivery {
  readonly segments: number;
  readonly octets: number;
}

/** What is new in this ACK. A SYN is nothing of it: the ACK of a SYN has no counter. */
export function deliveryOf(tcb: Tcb, seg: Segment): Delivery {
  const { arrived, acked, sacked } = hear(tcb, seg);
  const { una } = tcb.snd;
  let octets = before(una, seg.ack) ? distance(una, seg.ack) : 0;
  for (const { mark, segment } of firstOf(tcb.retransmissions, acked)) {
    if (mark === 'sacked') octets -= segment.data.length;
  }
  for (const { segment } of arrived.slice(arrived.length - sacked)) octets += segment.data.length;
  const segments = arrived.filter(({ segment }) => !has(segment, SYN)).length;
  return { segments, octets };
}

/** Whether its timestamp shows that it is no ACK that was overtaken: TS.Recent moves with it. */
export function isNewer({ options }: Tcb, seg: Segment): boolean {
  const { ecn, timestamps, lastAckSent } = options;
  const stamp = seg.options.timestamps;
  if (ecn?.mode !== 'accurate' || !timestamps || stamp === undefined) return false;
  return timestampBefore(ecn.stamp, stamp.val) && atOrBefore(seg.seq, lastAckSent);
}

/** An older ACK; with the deviation ecn-counts also one that acknowledges nothing, and whose timestamp is none that is newer. */
export function isSuperseded(tcb: Tcb, seg: Segment): boolean {
  const { una, nxt, wl1 } = tcb.snd;
  // What was never sent is no news.
  if (before(nxt, seg.ack)) return true;
  if (tcb.settings.ecnCounts === 'progress') {
    if (before(seg.ack, una)) return true;
    return deliveryOf(tcb, seg).segments === 0 && !isNewer(tcb, seg);
  }
  if (before(una, seg.ack)) return false;
  return before(seg.ack, una) || before(seg.seq, wl1);
}

/** §3.2.2.2: by how much s.cep grows. */
export function countMarks(tcb: Tcb, seg: Segment): number {
  const { ecn } = tcb.options;
  if (ecn?.mode !== 'accurate' || !ecn.heeded || isSuperseded(tcb, seg)) return 0;
  const least = (aceOf(seg.ctl) - ecn.s.cep) & 7;
  const delivery = deliveryOf(tcb, seg);
  if (delivery.segments <= 7) return least;
  // §3.2.2.5.2: the field may have gone round once for every eight segments; that is believed, unless something speaks against it.
  const safe = delivery.segments - ((delivery.segments - least) & 7);
  const told = octetsTold(tcb, ecn, seg, delivery);
  if (tcb.settings.ecnCounts === 'progress')
    return likely(tcb, ecn, { least, safe, told, delivery });
  const { accurateEcn } = seg.options;
  if (accurateEcn === undefined || accurateEcn.fields.length < 2) return safe;
  if (ecn.option.heard !== 'counters') return safe;
  return told.s.ceb - ecn.s.ceb > least * tcb.snd.mss ? safe : least;
}

interface Evidence {
  readonly least: number;
  readonly safe: number;
  readonly told: Told;
  readonly delivery: Delivery;
}

/** Deviation ecn-counts: what the octets with CE say, if they are known, or how many segments an ACK usually acknowledges. */
function likely(tcb: Tcb, ecn: AccurateEcn, { least, safe, told, delivery }: Evidence): number {
  if (!told.sure) return perAckWith(ecn, delivery) > MANY ? least : safe;
  const marked = told.s.ceb - ecn.s.ceb;
  if (marked === 0) return least;
  if (delivery.segments >= 16 && (tcb.options.sack || !recovers(tcb))) {
    if (delivery.octets <= marked) return safe;
    const share = Math.ceil((marked * delivery.segments) / delivery.octets);
    return Math.min(safe, least + (share & ~7));
  }
  const full = textOfFull(tcb);
  if (marked > least * full) return safe;
  return marked < (safe * full) / 2 ? least : safe;
}

function recovers(tcb: Tcb): boolean {
  return tcb.rto.congestion?.loss !== undefined || isDisturbed(tcb);
}

/** Four segments an ACK, in 64ths: ACKs are thinned out on the way, and the field is as likely not to have gone round. */
const MANY = 4 * 64;

/** The moving average of how many segments an ACK acknowledges, in 64ths, with this ACK. */
export function perAckWith({ perAck }: AccurateEcn, { segments }: Delivery): number {
  if (segments === 0) return perAck;
  const mean = perAck === 0 ? 64 * segments : Math.floor((63 * perAck + 64 * segments) / 64);
  return Math.min(65_535, mean);
}

/** The peer's counters of octets after an ACK. */
export interface Told {
  readonly s: EcnCounters;
  /** Whether they can be compared with those before. */
  readonly sure: boolean;
  /** The counter that grows where no option tells. */
  readonly estimate: OctetCounter | undefined;
}

/** What the AccECN Option says, or with the deviation ecn-counts what it has said last, if this ACK has none. */
export function octetsTold(tcb: Tcb, ecn: AccurateEcn, seg: Segment, { octets }: Delivery): Told {
  const { s, option } = ecn;
  const { estimate } = option;
  const told = seg.options.accurateEcn;
  if (!option.heeded) return { s, sure: false, estimate };
  if (told !== undefined) return fromOption(ecn, decoded(s, told));
  if (option.heard === 'nothing' || estimate === undefined) return { s, sure: false, estimate };
  if (tcb.settings.ecnCounts === 'every') return { s, sure: false, estimate };
  return { s: { ...s, [estimate]: s[estimate] + octets }, sure: true, estimate };
}

/** The one counter that has changed is the one that will; several are no evidence. */
function fromOption({ s, option: { estimate } }: AccurateEcn, now: EcnCounters): Told {
  const changed = (['e1b', 'ceb', 'e0b'] as const).filter((one) => now[one] !== s[one]);
  const back = changed.some((one) => now[one] < s[one]);
  const others = changed.filter((one) => one !== estimate);
  const [first] = others;
  const unclear = back || others.length > 1;
  return {
    s: now,
    sure: estimate !== undefined && !unclear,
    estimate: unclear ? undefined : (first ?? estimate),
  };
}
