/** RFC 3168 §6.1.2 and §6.1.3, RFC 9768 §3.2: marks of the network on what arrives, and what the peer tells of those on what was sent. */

import { type EcnCounters, octetCounter } from '../ecn/counters.js';
import {
  countMarks,
  type Delivery,
  deliveryOf,
  isNewer,
  isSuperseded,
  octetsTold,
  perAckWith,
} from '../ecn/delivered-marks.js';
import {
  type AccurateEcn,
  aceOf,
  type ClassicEcn,
  printAce,
  withCwrDue,
  withFeedback,
} from '../ecn/feedback.js';
import { CE, type Codepoint, NOT_ECT, printCodepoint } from '../ecn/ip.js';
import { printAccEcn, withHeard } from '../ecn/option.js';
import { reducedByMark, tellsOfMark } from '../ecn/response.js';
import { disturbed } from '../receiving/dialogue.js';
import type { Instant, Rule, Verdict } from '../rule.js';
import { goOn, rulesOf } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, CWR, has, SYN, segLen } from '../segment.js';
import { sendAck } from '../sending/transmit.js';
import { atOrBefore, before, num } from '../seq.js';
import { hasPeersFin } from '../states.js';
import type { Tcb } from '../tcb.js';
import type { Arrival } from './arrival.js';
import { newParts } from './arrival.js';

const receiver = rulesOf<Arrival>('other-states', 'RFC 3168 §6.1.3')(
  'ecn-receiver',
  'The TCP Receiver',
  [],
  receiveClassic,
);
const sender = rulesOf<Arrival>('other-states', 'RFC 3168 §6.1.2')(
  'ecn-sender',
  'The TCP Sender',
  [],
  hearEcho,
);
const counters = rulesOf<Arrival>('other-states', 'RFC 9768 §3.2')(
  'ecn-counters',
  'AccECN Feedback: r.cep, r.ceb, r.e0b, r.e1b',
  [],
  receiveAccurate,
);
const ace = rulesOf<Arrival>('other-states', 'RFC 9768 §3.2.2.2')(
  'ecn-ace',
  'Encoding and Decoding Feedback in the ACE Field',
  [],
  hearAce,
);

const option = rulesOf<Arrival>('other-states', 'RFC 9768 §3.2.3.1')(
  'ecn-option',
  'Encoding and Decoding Feedback in the AccECN Option Fields',
  [],
  hearOption,
);

/** All of them, for the catalogue. */
export const markRules: readonly Rule<Arrival>[] = [receiver, sender, counters, ace, option];

/** Whether a rule has something to look at when a handshake ends: the ACE field has no counter there. */
export function isOfHandshake(rule: Rule<Arrival>): boolean {
  return rule !== ace && rule !== sender;
}

/** Those that a segment meets before the fifth check. */
export function markRulesFor(tcb: Tcb, seg: Segment): readonly Rule<Arrival>[] {
  const { ecn } = tcb.options;
  if (ecn === undefined || has(seg, SYN)) return [];
  const tells = tellsOfMark(tcb, seg);
  if (ecn.mode === 'classic') {
    const marked = segLen(seg) > 0 && (seg.ecn !== NOT_ECT || ecn.seen);
    // The fifth check drops what acknowledges text that was never sent.
    const stays = atOrBefore(seg.ack, tcb.snd.nxt) && !isBehindFin(tcb, seg);
    return [...(stays && (marked || has(seg, CWR)) ? [receiver] : []), ...(tells ? [sender] : [])];
  }
  const text = seg.data.length > 0;
  const marked = seg.ecn !== NOT_ECT || ecn.last !== NOT_ECT || (text && ecn.seen);
  const counts = tellsCounters(tcb, ecn, seg);
  return [
    ...(marked && looksAtMarks(tcb) ? [counters] : []),
    ...(tells ? [ace] : []),
    ...(counts ? [option] : []),
  ];
}

/** Nothing can follow the peer's FIN: what comes there is not looked at. */
function isBehindFin({ state, rcv }: Tcb, { seq }: Segment): boolean {
  return hasPeersFin(state) && !before(seq, rcv.nxt);
}

/** With the deviation ecn-counts marks are counted in ESTABLISHED alone, from the ACK on that leads there. */
function looksAtMarks({ settings, state, open }: Tcb): boolean {
  return (
    settings.ecnCounts === 'every' ||
    state === 'ESTABLISHED' ||
    (state === 'SYN_RCVD' && open === 'passive')
  );
}

// RFC 3168 ------------------------------------------------------------------------------------------

/** CWR ends the echo, CE on text begins it, also on the same segment. */
function receiveClassic(tcb: Tcb, { seg }: Arrival): Verdict {
  const ecn = tcb.options.ecn as ClassicEcn;
  const text = isNew(tcb, seg);
  const told = has(seg, CWR) ? { ...ecn, echo: false, prompt: segLen(seg) > 0 } : ecn;
  const marked = text && seg.ecn === CE;
  const capable = text && seg.ecn !== NOT_ECT;
  const after: ClassicEcn = {
    ...told,
    echo: told.echo || marked,
    seen: ecn.seen || capable,
  };
  const why = () => {
    const cwr = has(seg, CWR) ? 'CWR: the sender has reduced its window; ' : '';
    const now = after.echo ? 'ECE goes with every ACK until a CWR comes' : 'no ECE';
    return `${cwr}${text ? `text with ${printCodepoint(seg.ecn)}: ` : ''}${now}`;
  };
  // Of a sender with a very small window, or of a retransmission, the next ACKs are wanted soon.
  const news = (marked && !told.echo) || (text && !capable && ecn.seen);
  const fed = withFeedback(tcb, after);
  return goOn(why, news ? disturbed(fed, seg) : fed);
}

/** §6.1.5: of text outside the window, or that came before, the field is ignored; of a FIN that is held it is not. */
function isNew(tcb: Tcb, seg: Segment): boolean {
  const { data, fin } = newParts(tcb, seg);
  return data.length > 0 || (fin && before(tcb.rcv.nxt, seg.seq));
}

/** "It should react as to a lost packet, but at most once a round trip." */
function hearEcho(tcb: Tcb, { seg }: Arrival): Verdict {
  const reduced = reducedByMark(tcb, seg);
  const after = reduced.tcb === tcb ? tcb : withCwrDue(reduced.tcb);
  const cwr =
    after.options.ecn === reduced.tcb.options.ecn ? '' : '; CWR goes with the next new text';
  return goOn(() => `ECE: ${reduced.why}${cwr}`, after);
}

// RFC 9768 ------------------------------------------------------------------------------------------

function receiveAccurate(tcb: Tcb, { seg }: Arrival, now: Instant): Verdict {
  const ecn = tcb.options.ecn as AccurateEcn;
  const r = counted(ecn.r, seg.ecn, seg.data.length);
  const untold = ecn.untold + (seg.ecn === CE ? 1 : 0);
  const text = seg.data.length > 0;
  const prompt = isPrompt(tcb, ecn, seg, untold);
  const seen = ecn.seen || seg.ecn !== NOT_ECT;
  const edge = seg.ecn !== ecn.last || seg.ecn === CE;
  const grown = ecn.option.grown || (text && seg.ecn !== NOT_ECT);
  const option = { ...ecn.option, grown, due: edge ? 2 : ecn.option.due };
  const fed = withFeedback(tcb, { ...ecn, r, untold, prompt, seen, option, last: seg.ecn });
  const after = text && seg.ecn === NOT_ECT && ecn.seen ? disturbed(fed, seg) : fed;
  const why = () =>
    `${printCodepoint(seg.ecn)} after ${printCodepoint(ecn.last)}: r.cep=${r.cep}, r.ceb=${r.ceb}, r.e0b=${r.e0b}, r.e1b=${r.e1b}` +
    (prompt ? '; acknowledged at once' : '');
  if (text || !isDue(tcb, untold)) return goOn(why, after);
  const out = sendAck(after, now);
  return goOn(() => `${why()}; ${untold} marks since the last ACK: ACK`, out.tcb, out.effects);
}

function counted(r: EcnCounters, codepoint: Codepoint, octets: number): EcnCounters {
  const marks = codepoint === CE ? 1 : 0;
  const name = octetCounter(codepoint);
  if (name === undefined || marks + octets === 0) return r;
  return { ...r, cep: r.cep + marks, [name]: r[name] + octets };
}

/** §3.2.2.5.1: a mark after what was not marked, or the second since the last ACK; with the deviation ecn-acks any change. */
function isPrompt(
  { settings }: Tcb,
  { last, prompt }: AccurateEcn,
  { ecn, data }: Segment,
  untold: number,
): boolean {
  if (settings.ecnAcks === 'changes') return prompt || last !== ecn;
  return data.length > 0 && (prompt || (ecn === CE && last !== CE) || untold >= WITH_TEXT);
}

/** So many marks are acknowledged, with text that is not acknowledged yet, and without. */
const WITH_TEXT = 2;
const WITHOUT_TEXT = 3;

/** "An AccECN receiver of a packet MUST emit an ACK if 'n' CE marks have arrived since the previous ACK": of pure ACKs, too. */
function isDue({ settings, timers }: Tcb, untold: number): boolean {
  if (settings.ecnAcks === 'changes') return false;
  return untold >= (timers.delayedAck === undefined ? WITHOUT_TEXT : WITH_TEXT);
}

function hearAce(tcb: Tcb, { seg }: Arrival): Verdict {
  const ecn = tcb.options.ecn as AccurateEcn;
  const count = countMarks(tcb, seg);
  const cep = ecn.s.cep + count;
  const reduced = reducedByMark(withFeedback(tcb, { ...ecn, s: { ...ecn.s, cep } }), seg);
  const why = () =>
    `ACE=${printAce(aceOf(seg.ctl))}, s.cep=${ecn.s.cep} (${printAce(ecn.s.cep & 7)}), ` +
    `${deliveryOf(tcb, seg).segments} segments up to ${num(seg.ack)}: ${count} more arrived with CE, s.cep <- ${cep}; ${reduced.why}`;
  return goOn(why, reduced.tcb);
}

/** An ACK that brings an AccECN Option, or of which something is concluded without one (deviation ecn-counts). */
function tellsCounters(tcb: Tcb, { option }: AccurateEcn, seg: Segment): boolean {
  if (!has(seg, ACK)) return false;
  if (seg.options.accurateEcn !== undefined) return option.heeded || option.heard === 'empty';
  if (tcb.settings.ecnCounts === 'every') return false;
  return isNewer(tcb, seg) || deliveryOf(tcb, seg).segments > 0;
}

function hearOption(tcb: Tcb, { seg }: Arrival): Verdict {
  const ecn = hearFirst(tcb, seg);
  const told = seg.options.accurateEcn;
  const what = told === undefined ? 'no AccECN Option' : printAccEcn(told);
  const stamp = isNewer(tcb, seg) ? (seg.options.timestamps?.val ?? ecn.stamp) : ecn.stamp;
  if (isSuperseded(tcb, seg)) {
    const why = () => `${what}: of an ACK that is superseded`;
    return goOn(why, withFeedback(tcb, { ...ecn, stamp }));
  }
  const delivery = deliveryOf(tcb, seg);
  const { s, estimate } = octetsTold(tcb, ecn, seg, delivery);
  const option = { ...ecn.option, estimate };
  const why = () =>
    ecn.option.heeded
      ? `${what}: s.ceb <- ${s.ceb}, s.e0b <- ${s.e0b}, s.e1b <- ${s.e1b}`
      : `${what}: a counter began at zero: no option is heeded (§3.2.3.2.4)`;
  const after = { ...ecn, s, stamp, option, ...afterAck(tcb, ecn, delivery) };
  return goOn(why, withFeedback(tcb, after));
}

/** The first option that tells anything, unless its ACK is superseded. */
function hearFirst(tcb: Tcb, seg: Segment): AccurateEcn {
  const ecn = tcb.options.ecn as AccurateEcn;
  const option = withHeard(ecn.option, seg.options.accurateEcn);
  if (option === ecn.option || (!endsHandshake(tcb) && isSuperseded(tcb, seg))) return ecn;
  return { ...ecn, option };
}

/** The option of the ACK of our SYN,ACK is looked at in any case; who has sent a cookie looks at none. */
function endsHandshake({ state, isn }: Tcb): boolean {
  return state === 'SYN_RCVD' && isn?.kind !== 'cookie';
}

/** Deviation ecn-counts: how many segments ACKs acknowledge; and when six marks are untold, the next ACK does not wait. */
function afterAck(
  { settings }: Tcb,
  ecn: AccurateEcn,
  delivery: Delivery,
): Pick<AccurateEcn, 'perAck' | 'prompt'> {
  const { perAck, prompt, untold } = ecn;
  if (settings.ecnCounts === 'every') return { perAck, prompt };
  return { perAck: perAckWith(ecn, delivery), prompt: prompt || untold >= UNTOLD };
}

const UNTOLD = 6;
