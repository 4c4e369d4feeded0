/** RFC 9293 §3.10.7.3 and §3.10.7.4, fifth check: entering ESTABLISHED. */

import { own, ownQueued } from '../own.js';
import { atRest } from '../queued.js';
import { firstSpace } from '../receive-space.js';
import { rtoForData } from '../retransmission.js';
import { NO_EFFECTS } from '../rule.js';
import type { Segment } from '../segment.js';
import { editSnd, editTcb, type Tcb } from '../tcb.js';
import type { Output } from '../transmit.js';
import { fullSegment, updateSendWindow, withWholeWindow } from '../window.js';
import { isMereRequest } from './half-open.js';

/** SND.WND <- SEG.WND, SND.WL1 <- SEG.SEQ, SND.WL2 <- SEG.ACK; the OPEN completes. */
export function establish(tcb: Tcb, seg: Segment): Output {
  const call = tcb.queued.openCall;
  // Deviation `half-open request`: a request does not keep the window of the SYN.
  const asked = isMereRequest(tcb)
    ? withWholeWindow(editTcb(tcb, { snd: editSnd(tcb.snd, { max: 0 }) }))
    : tcb;
  const open = own(updateSendWindow(asked, seg));
  open.state = 'ESTABLISHED';
  open.rto = rtoForData(tcb);
  if (call !== undefined) {
    const queued = ownQueued(open);
    queued.openCall = undefined;
    open.queued = atRest(queued);
  }
  open.space ??= firstSpace(open, fullSegment(open));
  return {
    tcb: open,
    effects:
      call === undefined ? NO_EFFECTS : [{ kind: 'complete', call, outcome: { kind: 'ok' } }],
  };
}
