/** RFC 3168 §6.1.1 TCP Initialization and RFC 9768 §3.1: AE, CWR and ECE on SYNs agree on ECN. */

import {
  type AccurateEcn,
  accurateEcn,
  aceOf,
  asksAccurate,
  CLASSIC,
  CLASSIC_BITS,
  ECN_BITS,
  type EcnFeedback,
  fedBack,
  handshakeBits,
  setsEct,
} from './ecn/feedback.js';
import { CE, isValidTransition, NOT_ECT } from './ecn/ip.js';
import { withHeard } from './ecn/option.js';
import type { SentSegment } from './retransmission/sent-queue.js';
import type { Segment } from './segment.js';
import { ACK, AE, ECE, has, SYN } from './segment.js';
import type { Settings } from './settings.js';
import type { AgreedOptions, Tcb } from './tcb.js';

/** The control bits of a SYN: all three ask for AccECN, two of them for classic ECN. */
export function synBits({ ecn, accurateEcn }: Settings): number {
  if (accurateEcn === 'ask') return SYN | ECN_BITS;
  return ecn === 'ask' ? SYN | CLASSIC_BITS : SYN;
}

/** The control bits of a SYN,ACK: AccECN feeds the SYN's IP-ECN field back, classic ECN has ECE alone. */
export function synAckBits({ ecn }: AgreedOptions): number {
  if (ecn === undefined) return SYN | ACK;
  return SYN | ACK | (ecn.mode === 'classic' ? ECE : handshakeBits(ecn.syn));
}

/** Whether a SYN or SYN,ACK has something to say of ECN to this host. */
export function negotiatesEcn({ settings, state }: Tcb, seg: Segment): boolean {
  if (!has(seg, SYN)) return false;
  const { ecn, accurateEcn } = settings;
  if (ecn === 'off' && accurateEcn === 'off') return false;
  const opens = state === 'SYN_SENT';
  // Who has not asked does not agree when SYNs cross: RFC 3168 §6.1.1, a host that sends a SYN without the bits does not use ECN.
  if (opens && (synBits(settings) & ECN_BITS) === 0) return false;
  return (opens && has(seg, ACK)) || (seg.ctl & ECN_BITS) !== 0;
}

/** The feedback mode that this SYN or SYN,ACK leads to (RFC 9768 §3.1.2, Table 2). */
export function feedbackMode({ settings, rto, state }: Tcb, seg: Segment): EcnFeedback | undefined {
  if (!has(seg, ACK)) return modeOfServer(settings, seg, state === 'SYN_SENT');
  const mode = modeOfClient(settings, seg);
  // A SYN that was lost has made the first window smaller; one that asked for AccECN asked for no CWR.
  const reduced = rto.synRetransmitted && settings.accurateEcn !== 'ask';
  return mode === CLASSIC && reduced ? { ...CLASSIC, reduced } : mode;
}

/** What a SYN agrees on. When SYNs cross, both have to ask for it. */
function modeOfServer(settings: Settings, seg: Segment, crosses: boolean): EcnFeedback | undefined {
  const bits = seg.ctl & ECN_BITS;
  const takes = crosses ? settings.accurateEcn === 'ask' : settings.accurateEcn !== 'off';
  if (takes && asksAccurate(seg.ctl)) {
    const mode = withStampOf(seg, accurateEcn(seg.ecn));
    return { ...mode, last: seg.ecn, option: { ...mode.option, due: 1 } };
  }
  if ((bits & CLASSIC_BITS) !== CLASSIC_BITS) return undefined;
  const marked = seg.ecn !== NOT_ECT && (bits & AE) === 0;
  return settings.ecnSyn === 'unmarked' && marked && !crosses ? undefined : CLASSIC;
}

/** The bits of the SYN,ACK that AccECN was asked of, or with the deviation ecn-answer just ECN. */
function modeOfClient(settings: Settings, seg: Segment): EcnFeedback | undefined {
  const bits = seg.ctl & ECN_BITS;
  const accurate = settings.accurateEcn === 'ask';
  if (!accurate && settings.ecnAnswer === 'asked') {
    return (bits & CLASSIC_BITS) === ECE ? CLASSIC : undefined;
  }
  switch (bits) {
    case 0:
    case ECN_BITS:
      return undefined;
    case ECE:
      return CLASSIC;
    case AE | ECE:
      if (!accurate) return CLASSIC;
      break;
  }
  return modeOfAsker(settings, seg);
}

/** AccECN mode of who has sent the SYN: CE on the SYN,ACK counts, and a field that was mangled on the SYN makes one careful. */
function modeOfAsker({ ecnMangling }: Settings, seg: Segment): EcnFeedback {
  // §3.1.3: the reserved bits mean that the field has arrived unchanged.
  const arrived = fedBack(seg.ctl) ?? NOT_ECT;
  const marked = seg.ecn === CE;
  const believed = ecnMangling === 'off' || (ecnMangling === 'marked' && !marked);
  const mangled = !believed && !isValidTransition(NOT_ECT, arrived);
  const entered = withStampOf(seg, { ...accurateEcn(seg.ecn), perAck: 64 });
  // §3.2.3.2.1: with the ACK of the SYN,ACK, and with the next segment.
  const option = { ...withHeard(entered.option, seg.options.accurateEcn), due: 2 };
  const mode = { ...entered, handshake: true, mangled, option };
  const counts = marked && (!mangled || ecnMangling === 'check');
  return counts ? { ...mode, synCounted: true, r: { ...mode.r, cep: mode.r.cep + 1 } } : mode;
}

/** Entered by a segment with this timestamp. */
function withStampOf({ options }: Segment, mode: AccurateEcn): AccurateEcn {
  const { timestamps } = options;
  return timestamps === undefined ? mode : { ...mode, stamp: timestamps.val };
}

/** In words, for the reason of a rule. */
export function feedbackWhy(seg: Segment, mode: EcnFeedback | undefined): string {
  const bits = `(AE,CWR,ECE)=(${[...aceOf(seg.ctl).toString(2).padStart(3, '0')].join(',')})`;
  if (mode === undefined) return `${bits}: Not ECN`;
  if (mode.mode === 'classic') return `${bits}: classic ECN (RFC 3168)`;
  if (!has(seg, ACK)) return `${bits}: AccECN`;
  const spoilt = setsEct(mode)
    ? ''
    : '; the SYN left as Not-ECT: mangled, so nothing is sent as ECT';
  return `${bits}: AccECN${spoilt}; r.cep=${mode.r.cep}`;
}

/** A SYN or SYN,ACK once more: its control bits, and what they leave of ECN. */
export interface Repeated {
  readonly ctl: number;
  readonly ecn: EcnFeedback | undefined;
}

/**
 * RFC 3168 §6.1.1.1, RFC 9768 §3.1.4.1 and §3.2.3.2.2: without the bits, when it has gone so often with them; of a SYN cache a
 * classic SYN,ACK, too (deviation half-open).
 */
export function repeatedSyn({ segment, retransmissions }: SentSegment, tcb: Tcb): Repeated {
  const { ecnRetries, accurateEcnRetries, halfOpen } = tcb.settings;
  const { ecn } = tcb.options;
  const { ctl } = segment;
  const plain = ctl & ~ECN_BITS;
  if (!has(segment, ACK)) {
    const limit = has(segment, AE) ? accurateEcnRetries : ecnRetries;
    return { ctl: retransmissions >= limit ? plain : ctl, ecn };
  }
  if (ecn?.mode === 'accurate') return repeatedSynAck(ecn, retransmissions, tcb, plain);
  const forgets = halfOpen === 'cache' && retransmissions >= ecnRetries;
  if (forgets) return { ctl: plain, ecn: undefined };
  return { ctl: tcb.settings.ecnAnswer === 'latest' && isPlain(tcb) ? plain : ctl, ecn };
}

/** §3.1.5: a server that has sent it without the bits does not set ECT any more; with the deviation ecn-answer one that has repeated it so often. */
function repeatedSynAck(
  ecn: AccurateEcn,
  retransmissions: number,
  tcb: Tcb,
  plain: number,
): Repeated {
  const { accurateEcnAnswers, ecnAnswer } = tcb.settings;
  const ctl = isPlain(tcb) ? plain : plain | handshakeBits(ecn.syn);
  const often = ecnAnswer === 'latest' && retransmissions >= accurateEcnAnswers;
  const ends = ctl === plain || often;
  return { ctl, ecn: ends && !ecn.plain ? { ...ecn, plain: true } : ecn };
}

/** The timer has gone off so often in vain that the bits may be what the path drops. */
function isPlain({ rto, settings }: Tcb): boolean {
  return rto.expiries >= settings.accurateEcnAnswers;
}
