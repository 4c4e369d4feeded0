/** RFC 9768 §3.1.5 and §3.2.2: AccECN in the other states. */

import { deleteTcb, returnToListen } from '../delete-tcb.js';
import {
  type AccurateEcn,
  aceOf,
  asksAccurate,
  CLASSIC_BITS,
  ECN_BITS,
  fedBack,
  fieldOfSyn,
  type OptionState,
  printAce,
  withFeedback,
} from '../ecn/feedback.js';
import { CE, isValidTransition, NOT_ECT, printCodepoint } from '../ecn/ip.js';
import { type AccEcnOption, withHeard } from '../ecn/option.js';
import { timestampBefore } from '../options.js';
import { resetFor } from '../reset.js';
import type { Rule, Verdict } from '../rule.js';
import { finish, goOn, rulesOf } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, ECE, has, RST, SYN, segLen } from '../segment.js';
import { add, atOrBefore, before } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { TEXT } from '../user-texts.js';
import { toldEdge } from '../window.js';
import { isOfHandshake, markRules, markRulesFor } from './5-marks.js';
import type { Arrival } from './arrival.js';

const synAgainRule = rulesOf<Arrival>('other-states', 'RFC 9768 §3.1.5')(
  'ecn-syn',
  'Handling SYNs or SYN/ACKs of multiple types',
  ['SYN_RCVD -> LISTEN', 'SYN_RCVD -> CLOSED'],
  checkSynAgain,
);

const thirdAckRule = rulesOf<Arrival>('other-states', 'RFC 9768 §3.2.2.1')(
  'ecn-third-ack',
  'ACE Field on the ACK of the SYN/ACK',
  [],
  checkThirdAck,
);

/** All of them, for the catalogue. */
export const ecnRules: readonly Rule<Arrival>[] = [synAgainRule, thirdAckRule, ...markRules];

/** The checks of a connection that has agreed on ECN: these rules stand before the sequence check and before the fifth. */
export function withEcnRules(
  checks: readonly Rule<Arrival>[],
  tcb: Tcb,
  seg: Segment,
): readonly Rule<Arrival>[] {
  const begun = isSynAgain(tcb, seg) ? [synAgainRule, ...checks] : checks;
  const marks = markRulesFor(tcb, seg);
  const rules = isThirdAck(tcb, seg) ? [...marks.filter(isOfHandshake), thirdAckRule] : marks;
  return rules.length === 0 ? begun : beforeFifth(begun, rules);
}

function beforeFifth(
  checks: readonly Rule<Arrival>[],
  rules: readonly Rule<Arrival>[],
): readonly Rule<Arrival>[] {
  const at = checks.findIndex(({ id }) => /\/5-(?:loss|ack)$/.test(id));
  return at < 0 ? checks : [...checks.slice(0, at), ...rules, ...checks.slice(at)];
}

// The SYN or the SYN,ACK again ----------------------------------------------------------------------

/** "A SYN that has the same port numbers and the same ISN", or an acceptable SYN,ACK. */
function isSynAgain(tcb: Tcb, seg: Segment): boolean {
  const { state, irs, iss, snd } = tcb;
  if ((seg.ctl & (SYN | RST)) !== SYN || seg.seq !== irs) return false;
  if (!has(seg, ACK)) return state === 'SYN_RCVD';
  if (state === 'TIME_WAIT') return false;
  if (tcb.settings.ecnAnswer === 'asked' ? state === 'SYN_RCVD' : isOutdated(tcb, seg))
    return false;
  return before(iss, seg.ack) && atOrBefore(seg.ack, snd.nxt);
}

/** Deviation ecn-answer: one that is too old for PAWS, or comes after text was acknowledged, is challenged as any other SYN is. */
function isOutdated(tcb: Tcb, { options: { timestamps } }: Segment): boolean {
  const { irs, options } = tcb;
  if (before(add(irs, 1), toldEdge(tcb))) return true;
  if (!options.timestamps || timestamps === undefined) return false;
  return timestampBefore(timestamps.val, options.tsRecent);
}

function checkSynAgain(tcb: Tcb, { seg, source }: Arrival): Verdict {
  const { ecn } = tcb.options;
  const bits = seg.ctl & ECN_BITS;
  const told = printAce(aceOf(bits));
  if (has(seg, ACK)) return hearSynAckAgain(tcb, seg);
  if (asksOther(tcb, bits)) {
    const end =
      tcb.open === 'passive' ? returnToListen(tcb) : deleteTcb(tcb, TEXT.reset, TEXT.reset);
    const why = () => `a SYN asked for ${ecn?.mode} ECN and this one has ${told}: reset`;
    return finish(why, end.tcb, [resetFor(seg, source, tcb.settings), ...end.effects]);
  }
  if (ecn?.mode !== 'accurate') return goOn(() => `${told}: the feedback mode stays`);
  const mangled = ecn.mangled || bits === 0;
  const plain = bits === 0 ? '; without the three bits: nothing is sent as ECT any more' : '';
  const why = () => `the latest SYN has IP-ECN ${printCodepoint(seg.ecn)}${plain}`;
  if (ecn.syn === seg.ecn && mangled === ecn.mangled) return goOn(why);
  return goOn(why, withFeedback(tcb, { ...ecn, syn: seg.ecn, last: seg.ecn, mangled }));
}

/** With the deviation ecn-answer the first SYN has decided. */
function asksOther({ settings, options: { ecn } }: Tcb, bits: number): boolean {
  if (settings.ecnAnswer !== 'asked') return false;
  if (ecn?.mode === 'accurate') return bits === CLASSIC_BITS;
  return asksAccurate(bits) && settings.accurateEcn !== 'off';
}

/** §3.2.2.1: its pure ACK has the handshake encoding again; CE on it counts once. */
function hearSynAckAgain(tcb: Tcb, seg: Segment): Verdict {
  const { ecn } = tcb.options;
  if (ecn?.mode !== 'accurate') return goOn(() => 'the feedback mode stays');
  const asked = tcb.settings.ecnAnswer === 'asked';
  const bits = seg.ctl & ECN_BITS;
  if (asked && (bits === 0 || bits === ECE || bits === ECN_BITS)) {
    return goOn(() => `${printAce(aceOf(bits))}: no AccECN SYN,ACK, and the feedback mode stays`);
  }
  const syn = fieldOfSyn(tcb, ecn, seg);
  const counts = asked && seg.ecn === CE && !ecn.synCounted;
  const after: AccurateEcn = {
    ...ecn,
    syn,
    // Where SYNs have crossed it is acknowledged as text is.
    handshake: tcb.state !== 'SYN_RCVD',
    synCounted: ecn.synCounted || counts,
    option: heardAgain(ecn.option, seg.options.accurateEcn),
    r: counts ? { ...ecn.r, cep: ecn.r.cep + 1 } : ecn.r,
  };
  const why = () => `the SYN,ACK again, its IP-ECN is ${printCodepoint(syn)}; r.cep=${after.r.cep}`;
  return goOn(why, withFeedback(tcb, after));
}

/** The first option that tells anything is answered with another. */
function heardAgain(option: OptionState, told: AccEcnOption | undefined): OptionState {
  const after = withHeard(option, told);
  return after === option ? option : { ...after, due: Math.max(1, option.due) };
}

// The third ACK -------------------------------------------------------------------------------------

/** A pure ACK of our SYN,ACK with no SACK blocks; with the deviation ecn-mangling also one with more whose field is zero, and where SYNs have crossed. */
function isThirdAck({ state, open, options, snd, settings }: Tcb, seg: Segment): boolean {
  const strict = settings.ecnMangling === 'check';
  if (state !== 'SYN_RCVD' || options.ecn?.mode !== 'accurate') return false;
  if (strict && open !== 'passive') return false;
  if ((seg.ctl & (RST | ACK)) !== ACK || seg.options.sack !== undefined) return false;
  const looksAtMore = !strict && aceOf(seg.ctl) === 0;
  if (segLen(seg) > 0 && !looksAtMore) return false;
  return before(snd.una, seg.ack) && atOrBefore(seg.ack, snd.nxt);
}

/** Table 4. */
function checkThirdAck(tcb: Tcb, { seg }: Arrival): Verdict {
  const { ecn } = tcb.options;
  if (ecn?.mode !== 'accurate') return goOn(() => 'no AccECN');
  const ace = aceOf(seg.ctl);
  const arrived = fedBack(seg.ctl);
  if (ace === 0) return distrust(tcb, ecn);
  if (arrived === undefined) {
    return goOn(() => `ACE=${printAce(ace)} is unused; s.cep=${ecn.s.cep}`);
  }
  const { ecnMangling } = tcb.settings;
  const valid = ecnMangling === 'off' || isValidTransition(NOT_ECT, arrived);
  const counts = arrived === CE && (valid || ecnMangling === 'check');
  const cep = ecn.s.cep + (counts ? 1 : 0);
  const spoilt = valid ? '' : ', but it left as Not-ECT: mangled, so nothing is sent as ECT';
  const why = () =>
    `ACE=${printAce(ace)}: our SYN,ACK arrived with IP-ECN ${printCodepoint(arrived)}${spoilt}; s.cep=${cep}`;
  if (valid && !counts) return goOn(why);
  const mangled = ecn.mangled || !valid;
  return goOn(why, withFeedback(tcb, { ...ecn, mangled, s: { ...ecn.s, cep } }));
}

/** §3.2.2.1, note 1: feedback of such a peer is not heeded; with the deviation ecn-mangling its options are not. */
function distrust(tcb: Tcb, ecn: AccurateEcn): Verdict {
  const fields = tcb.settings.ecnMangling !== 'check';
  const what = fields ? 'no AccECN Option is' : 'ACE is not';
  const why = () =>
    `ACE=${printAce(0)}: the peer may not have AccECN: nothing is sent as ECT, and ${what} heeded`;
  const option = fields ? { ...ecn.option, heeded: false } : ecn.option;
  return goOn(why, withFeedback(tcb, { ...ecn, mangled: true, heeded: fields, option }));
}
