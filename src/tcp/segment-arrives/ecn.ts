/** RFC 9768 §3.1: the rules by which SYNs and SYN,ACKs agree on ECN, classic ECN (RFC 3168 §6.1.1) included. */

import { withFeedback } from '../ecn/feedback.js';
import { feedbackMode, feedbackWhy, negotiatesEcn } from '../ecn.js';
import type { Rule, Verdict } from '../rule.js';
import { goOn, rulesOf } from '../rule.js';
import type { Segment } from '../segment.js';
import type { Tcb } from '../tcb.js';
import type { Arrival } from './arrival.js';
import { listenRules } from './listen.js';
import { synSentRules } from './syn-sent.js';

const TITLE = 'Backward Compatibility, Table 2: the feedback mode';

const listenEcnRule = ecnRule('listen');
const synSentEcnRule = ecnRule('syn-sent');

/** All of them, for the catalogue: this one behind those of RFC 9293. */
export const everyListenRule: readonly Rule<Arrival>[] = [...listenRules, listenEcnRule];
export const everySynSentRule: readonly Rule<Arrival>[] = [...synSentRules, synSentEcnRule];

const listenWithEcn = insertedBefore(listenRules, 'listen/3-syn', listenEcnRule);
const synSentWithEcn = insertedBefore(synSentRules, 'syn-sent/4-syn', synSentEcnRule);

function ecnRule(procedure: string): Rule<Arrival> {
  return rulesOf<Arrival>(procedure, 'RFC 9768 §3.1.2')('ecn', TITLE, [], negotiate);
}

function insertedBefore(
  rules: readonly Rule<Arrival>[],
  id: string,
  rule: Rule<Arrival>,
): readonly Rule<Arrival>[] {
  const at = rules.findIndex((one) => one.id === id);
  return [...rules.slice(0, at), rule, ...rules.slice(at)];
}

/** The rules of LISTEN that a segment meets. */
export function listenRulesFor(tcb: Tcb, seg: Segment): readonly Rule<Arrival>[] {
  return negotiatesEcn(tcb, seg) ? listenWithEcn : listenRules;
}

/** The rules of SYN_SENT that a segment meets. */
export function synSentRulesFor(tcb: Tcb, seg: Segment): readonly Rule<Arrival>[] {
  return negotiatesEcn(tcb, seg) ? synSentWithEcn : synSentRules;
}

function negotiate(tcb: Tcb, { seg }: Arrival): Verdict {
  const ecn = feedbackMode(tcb, seg);
  const why = () => feedbackWhy(seg, ecn);
  if (ecn === undefined) return goOn(why);
  return goOn(why, withFeedback(tcb, ecn));
}
