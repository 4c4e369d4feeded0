/** RFC 9293 §3.10.7.4 Other States: the ACK field of a segment that lies before the window (deviation before-window). */

import { isCached } from '../host/requests.js';
import { withOldOctets } from '../loss-recovery/sack.js';
import type { Instant, Rule, Verdict } from '../rule.js';
import { finish, NO_EFFECTS, rulesOf } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, RST, SYN, segEnd } from '../segment.js';
import { sendAck } from '../sending/transmit.js';
import { atOrBefore, before, num } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { ackMoves, checkAck } from './5-ack.js';
import type { Arrival } from './arrival.js';

const rule = rulesOf<Arrival>('other-states', 'RFC 9293 §3.10.7.4');

/** In the place of the checks, but for the one of timestamps. */
export const beforeWindowRule: Rule<Arrival> = rule(
  'before-window',
  'A segment before the window, its ACK field',
  ackMoves,
  decide,
);

/** Whether nothing of a segment is new, and its ACK counts all the same. */
export function isTrimmedAway(tcb: Tcb, seg: Segment): boolean {
  if (tcb.settings.beforeWindow === 'refuse' || isCached(tcb)) return false;
  if ((seg.ctl & (ACK | SYN | RST)) !== ACK || tcb.state === 'TIME_WAIT') return false;
  return before(seg.seq, tcb.rcv.nxt) && atOrBefore(segEnd(seg), tcb.rcv.nxt);
}

/** The fifth check of what is left of it, and an ACK, unless something that was sent has one. */
function decide(tcb: Tcb, arrival: Arrival, now: Instant): Verdict {
  const { seg } = arrival;
  const old = withOldOctets(tcb, seg);
  const { tcb: checked = old, effects = NO_EFFECTS, why } = checkAck(old, arrival, now);
  const answered = effects.some(({ kind }) => kind === 'send') || checked.state === 'CLOSED';
  const out = answered ? { tcb: checked, effects: NO_EFFECTS } : sendAck(checked, now);
  const told = () =>
    `SEG.SEQ=${num(seg.seq)} < RCV.NXT=${num(tcb.rcv.nxt)}, and nothing is new: ${why()}`;
  return finish(() => `${told()}; ACK (deviation before-window)`, out.tcb, [
    ...effects,
    ...out.effects,
  ]);
}
