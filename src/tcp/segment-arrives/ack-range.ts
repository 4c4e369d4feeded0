/** RFC 5961 §5.2 Blind Data Injection Attack: how far before SND.UNA an ACK may lie. */

import type { Seq } from '../seq.js';
import { add, distance } from '../seq.js';
import type { Tcb } from '../tcb.js';

/** MAX.SND.WND; with the deviation ack-range not before the first number that was acknowledged. */
export function ackReach(tcb: Tcb): number {
  if (tcb.settings.ackRange === 'window') return tcb.snd.max;
  return Math.min(tcb.snd.max, distance(firstAcked(tcb), tcb.snd.una));
}

/** Of an active open the SYN; what came of a request has begun after it. */
function firstAcked({ open, iss }: Tcb): Seq {
  return open === 'active' ? iss : add(iss, 1);
}
