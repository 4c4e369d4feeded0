/** RFC 9768 §3.1.5 and §3.2.2: AccECN in the other states. */

import { deleteTcb, returnToListen } from '../delete-tcb.js';
import {
  type AccurateEcn,
  aceOf,
  asksAccurate,
  CLASSIC_BITS,
  ECN_BITS,
  fedBack,
  printAce,
  withFeedback,
} from '../ecn/feedback.js';
import { CE, isValidTransition, NOT_ECT, printCodepoint } from '../ecn/ip.js';
import { resetFor } from '../reset.js';
import type { Rule, Verdict } from '../rule.js';
import { finish, goOn, rulesOf } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, ECE, FIN, has, RST, SYN } from '../segment.js';
import { atOrBefore, before } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { TEXT } from '../user-texts.js';
import { isOfReceiver, markRules, markRulesFor } from './5-marks.js';
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
  if (isSynAgain(tcb, seg)) return [synAgainRule, ...checks];
  const marks = markRulesFor(tcb, seg);
  const rules = isThirdAck(tcb, seg) ? [...marks.filter(isOfReceiver), thirdAckRule] : marks;
  return rules.length === 0 ? checks : beforeFifth(checks, rules);
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
function isSynAgain({ state, irs, iss, snd }: Tcb, seg: Segment): boolean {
  if ((seg.ctl & (SYN | RST)) !== SYN || seg.seq !== irs) return false;
  if (!has(seg, ACK)) return state === 'SYN_RCVD';
  if (state === 'SYN_RCVD' || state === 'TIME_WAIT') return false;
  return before(iss, seg.ack) && atOrBefore(seg.ack, snd.nxt);
}

function checkSynAgain(tcb: Tcb, { seg, source }: Arrival): Verdict {
  const { ecn } = tcb.options;
  const bits = seg.ctl & ECN_BITS;
  const told = printAce(aceOf(bits));
  if (has(seg, ACK)) return hearSynAckAgain(tcb, seg);
  const asksOther =
    ecn?.mode === 'accurate'
      ? bits === CLASSIC_BITS
      : asksAccurate(bits) && tcb.settings.accurateEcn !== 'off';
  if (asksOther) {
    const end =
      tcb.open === 'passive' ? returnToListen(tcb) : deleteTcb(tcb, TEXT.reset, TEXT.reset);
    const why = () => `a SYN asked for ${ecn?.mode} ECN and this one has ${told}: reset`;
    return finish(why, end.tcb, [resetFor(seg, source, tcb.settings), ...end.effects]);
  }
  if (ecn?.mode !== 'accurate') return goOn(() => `${told}: the feedback mode stays`);
  const ect = ecn.ect && bits !== 0;
  const plain = bits === 0 ? '; without the three bits: nothing is sent as ECT any more' : '';
  const why = () => `the latest SYN has IP-ECN ${printCodepoint(seg.ecn)}${plain}`;
  if (ecn.syn === seg.ecn && ect === ecn.ect) return goOn(why);
  return goOn(why, withFeedback(tcb, { ...ecn, syn: seg.ecn, ect }));
}

/** §3.2.2.1: its pure ACK has the handshake encoding again; CE on it counts once. */
function hearSynAckAgain(tcb: Tcb, seg: Segment): Verdict {
  const { ecn } = tcb.options;
  if (ecn?.mode !== 'accurate') return goOn(() => 'the feedback mode stays');
  const any = tcb.settings.ecnAnswer === 'any';
  const bits = seg.ctl & ECN_BITS;
  if (!any && (bits === 0 || bits === ECE || bits === ECN_BITS)) {
    return goOn(() => `${printAce(aceOf(bits))}: no AccECN SYN,ACK, and the feedback mode stays`);
  }
  const syn = any ? ecn.syn : seg.ecn;
  const counts = !any && seg.ecn === CE && !ecn.synCounted;
  const after: AccurateEcn = {
    ...ecn,
    syn,
    handshake: true,
    synCounted: ecn.synCounted || counts,
    r: counts ? { ...ecn.r, cep: ecn.r.cep + 1 } : ecn.r,
  };
  const why = () => `the SYN,ACK again, its IP-ECN is ${printCodepoint(syn)}; r.cep=${after.r.cep}`;
  return goOn(why, withFeedback(tcb, after));
}

// The third ACK -------------------------------------------------------------------------------------

/** A pure ACK of our SYN,ACK with no SACK blocks. */
function isThirdAck({ state, open, options, snd }: Tcb, seg: Segment): boolean {
  if (state !== 'SYN_RCVD' || open !== 'passive' || options.ecn?.mode !== 'accurate') return false;
  if ((seg.ctl & (SYN | RST | FIN | ACK)) !== ACK || seg.data.length > 0) return false;
  if (seg.options.sack !== undefined) return false;
  return before(snd.una, seg.ack) && atOrBefore(seg.ack, snd.nxt);
}

/** Table 4. */
function checkThirdAck(tcb: Tcb, { seg }: Arrival): Verdict {
  const { ecn } = tcb.options;
  if (ecn?.mode !== 'accurate') return goOn(() => 'no AccECN');
  const ace = aceOf(seg.ctl);
  const arrived = fedBack(seg.ctl);
  if (ace === 0) {
    const why = () =>
      `ACE=${printAce(0)}: the peer may not have AccECN: nothing is sent as ECT, and ACE is not heeded`;
    return goOn(why, withFeedback(tcb, { ...ecn, ect: false, heeded: false }));
  }
  if (arrived === undefined) {
    return goOn(() => `ACE=${printAce(ace)} is unused; s.cep=${ecn.s.cep}`);
  }
  const cep = arrived === CE ? ecn.s.cep + 1 : ecn.s.cep;
  const valid = isValidTransition(NOT_ECT, arrived);
  const mangled = valid ? '' : ', but it left as Not-ECT: mangled, so nothing is sent as ECT';
  const why = () =>
    `ACE=${printAce(ace)}: our SYN,ACK arrived with IP-ECN ${printCodepoint(arrived)}${mangled}; s.cep=${cep}`;
  if (valid && cep === ecn.s.cep) return goOn(why);
  return goOn(why, withFeedback(tcb, { ...ecn, ect: ecn.ect && valid, s: { ...ecn.s, cep } }));
}
