/** RFC 9293 §3.10.7.4 Other States, sixth check: the URG bit. */

import type { Verdict } from '../rule.js';
import { goOn } from '../rule.js';
import type { Segment } from '../segment.js';
import { has, URG } from '../segment.js';
import { add, atOrBefore, before, latest, num } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editQueued, editRcv, editTcb } from '../tcb.js';
import { TEXT } from '../user-texts.js';
import { consumedTo } from '../window.js';
import type { Arrival } from './arrival.js';

const URG_OFF = goOn(() => 'URG bit off');

export function checkUrg(tcb: Tcb, { seg }: Arrival): Verdict {
  if (!has(seg, URG)) return URG_OFF;
  switch (tcb.state) {
    case 'ESTABLISHED':
    case 'FIN_WAIT_1':
    case 'FIN_WAIT_2':
      break;
    default:
      // With `ignore`, too, the ACK that ends CLOSING is the last that is looked at.
      if (tcb.settings.afterFin !== 'ignore' || tcb.state === 'TIME_WAIT')
        return goOn(() => 'URG bit on, but the FIN was received: ignored');
  }
  // The field is an offset; the sum is the number of the octet after the urgent text (MUST-62).
  const offset = tcb.settings.urgentZero === 'octet' ? Math.max(1, seg.up) : seg.up;
  if (tcb.settings.urgentZero === 'octet' && atOrBefore(add(seg.seq, offset), tcb.rcv.nxt))
    return goOn(() => 'URG bit on, but what is urgent was received before (deviation urgent-zero)');
  const up = latest(tcb.rcv.up, add(seg.seq, offset));
  const consumed = consumedTo(tcb);
  const ahead = before(consumed, up);
  const tell = ahead && !tcb.queued.urgent;
  const after: Tcb = editQueued(editTcb(tcb, { rcv: editRcv(tcb.rcv, { up }) }), {
    urgent: tcb.queued.urgent || ahead,
  });
  const why = () =>
    `RCV.UP <- max(${num(tcb.rcv.up)}, SEG.SEQ+${offsetName(seg, offset)}=${num(add(seg.seq, offset))}) = ${num(up)}, ` +
    (ahead
      ? `in advance of the data consumed (${num(consumed)})${tell ? '' : '; told before'}`
      : 'not in advance of the data consumed');
  return goOn(why, after, tell ? [{ kind: 'signal', text: TEXT.urgent }] : []);
}

function offsetName({ up }: Segment, offset: number): string {
  return up === offset ? 'SEG.UP' : `${offset} (deviation urgent-zero)`;
}
