/** RFC 8985 §6.3 RACK Reordering Timer (deviation loss-recovery): what was sent before something that has arrived had time enough. */

import { frontOf } from '../../base/pieces.js';
import { withCwrDue } from '../ecn/feedback.js';
import { editRto } from '../retransmission/variables.js';
import type { Instant, Verdict } from '../rule.js';
import { finish } from '../rule.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { editTimers, rtoSince } from '../timers.js';
import { enterRecovery, findByTime, findingsAt, reduceWindow } from './detection.js';
import { isRecovering } from './recovery.js';
import { sendLostNow } from './send-lost.js';
import { withoutTailProbe } from './tail-loss.js';

/** What waited is lost; the RTO of the front is waited for again. */
export function checkReordering(tcb: Tcb, _heardAt: Instant, now: Instant): Verdict {
  const found = findingsAt(tcb, now);
  findByTime(found);
  const { lost, queue } = found;
  const begins = lost > 0 && !isRecovering(tcb);
  if (begins) {
    enterRecovery(found);
    found.delivered = 1;
    reduceWindow(found);
  }
  const { recovery, congestion } = found;
  const rto = editRto(tcb.rto, { recovery, congestion, tail: 'none' });
  const known = editTcb(tcb, { rto, retransmissions: queue });
  const out = sendLostNow(found.reduces ? withCwrDue(withoutTailProbe(known)) : known, now);
  const retransmission = rtoSince(frontOf(out.tcb.retransmissions)?.sentAt ?? now, tcb, now);
  const timers = editTimers(out.tcb.timers, { retransmission });
  const why = () =>
    [`${lost} taken to be lost: what was sent later has arrived`, ...found.why].join('; ');
  return finish(why, editTcb(out.tcb, { timers }), out.effects);
}
