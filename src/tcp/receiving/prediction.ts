/** RFC 9293 §3.10.7.4: the segment that is expected next is not looked at closely: header prediction (deviations ack-range and window-probe). */

import { aceBits } from '../ecn/feedback.js';
import type { Segment } from '../segment.js';
import { ACK, PSH } from '../segment.js';
import { sendMemory } from '../sending/units.js';
import { before } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { prepaid } from './space.js';

/** A bare ACK, or text for which there is memory, with the window that is known. */
export function isPredicted(tcb: Tcb, seg: Segment): boolean {
  const { state, rcv, snd, queued, options } = tcb;
  const plain = (seg.ctl & ~PSH) === (ACK | expectedBits(tcb)) && hasNoFeedback(seg);
  const known = seg.seq === rcv.nxt && seg.wnd * 2 ** snd.shift === snd.wnd;
  if (!plain || !known || state !== 'ESTABLISHED' || queued.outOfOrder.length > 0) return false;
  if (before(snd.nxt, seg.ack) || rcv.wnd === 0 || queued.urgent) return false;
  if (tcb.space?.mode === 'full') return false;
  const stamped = seg.options.timestamps !== undefined;
  if (seg.data.length === 0) return true;
  return stamped === options.timestamps && prepaid(tcb, seg, sendMemory(tcb));
}

/** With AccECN the ACE field that tells of no mark. */
function expectedBits({ options: { ecn } }: Tcb): number {
  return ecn?.mode === 'accurate' ? aceBits(ecn.s.cep) : 0;
}

function hasNoFeedback({ options }: Segment): boolean {
  return options.sack === undefined && options.accurateEcn === undefined;
}
