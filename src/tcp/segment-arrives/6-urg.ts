/** RFC 9293 §3.10.7.4 Other States, sixth check: the URG bit. */

import type { Verdict } from '../rule.js';
import { goOn } from '../rule.js';
import { has, URG } from '../segment.js';
import { add, before, latest, num } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editQueued, editRcv, editTcb } from '../tcb.js';
import { TEXT } from '../user-texts.js';
import { heldForUser } from '../window.js';
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
      return goOn(() => 'URG bit on, but the FIN was received: ignored');
  }
  // The field is an offset; the sum is the number of the octet after the urgent text (MUST-62).
  const pointer = seg.up === 0 && tcb.settings.urgentZero === 'octet' ? 1 : seg.up;
  const up = latest(tcb.rcv.up, add(seg.seq, pointer));
  const consumed = add(tcb.rcv.nxt, -heldForUser(tcb));
  const ahead = before(consumed, up);
  const tell = ahead && !tcb.queued.urgent;
  const after: Tcb = editQueued(editTcb(tcb, { rcv: editRcv(tcb.rcv, { up }) }), {
    urgent: tcb.queued.urgent || ahead,
  });
  const why = () =>
    `RCV.UP <- max(${num(tcb.rcv.up)}, SEG.SEQ+SEG.UP=${num(add(seg.seq, pointer))}) = ${num(up)}, ` +
    (ahead
      ? `in advance of the data consumed (${num(consumed)})${tell ? '' : '; told before'}`
      : 'not in advance of the data consumed');
  return goOn(why, after, tell ? [{ kind: 'signal', text: TEXT.urgent }] : []);
}
