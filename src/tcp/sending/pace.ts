/** RFC 9293 §3.8: the pace at which text is to leave: what the congestion window takes in a round trip, and somewhat faster (deviation initial-window). */

import { countOf } from '../../base/pieces.js';
import { pacedOf } from '../congestion/window-use.js';
import type { Tcb } from '../tcb.js';
import { fullSegment } from '../window.js';

const SECOND = 1_000_000;
/** How much faster it leaves: in slow start, and after it. */
const FASTER = { slowStart: 2, avoidance: 1.2 };

/** Microseconds: a round trip that was not measured. */
const UNMEASURED = 1 / 8;

/** Octets a second; `left` of the segments under way have left since. */
export function paceOf(tcb: Tcb, left: number): number {
  const { rto, retransmissions } = tcb;
  const { window, threshold } = pacedOf(tcb);
  const factor = window < Math.floor(threshold / 2) ? FASTER.slowStart : FASTER.avoidance;
  const flying = Math.max(window, countOf(retransmissions) - left);
  return (fullSegment(tcb) * factor * flying * SECOND) / Math.max(UNMEASURED, rto.srtt ?? 0);
}
