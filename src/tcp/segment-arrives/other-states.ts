/** RFC 9293 §3.10.7.4 Other States: eight checks, in this order. */

import { isCached } from '../host/requests.js';
import type { Rule, Verdict } from '../rule.js';
import { goOn, rulesOf } from '../rule.js';
import type { Segment } from '../segment.js';
import type { Tcb } from '../tcb.js';
import { isClosedFinWait2 } from '../timers/fin-wait-2.js';
import { checkTimestamp, recordTimestamp } from './0-timestamps.js';
import { checkSequence } from './1-sequence.js';
import { checkRst, rstMoves } from './2-rst.js';
import { checkSyn, synMoves } from './4-syn.js';
import { ackMoves, checkAck } from './5-ack.js';
import { ecnRules, withEcnRules } from './5-ecn.js';
import { checkLoss, tellsOfLoss } from './5-loss.js';
import { checkUserTimeout } from './5-user-timeout.js';
import { checkUrg } from './6-urg.js';
import { checkText, textMoves } from './7-text.js';
import { checkFin, finMoves } from './8-fin.js';
import type { Arrival } from './arrival.js';
import { beforeWindowRule, isTrimmedAway } from './before-window.js';
import { closedFinWait2 } from './closed-fin-wait-2.js';
import { crossingRule, looksAtAckFirst } from './crossing.js';
import { isReduced, reducedTimeWait } from './reduced-time-wait.js';
import { synCacheRule } from './syn-cache.js';

const check = rulesOf<Arrival>('other-states', 'RFC 9293 §3.10.7.4');
const paws = rulesOf<Arrival>('other-states', 'RFC 7323 §5.3');

const sequence = check('1-sequence', 'First, check sequence number', [], checkSequence);

/** From the second check on: the same with and without timestamps. */
const second: readonly Rule<Arrival>[] = [
  check('2-rst', 'Second, check the RST bit', rstMoves, checkRst),
  check('3-security', 'Third, check security', [], checkSecurity),
  check('4-syn', 'Fourth, check the SYN bit', synMoves, checkSyn),
  check('5-ack', 'Fifth, check the ACK field', ackMoves, checkAck),
  check('6-urg', 'Sixth, check the URG bit', [], checkUrg),
  check('7-text', 'Seventh, process the segment text', textMoves, checkText),
  check('8-fin', 'Eighth, check the FIN bit', finMoves, checkFin),
];

const otherStatesRules: readonly Rule<Arrival>[] = [sequence, ...second];

const r1 = paws('0-paws', 'R1) SEG.TSval < TS.Recent', [], checkTimestamp);
const stampedTrim: readonly Rule<Arrival>[] = [r1, beforeWindowRule];

/** The same for a connection that has agreed on timestamps. */
const withTimestamps: readonly Rule<Arrival>[] = [
  r1,
  sequence,
  paws(
    '1-ts-recent',
    'R3) SEG.TSval >= TS.Recent and SEG.SEQ <= Last.ACK.sent',
    [],
    recordTimestamp,
  ),
  ...second,
];

/** The same for a segment that may tell of a loss. */
function withLoss(rules: readonly Rule<Arrival>[]): readonly Rule<Arrival>[] {
  const fifth = rules.length - fromFifth.length;
  return [...rules.slice(0, fifth), loss, ...fromFifth];
}

const loss = rulesOf<Arrival>('other-states', 'RFC 5681 §3.2')(
  '5-loss',
  'Fast Retransmit/Fast Recovery',
  [],
  checkLoss,
);

const fromFifth: readonly Rule<Arrival>[] = second.slice(3);
const lossy = { plain: withLoss(otherStatesRules), stamped: withLoss(withTimestamps) };

/** Where a segment of SYN_SENT goes on that has other controls or text (§3.10.7.3, fourth check). */
export const fromSixth: readonly Rule<Arrival>[] = second.slice(4);

const userTimeout = rulesOf<Arrival>('other-states', 'RFC 5482 §3.1')(
  '5-user-timeout',
  'Changing the Local User Timeout',
  [],
  checkUserTimeout,
);

/** The same for a segment with a User Timeout Option, where that is in use. */
function withUserTimeout(rules: readonly Rule<Arrival>[]): readonly Rule<Arrival>[] {
  const sixth = rules.length - fromSixth.length;
  return [...rules.slice(0, sixth), userTimeout, ...fromSixth];
}

const everyCheck = withUserTimeout(lossy.stamped);

/** All of them, for the catalogue. */
export const everyOtherStatesRule: readonly Rule<Arrival>[] = [
  ...everyCheck,
  beforeWindowRule,
  crossingRule,
  ...ecnRules,
];

/** With and without a User Timeout Option; in each with and without timestamps, and signs of a loss. */
const withOption = {
  plain: withUserTimeout(otherStatesRules),
  stamped: withUserTimeout(withTimestamps),
  lossy: { plain: withUserTimeout(lossy.plain), stamped: everyCheck },
};

/** The checks that a segment meets. */
export function otherStatesFor(tcb: Tcb, seg: Segment): readonly Rule<Arrival>[] {
  const plain = checksFor(tcb, seg);
  const checks = tcb.options.ecn === undefined ? plain : withEcnRules(plain, tcb, seg);
  if (isCached(tcb)) return [synCacheRule, ...checks];
  return looksAtAckFirst(tcb) ? [crossingRule, ...checks] : checks;
}

function checksFor(tcb: Tcb, seg: Segment): readonly Rule<Arrival>[] {
  if (isTrimmedAway(tcb, seg)) return tcb.options.timestamps ? stampedTrim : [beforeWindowRule];
  if (isReduced(tcb)) return reducedTimeWait;
  if (isClosedFinWait2(tcb)) return closedFinWait2;
  if (seg.options.userTimeout !== undefined && tcb.settings.userTimeoutOption) {
    const { plain, stamped } = tellsOfLoss(tcb, seg) ? withOption.lossy : withOption;
    return tcb.options.timestamps ? stamped : plain;
  }
  if (tellsOfLoss(tcb, seg)) return tcb.options.timestamps ? lossy.stamped : lossy.plain;
  return tcb.options.timestamps ? withTimestamps : otherStatesRules;
}

const NO_SECURITY = goOn(() => 'segments carry no security/compartment here: it matches');

/** Declared in the deviations: segments carry no security/compartment. */
function checkSecurity(): Verdict {
  return NO_SECURITY;
}
