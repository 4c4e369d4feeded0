/** RFC 2018 §8: a peer that throws away what it has SACKed (deviation loss-recovery). */

import { atPlace } from '../../base/pieces.js';
import type { Duration } from '../rule.js';
import type { Tcb } from '../tcb.js';

/** What is told now is given so much time to be more, microseconds. */
const LEAST_WAIT: Duration = 10_000;

/** An ACK of the first `acked` of the queue stops before something that was SACKed: had it been kept, it would be acknowledged, too. */
export function hasReneged({ settings, retransmissions }: Tcb, acked: number): boolean {
  if (settings.lossRecovery !== 'rack') return false;
  return atPlace(retransmissions, acked)?.mark === 'sacked';
}

/** Nothing is concluded from such an ACK: so soon after it the retransmission timer goes off, after which nothing that was SACKed counts. */
export function renegingWait({ rto: { srtt } }: Tcb): Duration {
  return Math.max((srtt ?? 0) / 2, LEAST_WAIT);
}
