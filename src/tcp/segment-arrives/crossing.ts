/** RFC 9293 §3.10.7.4 Other States: SYN_RCVD after an active open looks at the ACK field first (deviation half-open cache). */

import { resetFor } from '../reset.js';
import type { Rule, Verdict } from '../rule.js';
import { finish, goOn, rulesOf } from '../rule.js';
import { ACK, has, RST } from '../segment.js';
import { atOrBefore, before, num } from '../seq.js';
import { haveSynsCrossed } from '../states.js';
import type { Tcb } from '../tcb.js';
import type { Arrival } from './arrival.js';

const rule = rulesOf<Arrival>('other-states', 'RFC 9293 §3.10.7.4');

/** Runs before the checks. */
export const crossingRule: Rule<Arrival> = rule(
  'crossing',
  'SYN-RECEIVED STATE, before the sequence number',
  [],
  decide,
);

/** Whether the connection's segments meet this rule. */
export function looksAtAckFirst(tcb: Tcb): boolean {
  return haveSynsCrossed(tcb) && tcb.settings.halfOpen === 'cache';
}

/** A reset for an ACK of something else, and for what begins before the peer's SYN; a RST has checks of its own. */
function decide(tcb: Tcb, { seg, source }: Arrival): Verdict {
  const { una, nxt } = tcb.snd;
  if (has(seg, RST)) return goOn(() => 'RST bit on: for the checks');
  const acks = !has(seg, ACK) || (before(una, seg.ack) && atOrBefore(seg.ack, nxt));
  if (acks && !before(seg.seq, tcb.irs)) return goOn(() => 'neither its ACK nor its SEQ is wrong');
  const why = () =>
    acks
      ? `SEG.SEQ=${num(seg.seq)} < IRS=${num(tcb.irs)}`
      : `SEG.ACK=${num(seg.ack)} not in SND.UNA=${num(una)} < SEG.ACK =< SND.NXT=${num(nxt)}`;
  return finish(() => `${why()}: reset, dropped (deviation half-open)`, undefined, [
    resetFor(seg, source, tcb.settings),
  ]);
}
