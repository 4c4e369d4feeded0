/** RFC 4987 §3.3 SYN Cache: a half-open connection that repeats its SYN,ACK (deviation half-open). */

import { retransmitFront } from '../retransmit.js';
import type { Instant, Verdict } from '../rule.js';
import { finish } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, RST, SYN } from '../segment.js';
import type { Tcb } from '../tcb.js';
import { editTcb, editTimers } from '../tcb.js';
import { countAnswer } from './challenge.js';

/** The SYN that this half-open connection was made for, again. */
export function isRepeatedSyn(tcb: Tcb, seg: Segment): boolean {
  return (
    tcb.settings.halfOpen === 'request' &&
    tcb.state === 'SYN_RCVD' &&
    tcb.open === 'passive' &&
    (seg.ctl & (SYN | ACK | RST)) === SYN &&
    seg.seq === tcb.irs &&
    tcb.retransmissions.length > 0
  );
}

/** The SYN,ACK again, at most as often as `challenge-ack-limit` allows; the timer runs anew. */
export function repeatSynAck(tcb: Tcb, now: Instant): Verdict {
  const challenges = countAnswer(tcb, now);
  if (challenges === undefined) {
    return finish(() => 'the SYN again; its SYN,ACK was repeated just now: dropped', undefined, [
      { kind: 'discard', reason: 'SYN,ACK repeated just now' },
    ]);
  }
  const out = retransmitFront(tcb, now);
  const timers = editTimers(out.tcb.timers, { retransmission: now + tcb.rto.value });
  const why = () =>
    `SEG.SEQ=IRS=${tcb.irs}: the SYN again, so the SYN,ACK again (deviation half-open)`;
  return finish(why, editTcb(out.tcb, { timers, challenges }), out.effects);
}
