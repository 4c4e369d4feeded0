/** RFC 4987 §3.3 SYN Cache: a half-open connection that repeats its SYN,ACK (deviation half-open). */

import { isEarlyRequest, isMereRequest, isRequest } from '../host/requests.js';
import { resetFor } from '../reset.js';
import { retransmitFront } from '../retransmission/retransmit.js';
import type { Instant, Verdict } from '../rule.js';
import { finish } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, FIELD_MAX, RST, SYN } from '../segment.js';
import { add, num } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { editTimers, late } from '../timers.js';
import { isTakenUpTo } from '../window.js';
import { countAnswer } from './challenge.js';

/** The SYN that this half-open connection was made for, again. */
export function isRepeatedSyn(tcb: Tcb, seg: Segment): boolean {
  return (
    isRequest(tcb) &&
    (seg.ctl & (SYN | ACK | RST)) === SYN &&
    seg.seq === tcb.irs &&
    tcb.retransmissions.length > 0
  );
}

/** Deviation `half-open request`: a request has the window that its SYN,ACK said; also what was opened fast is held against it first. */
export function isOutsideOfRequest(tcb: Tcb, seg: Segment): boolean {
  if (!isEarlyRequest(tcb)) return false;
  const { nxt, wnd } = tcb.rcv;
  return !isTakenUpTo(add(nxt, Math.min(wnd, FIELD_MAX)), tcb, seg);
}

/** A request is there for one ACK alone; another one is looked at before anything else, but not that of a RST. */
export function isStrayAck(tcb: Tcb, seg: Segment): boolean {
  return isMereRequest(tcb) && (seg.ctl & (ACK | RST)) === ACK && seg.ack !== tcb.snd.nxt;
}

/** A reset for it; the request stays. */
export function refuseStrayAck(tcb: Tcb, seg: Segment, source: string): Verdict {
  const stray = `SEG.ACK=${num(seg.ack)} is not SND.NXT=${num(tcb.snd.nxt)}`;
  const reset = resetFor(seg, source, tcb.settings);
  return finish(() => `${stray}: reset, the request stays (deviation half-open)`, undefined, [
    reset,
  ]);
}

/** The SYN,ACK again, at most as often as `challenge-ack-limit` allows; the timer runs anew, but that of a fast open is its connection's. */
export function repeatSynAck(tcb: Tcb, now: Instant): Verdict {
  const challenges = countAnswer(tcb, now);
  if (challenges === undefined) {
    return finish(() => 'the SYN again; its SYN,ACK was repeated just now: dropped', undefined, [
      { kind: 'discard', reason: 'SYN,ACK repeated just now' },
    ]);
  }
  const out = retransmitFront(tcb, now);
  const anew = { retransmission: now + late(tcb.rto.value, tcb.settings) };
  const timers = isEarlyRequest(tcb) ? out.tcb.timers : editTimers(out.tcb.timers, anew);
  const why = () =>
    `SEG.SEQ=IRS=${num(tcb.irs)}: the SYN again, so the SYN,ACK again (deviation half-open)`;
  return finish(why, editTcb(out.tcb, { timers, challenges }), out.effects);
}

/** Deviation `no-ack-bit`: nothing but a request or a TIME_WAIT looks at a segment with neither ACK, SYN nor RST. */
export function isUnflagged(tcb: Tcb, seg: Segment): boolean {
  if (tcb.settings.noAckBit === 'fifth' || (seg.ctl & (ACK | SYN | RST)) !== 0) return false;
  return tcb.state !== 'TIME_WAIT' && !isRequest(tcb);
}

/** Silence. */
export function dropUnflagged(): Verdict {
  return finish(() => 'neither ACK, SYN nor RST: dropped (deviation no-ack-bit)', undefined, [
    { kind: 'discard', reason: 'ACK bit off' },
  ]);
}
