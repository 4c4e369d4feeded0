/** RFC 9293 §3.10.7.4 Other States, fifth check: what the window now lets go, and an acknowledgment that is due. */

import { hasReneged } from '../loss-recovery/reneging.js';
import { acknowledgmentDelay } from '../receiving/dialogue.js';
import { isPredicted } from '../receiving/prediction.js';
import type { Effect, Instant, Verdict } from '../rule.js';
import { goOn, joinEffects } from '../rule.js';
import type { Segment } from '../segment.js';
import { FIN, has } from '../segment.js';
import { sendInRecovery, sendQueued, sendQueuedOrAck } from '../sending/send-queued.js';
import type { Output } from '../sending/transmit.js';
import { before, num } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { isTakenAgain } from './arrival.js';
import { isHeldAtNext } from './held-text.js';

/** What the window now lets go is sent here, unless text or FIN of this segment bring an ACK to carry. */
export function proceed(
  before_: Tcb,
  seg: Segment,
  why: () => string,
  { tcb, effects }: Output,
  now: Instant,
): Verdict {
  const follows = ackFollows(tcb, seg);
  if (!follows && isAckDue(before_, tcb, seg, now)) {
    const ack = sendQueuedOrAck(tcb, now);
    return goOn(() => `${why()}; an ACK is due`, ack.tcb, joinEffects(effects, ack.effects));
  }
  if (!hasWork(tcb)) return goOn(why, tcb, effects);
  // Text that was expected is taken before its ACK is looked at.
  if (follows && isPredicted(before_, seg)) return goOn(why, tcb, effects);
  const reneged = before(before_.snd.una, seg.ack) && hasReneged(tcb, 0);
  const out = follows
    ? sendInRecovery(tcb, now)
    : sendQueued(tcb, now, 'turn', reneged ? 'later' : 'again');
  const told = () => `${why()}${againText(out.effects)}`;
  return goOn(told, out.tcb, joinEffects(effects, out.effects));
}

/** Deviation `interactive-ack`: an acknowledgment that waits, but is wanted at once, goes when something comes that was not expected. */
function isAckDue(before_: Tcb, tcb: Tcb, seg: Segment, now: Instant): boolean {
  if (tcb.timers.delayedAck === undefined || tcb.dialogue === undefined) return false;
  const wanted = tcb.options.ecn?.prompt || acknowledgmentDelay(tcb, now) === 0;
  return wanted && !isPredicted(before_, seg);
}

/** `; 101, 1101 again`: the numbers of what was lost and leaves once more. */
function againText(effects: readonly Effect[]): string {
  const again = effects.flatMap((effect) =>
    effect.kind === 'send' && effect.retransmission ? num(effect.segment.seq) : [],
  );
  return again.length === 0 ? '' : `; ${again.join(', ')} again`;
}

/** The seventh or the eighth check has text or a FIN to acknowledge, or to reset. */
function ackFollows(tcb: Tcb, seg: Segment): boolean {
  switch (tcb.state) {
    case 'ESTABLISHED':
    case 'FIN_WAIT_1':
    case 'FIN_WAIT_2':
      return seg.data.length > 0 || has(seg, FIN) || isHeldAtNext(tcb);
    default:
      return isTakenAgain(tcb, seg);
  }
}

function hasWork(tcb: Tcb): boolean {
  return (
    tcb.queued.sends.length > 0 ||
    tcb.queued.closing ||
    tcb.rto.congestion?.loss !== undefined ||
    tcb.rto.recovery !== undefined
  );
}
