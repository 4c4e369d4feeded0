/** RFC 9293 §3.10.7.3 and §3.10.7.4, fifth check: entering ESTABLISHED. */

import { own, ownQueued } from '../own.js';
import { atRest } from '../queued.js';
import { firstSpace } from '../receive-space.js';
import { isMereRequest } from '../requests.js';
import { rtoForData } from '../round-trip.js';
import { NO_EFFECTS } from '../rule.js';
import { has, type Segment, SYN } from '../segment.js';
import { editSnd, editTcb, NO_CHALLENGES, type Tcb } from '../tcb.js';
import type { Output } from '../transmit.js';
import { fullSegment, updateSendWindow, withWholeWindow } from '../window.js';

/** Deviation `crossing-options`: the window of the SYN,ACK that crosses ours is taken to be scaled. */
function withCrossingWindow(tcb: Tcb, seg: Segment): Tcb {
  const { max, shift } = tcb.snd;
  const windowed = updateSendWindow(tcb, seg);
  if (!has(seg, SYN)) return windowed;
  return editTcb(windowed, { snd: editSnd(windowed.snd, { wnd: seg.wnd * 2 ** shift, max }) });
}

/** SND.WND <- SEG.WND, SND.WL1 <- SEG.SEQ, SND.WL2 <- SEG.ACK; the OPEN completes. */
export function establish(tcb: Tcb, seg: Segment): Output {
  const call = tcb.queued.openCall;
  // Deviation `half-open request`: a request does not keep the window of the SYN.
  const asked = isMereRequest(tcb)
    ? withWholeWindow(
        editTcb(tcb, { snd: editSnd(tcb.snd, { max: 0 }), challenges: NO_CHALLENGES }),
      )
    : tcb;
  const crossing = tcb.state === 'SYN_RCVD' && tcb.settings.crossingOptions === 'all';
  const open = own(crossing ? withCrossingWindow(asked, seg) : updateSendWindow(asked, seg));
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
