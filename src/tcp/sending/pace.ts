/** RFC 9293 §3.8: the pace at which text is to leave: what the congestion window takes in a round trip, and somewhat faster (deviation initial-window). */

import { countOf } from '../../base/pieces.js';
import { pacedOf } from '../congestion/window-use.js';
import type { Tcb } from '../tcb.js';
import { fullSegment } from '../window.js';

const SECOND = 1_000_000;

/** Microseconds: a round trip that was not measured. */
const UNMEASURED = 1 / 8;

/** Octets a second; `left` of the segments under way have left since. */
export function paceOf(tcb: Tcb, left: number): number {
  const { rto, retransmissions, settings } = tcb;
  const { window, threshold } = pacedOf(tcb);
  const begins = window < Math.floor(threshold / 2);
  const factor = (begins ? settings.paceSlowStart : settings.paceAvoidance) / 100;
  const flying = Math.max(window, countOf(retransmissions) - left);
  return (fullSegment(tcb) * factor * flying * SECOND) / Math.max(UNMEASURED, rto.srtt ?? 0);
}
