/** RFC 9293 §3.10 Event Processing: the catalogue of all rules, in the RFC's order. */

import { assert } from '../base/assert.js';
import { abortRules } from './calls/abort.js';
import { stateHeading } from './calls/call-rule.js';
import { closeRules } from './calls/close.js';
import { openRules } from './calls/open.js';
import { receiveRules } from './calls/receive.js';
import { sendRules } from './calls/send.js';
import { setRules } from './calls/set.js';
import { statusRules } from './calls/status.js';
import { acceptRules } from './host/accept.js';
import { cookieRules } from './host/cookies.js';
import { fastOpenRules } from './host/fast-open.js';
import { listenerRules } from './host/listener.js';
import { REOPEN } from './host/reopen.js';
import { LIMIT } from './host/settle.js';
import { icmpRules } from './icmp.js';
import type { Microstep, RuleInfo } from './rule.js';
import { move } from './rule.js';
import { ADDRESS } from './segment-arrives/address.js';
import { closedRules } from './segment-arrives/closed.js';
import { closedFinWait2 } from './segment-arrives/closed-fin-wait-2.js';
import { everyListenRule, everySynSentRule } from './segment-arrives/ecn.js';
import { everyOtherStatesRule } from './segment-arrives/other-states.js';
import { reducedTimeWait } from './segment-arrives/reduced-time-wait.js';
import { RETURN, reuseRule } from './segment-arrives/reuse.js';
import { SIGNATURE } from './segment-arrives/signature.js';
import { synCacheRule } from './segment-arrives/syn-cache.js';
import { SYN_FIN } from './segment-arrives/syn-fin.js';
import type { Move } from './states.js';
import { STATES } from './states.js';
import { everyTimeoutRule } from './timeouts.js';
import { UDP_PEER, UDP_PORT } from './udp-encapsulation.js';

/** A procedure of the RFC: its rules in order, as the RFC view and the README show them. */
export interface Procedure {
  readonly id: string;
  /** Of RFC 9293, another RFC, or `sockets` for what applications know and no RFC has. */
  readonly section: string;
  readonly title: string;
  readonly rules: readonly RuleInfo[];
}

export const PROCEDURES: readonly Procedure[] = [
  { id: 'open', section: '3.10.1', title: 'OPEN Call', rules: openRules },
  { id: 'send', section: '3.10.2', title: 'SEND Call', rules: sendRules },
  { id: 'receive', section: '3.10.3', title: 'RECEIVE Call', rules: receiveRules },
  { id: 'close', section: '3.10.4', title: 'CLOSE Call', rules: closeRules },
  { id: 'abort', section: '3.10.5', title: 'ABORT Call', rules: abortRules },
  { id: 'status', section: '3.10.6', title: 'STATUS Call', rules: statusRules },
  { id: 'set', section: '3.9.1', title: 'SET: one connection’s settings', rules: setRules },
  { id: 'icmp', section: '3.9.2.2', title: 'ICMP Messages', rules: icmpRules },
  {
    id: 'arrival',
    section: '3.9.2.3',
    title: 'Source Address Validation',
    rules: [ADDRESS, UDP_PORT, SIGNATURE, SYN_FIN, UDP_PEER],
  },
  { id: 'closed', section: '3.10.7.1', title: 'CLOSED STATE', rules: closedRules },
  {
    id: 'listen',
    section: '3.10.7.2',
    title: 'LISTEN STATE',
    rules: everyListenRule,
  },
  {
    id: 'syn-sent',
    section: '3.10.7.3',
    title: 'SYN-SENT STATE',
    rules: everySynSentRule,
  },
  {
    id: 'other-states',
    section: '3.10.7.4',
    title: 'Other States',
    rules: everyOtherStatesRule,
  },
  {
    id: 'time-wait',
    section: '3.6.1',
    title: 'Reopening from TIME-WAIT',
    rules: [reuseRule, RETURN, REOPEN, ...reducedTimeWait, ...closedFinWait2, LIMIT],
  },
  {
    id: 'timeout',
    section: '3.10.8',
    title: 'Timeouts',
    rules: everyTimeoutRule,
  },
  {
    id: 'listener',
    section: 'sockets',
    title: 'Listen queues and ACCEPT',
    rules: [...listenerRules, ...acceptRules, synCacheRule, ...cookieRules],
  },
  { id: 'fast-open', section: 'RFC 7413', title: 'TCP Fast Open', rules: fastOpenRules },
];

/** Every rule, in the RFC's order. */
export const RULES: readonly RuleInfo[] = PROCEDURES.flatMap(({ rules }) => rules);

const byId = new Map(RULES.map((rule) => [rule.id, rule]));
assert(byId.size === RULES.length, () => 'two rules have the same id');

export function ruleById(id: string): RuleInfo | undefined {
  return byId.get(id);
}

/** The calls: their rules have the headings of states. */
const CALLS = new Map(
  PROCEDURES.filter(({ rules }) => rules.some((rule) => 'states' in rule)).map(
    ({ id, title }) => [id, title.replace(/:.*/, '')] as const,
  ),
);

/** Under which heading of the RFC a rule decided: `Third, check for a SYN`; of a call `CLOSE Call, ESTABLISHED STATE`. */
export function headingOf({ rule, before }: Microstep): string {
  const call = CALLS.get(rule.id.slice(0, rule.id.indexOf('/')));
  return call === undefined ? rule.title : `${call}, ${stateHeading(before?.state ?? 'CLOSED')}`;
}

/** Every state change that some rule declares, by the states' order in the RFC. */
export function declaredMoves(): readonly Move[] {
  const declared = new Set(RULES.flatMap(({ moves }) => moves));
  const all = STATES.flatMap((from) => STATES.map((to) => move(from, to)));
  return all.filter((one) => declared.has(one));
}

/** The rules that may make a state change, in the RFC's order. */
export function rulesOfMove(wanted: Move): readonly RuleInfo[] {
  return RULES.filter(({ moves }) => moves.includes(wanted));
}
