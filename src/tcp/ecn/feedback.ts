/** RFC 3168 §6.1 and RFC 9768 §3.2: what a connection that has agreed on ECN keeps of it. */

import type { Options } from '../options.js';
import type { Instant } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, AE, CWR, ECE, FIN, RST, SYN } from '../segment.js';
import type { Seq } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editOptions, editTcb } from '../tcb.js';
import { isClosedFinWait2, isMereRecord } from '../timers/fin-wait-2.js';
import { type EcnCounters, FIRST_COUNTERS, type OctetCounter } from './counters.js';
import type { Codepoint } from './ip.js';
import { ECT0, NOT_ECT } from './ip.js';

/** The feedback mode that both half connections are in. */
export type EcnFeedback = ClassicEcn | AccurateEcn;

export interface ClassicEcn {
  readonly mode: 'classic';
  /** ECE goes with every ACK, until a CWR comes (RFC 3168 §6.1.3). */
  readonly echo: boolean;
  /** The window was reduced: CWR goes with the next new text (§6.1.2). */
  readonly reduced: boolean;
  /** Text that was ECN-capable has come; what is not may be a retransmission. */
  readonly seen: boolean;
  /** The text that has come is acknowledged at once. */
  readonly prompt: boolean;
  /** The last segment that was sent was ECN-capable. */
  readonly marked: boolean;
}

export interface AccurateEcn {
  readonly mode: 'accurate';
  /** The IP-ECN field of the latest SYN or SYN,ACK of the peer's. */
  readonly syn: Codepoint;
  /** The next pure ACK tells that field, in the handshake encoding (RFC 9768 §3.2.2.1). */
  readonly handshake: boolean;
  /** A SYN,ACK marked CE was counted: that is done once (§3.2.2.2). */
  readonly synCounted: boolean;
  /** A SYN,ACK has left without the three bits, or so often that they may be what the path drops (§3.1.5). */
  readonly plain: boolean;
  /** The handshake has shown that the fields are spoilt on the way, or that the peer has none of them (§3.2.2.3, §3.2.2.1). */
  readonly mangled: boolean;
  /** The peer's counters are believed (§3.2.2.1, note 1 of Table 4). */
  readonly heeded: boolean;
  /** The IP-ECN field of the last segment. */
  readonly last: Codepoint;
  /** Something that was ECN-capable has come; what is not may be a retransmission. */
  readonly seen: boolean;
  /** Segments with CE since an ACK told r.cep (§3.2.2.5.1). */
  readonly untold: number;
  /** TS.Recent of the last segment: one that is newer is no ACK that was overtaken (§A.1). */
  readonly stamp: number;
  /** How many segments an ACK acknowledges, the SYN among them, in 64ths, as a moving average (deviation ecn-counts); 0 before the first. */
  readonly perAck: number;
  /** The text that has come is acknowledged at once. */
  readonly prompt: boolean;
  readonly option: OptionState;
  /** As Data Receiver. */
  readonly r: EcnCounters;
  /** As Data Sender: what the peer's are known to be. */
  readonly s: EcnCounters;
}

/** Of the AccECN Option (§3.2.3). */
export interface OptionState {
  /** The peer has sent none, one without counters, some, or some that were zeroed on the way: those are ignored (§3.2.3.2.4). */
  readonly heard: 'nothing' | 'empty' | 'counters' | 'zeroed';
  /** The counters that the peer tells are believed. */
  readonly heeded: boolean;
  /** So many ACKs bring it whatever the counters say. */
  readonly due: number;
  /** A counter of octets has grown since the last ACK. */
  readonly grown: boolean;
  /** When the last one left, and the counters of that moment. */
  readonly toldAt: Instant;
  readonly told: EcnCounters;
  /** The last ACK had it beside a block of what came twice, from there on. */
  readonly besideTwice: Seq | undefined;
  /** What came twice came again after such an ACK: the option may be what the path drops, and does not go any more (§3.2.3.2.2). */
  readonly dropped: boolean;
  /** The only counter that the last option to change any has changed: octets are taken for its until another comes (deviation ecn-counts). */
  readonly estimate: OctetCounter | undefined;
  /** Octets that the segments of SENDs that go on keep free for it, though it may end before they do; 0 besides. */
  readonly spare: number;
}

export const CLASSIC: ClassicEcn = {
  mode: 'classic',
  echo: false,
  reduced: false,
  seen: false,
  prompt: false,
  marked: false,
};

const NO_OPTION: OptionState = {
  heard: 'nothing',
  heeded: true,
  due: 0,
  grown: false,
  toldAt: 0,
  told: FIRST_COUNTERS,
  besideTwice: undefined,
  dropped: false,
  estimate: undefined,
  spare: 0,
};

/** AccECN mode, entered by this IP-ECN field of the peer's SYN or SYN,ACK. */
export function accurateEcn(syn: Codepoint): AccurateEcn {
  return {
    mode: 'accurate',
    syn,
    handshake: false,
    synCounted: false,
    plain: false,
    mangled: false,
    heeded: true,
    last: NOT_ECT,
    seen: false,
    untold: 0,
    stamp: 0,
    perAck: 0,
    prompt: false,
    option: NO_OPTION,
    r: FIRST_COUNTERS,
    s: FIRST_COUNTERS,
  };
}

/** The three control bits that ECN has: AE, CWR and ECE. */
export const ECN_BITS = AE | CWR | ECE;

/** The two that RFC 3168 has, and a SYN of its asks with; AE was reserved then. */
export const CLASSIC_BITS = CWR | ECE;

/** Whether the bits of a SYN ask for AccECN: what is reserved does, too (RFC 9768 §3.1.3). */
export function asksAccurate(ctl: number): boolean {
  const bits = ctl & ECN_BITS;
  return bits !== 0 && bits !== CLASSIC_BITS;
}

/** Table 2 and Table 3: the three bits by the IP-ECN field that they feed back. */
const HANDSHAKE: readonly number[] = [CWR, CWR | ECE, AE, AE | CWR];

/** The handshake encoding of an IP-ECN field. */
export function handshakeBits(syn: Codepoint): number {
  return HANDSHAKE[syn] as number;
}

/** The IP-ECN field that these three bits feed back; undefined for the bits that feed back none. */
export function fedBack(bits: number): Codepoint | undefined {
  const syn = HANDSHAKE.indexOf(bits & ECN_BITS);
  return syn < 0 ? undefined : (syn as Codepoint);
}

/** The three bits as the ACE field: a number of [0, 7]. */
export function aceOf(ctl: number): number {
  return (ctl & ECN_BITS) >> 6;
}

/** The control bits of a counter of packets with CE. */
export function aceBits(cep: number): number {
  return (cep & 7) << 6;
}

/** `0b101`. */
export function printAce(ace: number): string {
  return `0b${ace.toString(2).padStart(3, '0')}`;
}

/** What ECN adds to the control bits of a segment that leaves now: ECE, or the ACE field, or its handshake encoding. */
export function feedbackBits(tcb: Tcb, ctl: number, octets: number, options: Options): number {
  const { ecn } = tcb.options;
  if (ecn === undefined || (ctl & (SYN | ACK)) !== ACK) return 0;
  // Deviation `time-wait answer`: a record of few numbers has none of these.
  if (tcb.settings.timeWait === 'answer' && isMereRecord(tcb)) return 0;
  if (ecn.mode === 'classic') return ecn.echo ? ECE : 0;
  // §3.2.2.1: a pure ACK with no SACK blocks; with the deviation ecn-answer whatever it has.
  const bare = options.sack === undefined || tcb.settings.ecnAnswer !== 'asked';
  const pure = octets === 0 && (ctl & (ACK | FIN | RST)) === ACK && bare;
  return ecn.handshake && pure ? handshakeBits(ecn.syn) : aceBits(ecn.r.cep);
}

/** The IP-ECN field of a segment that leaves: of new text (RFC 3168 §6.1.4 to §6.1.6), or of all there is (deviation ecn-marks). */
export function markOf(tcb: Tcb, ctl: number, text: boolean): Codepoint {
  const { settings, snd, state } = tcb;
  const { ecn } = tcb.options;
  if (ecn === undefined || (ctl & SYN) !== 0) return NOT_ECT;
  // Deviation `time-wait answer`: what answers something old is not marked.
  if (settings.timeWait === 'answer' && state === 'TIME_WAIT') return NOT_ECT;
  // Deviation `closed-fin-wait-2`: the record of a connection marks what the connection has marked last.
  if (ecn.mode === 'classic' && settings.closedFinWait2 === 'answer' && isClosedFinWait2(tcb)) {
    return ecn.marked ? ECT0 : NOT_ECT;
  }
  // §6.1.6: a probe of a closed window is not ECN-capable.
  const fresh = text && snd.wnd > 0;
  if (ecn.mode === 'classic') return fresh ? ECT0 : NOT_ECT;
  return setsEct(ecn) && (fresh || settings.ecnMarks === 'all') ? ECT0 : NOT_ECT;
}

/** Whether what is sent may say that it is ECN-capable. */
export function setsEct({ plain, mangled }: AccurateEcn): boolean {
  return !plain && !mangled;
}

/** The connection after an ACK has told what there was to tell. */
export function feedbackSent(
  ecn: EcnFeedback | undefined,
  mark: Codepoint,
): EcnFeedback | undefined {
  if (ecn === undefined) return ecn;
  if (ecn.mode === 'classic') {
    const marked = mark !== NOT_ECT;
    return ecn.prompt || marked !== ecn.marked ? { ...ecn, prompt: false, marked } : ecn;
  }
  const told = !ecn.handshake && ecn.untold === 0 && !ecn.prompt && !ecn.option.grown;
  if (told) return ecn;
  const option = ecn.option.grown ? { ...ecn.option, grown: false } : ecn.option;
  return { ...ecn, handshake: false, untold: 0, prompt: false, option };
}

/** Deviation ecn-answer: the challenge of a SYN feeds back the IP-ECN field of that, or (`any`) of the first. */
export function withReflection(tcb: Tcb, seg: Segment): Tcb {
  const { ecn } = tcb.options;
  const letter = tcb.settings.ecnAnswer === 'asked';
  if (ecn?.mode !== 'accurate' || letter || tcb.state === 'SYN_RCVD') return tcb;
  return withFeedback(tcb, { ...ecn, handshake: true, syn: fieldOfSyn(tcb, ecn, seg) });
}

/** The IP-ECN field that the answer to another SYN or SYN,ACK feeds back: that of the first with the deviation ecn-answer `any`. */
export function fieldOfSyn({ settings }: Tcb, { syn }: AccurateEcn, seg: Segment): Codepoint {
  return settings.ecnAnswer === 'any' ? syn : seg.ecn;
}

/** The next pure ACK answers something else than a SYN,ACK. */
export function withoutReflection(tcb: Tcb): Tcb {
  const { ecn } = tcb.options;
  if (ecn?.mode !== 'accurate' || !ecn.handshake) return tcb;
  return withFeedback(tcb, { ...ecn, handshake: false });
}

/** CWR, where it is due on new text. */
export function cwrBit({ ecn }: Tcb['options'], text: boolean): number {
  return text && ecn?.mode === 'classic' && ecn.reduced ? CWR : 0;
}

/** After a window was reduced, for whatever reason (RFC 3168 §6.1.2); AccECN has no word for it (RFC 9768 §3.1.5). */
export function withCwrDue(tcb: Tcb): Tcb {
  const { ecn } = tcb.options;
  if (ecn?.mode !== 'classic' || ecn.reduced) return tcb;
  return withFeedback(tcb, { ...ecn, reduced: true });
}

/** A reduction since `before` was needless and is taken back, and its CWR with it, if that has not left. */
export function withCwrWithdrawn(tcb: Tcb, before: Tcb): Tcb {
  const { ecn } = tcb.options;
  if (ecn?.mode !== 'classic' || !ecn.reduced || threshold(tcb) <= threshold(before)) return tcb;
  return withFeedback(tcb, { ...ecn, reduced: false });
}

function threshold({ rto }: Tcb): number {
  return rto.congestion?.threshold ?? Number.POSITIVE_INFINITY;
}

/** The CWR has left. */
export function withCwrSent(tcb: Tcb): Tcb {
  const { ecn } = tcb.options;
  return ecn?.mode === 'classic' ? withFeedback(tcb, { ...ecn, reduced: false }) : tcb;
}

/** A connection that feeds back like this. */
export function withFeedback(tcb: Tcb, ecn: EcnFeedback): Tcb {
  return editTcb(tcb, { options: editOptions(tcb.options, { ecn }) });
}

/** A segment has left with these options, an AccECN Option among them or not; what came twice is not forgotten yet. */
export function withOptionSent(tcb: Tcb, options: Options, now: Instant): Tcb {
  const { ecn, sacks } = tcb.options;
  if (ecn?.mode !== 'accurate') return tcb;
  const { option } = ecn;
  if (options.accurateEcn === undefined) {
    if (option.besideTwice === undefined) return tcb;
    return withFeedback(tcb, { ...ecn, option: { ...option, besideTwice: undefined } });
  }
  const due = Math.max(0, option.due - 1);
  const sent = { ...option, due, toldAt: now, told: ecn.r, besideTwice: sacks.twice?.left };
  return withFeedback(tcb, { ...ecn, option: sent });
}

/** What was told to have come twice comes once more, from there on: the ACK that told it with an AccECN Option was lost again. */
export function withOptionDropped(tcb: Tcb, from: Seq): Tcb {
  const { ecn } = tcb.options;
  if (ecn?.mode !== 'accurate' || ecn.option.besideTwice !== from) return tcb;
  // Deviation `ecn-answer any`: nobody looks after that.
  if (ecn.option.dropped || tcb.settings.ecnAnswer === 'any') return tcb;
  return withFeedback(tcb, { ...ecn, option: { ...ecn.option, dropped: true } });
}
