/** RFC 9293 §3.10.7.3 and §3.10.7.4, fifth check: entering ESTABLISHED. */

import { isOpenEarly } from '../fast-open.js';
import { isEarlyRequest, isMereRequest } from '../host/requests.js';
import { asKnown, searching } from '../loss-recovery/path-search.js';
import { own, ownQueued } from '../own.js';
import { begun } from '../receiving/dialogue.js';
import { firstSpace } from '../receiving/space.js';
import { measured, rtoForData } from '../retransmission/round-trip.js';
import type { Instant } from '../rule.js';
import { NO_EFFECTS } from '../rule.js';
import { has, type Segment, SYN } from '../segment.js';
import { atRest } from '../sending/queued.js';
import type { Output } from '../sending/transmit.js';
import { before } from '../seq.js';
import { editOptions, editSnd, editTcb, NO_CHALLENGES, type Tcb } from '../tcb.js';
import { editTimers, late } from '../timers.js';
import { fullSegment, updateSendWindow, withWholeWindow } from '../window.js';

/** Deviation `crossing-options`: the window of the SYN,ACK that crosses ours is taken to be scaled. */
function withCrossingWindow(tcb: Tcb, seg: Segment): Tcb {
  const { max, shift } = tcb.snd;
  const windowed = updateSendWindow(tcb, seg);
  if (!has(seg, SYN)) return windowed;
  // What is remembered as the largest is the field.
  const largest = Math.max(max, seg.wnd);
  const snd = editSnd(windowed.snd, { wnd: seg.wnd * 2 ** shift, max: largest });
  return editTcb(windowed, { snd });
}

/** Deviation `half-open request`: what the connection has of its own. A request does not keep the window of the SYN, but its timestamp to the end. */
function withoutRequest(tcb: Tcb, seg: Segment, now: Instant): Tcb {
  const snd = editSnd(tcb.snd, { max: 0 });
  const whole = withWholeWindow(editTcb(tcb, { snd, challenges: NO_CHALLENGES }));
  const { timestamps } = seg.options;
  const { lastAckSent } = tcb.options;
  if (timestamps === undefined || !tcb.options.timestamps || before(lastAckSent, seg.seq))
    return whole;
  const stamped = { tsRecent: timestamps.val, tsRecentAt: now };
  return editTcb(whole, { options: editOptions(whole.options, stamped) });
}

/** Deviation `half-open cache`: the connection takes what the SYN,ACK could not say. */
function withoutCache(tcb: Tcb): Tcb {
  return tcb.settings.halfOpen === 'cache' && tcb.open === 'passive' ? withWholeWindow(tcb) : tcb;
}

/** Deviation `half-open request`: how often the SYN of a fast open was answered, its request has counted. */
function withoutSyns(tcb: Tcb): Tcb {
  if (!isEarlyRequest(tcb)) return tcb;
  return editTcb(tcb, { challenges: NO_CHALLENGES });
}

/** Deviation `simultaneous-open figure-ack`: an ACK that acknowledges nothing opens the connection, too; what it echoes tells the round trip. */
function withEcho(tcb: Tcb, seg: Segment, now: Instant): Tcb {
  if (tcb.state !== 'SYN_RCVD' || tcb.rto.srtt !== undefined) return tcb;
  return editTcb(tcb, { rto: measured(tcb, seg, 0, now) });
}

/** What is outstanding already waits for the RTO of now. */
function withRto({ timers, rto, settings }: Tcb, now: Instant): Tcb['timers'] {
  if (timers.retransmission === undefined) return timers;
  return editTimers(timers, { retransmission: now + late(rto.value, settings) });
}

/** SND.WND <- SEG.WND, SND.WL1 <- SEG.SEQ, SND.WL2 <- SEG.ACK; the OPEN completes. */
export function establish(tcb: Tcb, seg: Segment, now: Instant): Output {
  const call = tcb.queued.openCall;
  const asked = isMereRequest(tcb) ? withoutRequest(tcb, seg, now) : withoutSyns(withoutCache(tcb));
  const rto = rtoForData(withEcho(tcb, seg, now));
  const crossing = tcb.state === 'SYN_RCVD' && tcb.settings.crossingOptions === 'all';
  const dialogue = tcb.settings.interactiveAck > 0 ? begun(tcb, now) : undefined;
  const { max } = asked.snd;
  const open = own(crossing ? withCrossingWindow(asked, seg) : updateSendWindow(asked, seg));
  open.state = 'ESTABLISHED';
  open.rto = rto;
  if (rto.value !== tcb.rto.value) open.timers = withRto(open, now);
  if (call !== undefined || tcb.queued.announced) {
    const queued = ownQueued(open);
    queued.openCall = undefined;
    queued.announced = false;
    open.queued = atRest(queued);
  }
  open.space ??= firstSpace(open, fullSegment(open), now);
  open.dialogue ??= dialogue;
  const grows = isOpenEarly(tcb) && open.snd.max > max;
  const found = searching(open, now);
  return {
    tcb: grows ? asKnown(found) : found,
    effects:
      call === undefined ? NO_EFFECTS : [{ kind: 'complete', call, outcome: { kind: 'ok' } }],
  };
}
