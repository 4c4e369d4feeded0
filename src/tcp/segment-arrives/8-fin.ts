/** RFC 9293 §3.10.7.4 Other States, eighth check: the FIN bit. */

import { frontOf } from '../../base/pieces.js';
import { withOldOctets } from '../loss-recovery/sack.js';
import { NO_SACKS } from '../loss-recovery/sack-state.js';
import { own, ownQueued, ownRcv } from '../own.js';
import { acknowledgmentDelay, heardFin, LEAST_WAIT, repeated } from '../receiving/dialogue.js';
import { deliver } from '../receiving/queue.js';
import { withFin } from '../receiving/space.js';
import type { Duration, Effect, Instant, Verdict } from '../rule.js';
import { finish, joinEffects, NO_EFFECTS } from '../rule.js';
import type { Segment } from '../segment.js';
import { FIN, has, segEnd } from '../segment.js';
import type { PendingReceive } from '../sending/queued.js';
import { atRest, NONE } from '../sending/queued.js';
import { sendAckThenQueued, sendQueued, sendQueuedOrAck } from '../sending/send-queued.js';
import type { Output } from '../sending/transmit.js';
import { add, atOrBefore, num } from '../seq.js';
import type { Move, State } from '../states.js';
import { hasPeersFin } from '../states.js';
import type { Tcb } from '../tcb.js';
import { editOptions, editRcv, editTcb, finAcked } from '../tcb.js';
import { ackWithin } from '../timers.js';
import { TEXT } from '../user-texts.js';
import { heldForUser } from '../window.js';
import type { Arrival } from './arrival.js';
import { isTakenAgain, newParts } from './arrival.js';
import { holdAndAcknowledge } from './hold-ack.js';
import { acknowledgeLate } from './late-ack.js';
import { enterTimeWait } from './time-wait.js';

export const finMoves: readonly Move[] = [
  'ESTABLISHED -> CLOSE_WAIT',
  'FIN_WAIT_1 -> TIME_WAIT',
  'FIN_WAIT_1 -> CLOSING',
  'FIN_WAIT_2 -> TIME_WAIT',
  'CLOSE_WAIT -> LAST_ACK',
];

const FIN_OFF = finish(() => 'FIN bit off');

export function checkFin(tcb: Tcb, { seg, withSyn }: Arrival, now: Instant): Verdict {
  const held = frontOf(tcb.queued.outOfOrder);
  const heldIsDue = held !== undefined && held.seq === tcb.rcv.nxt && has(held, FIN);
  if (tcb.settings.afterFin !== 'answer' && hasPeersFin(tcb.state)) return ignore(tcb, seg, now);
  if (!has(seg, FIN) && !heldIsDue) return FIN_OFF;
  switch (tcb.state) {
    case 'ESTABLISHED':
    case 'FIN_WAIT_1':
    case 'FIN_WAIT_2':
      break;
    default:
      return afterFin(tcb, now);
  }
  const { at, data, fin } = newParts(tcb, seg);
  if (heldIsDue || (fin && data.length === 0 && at === tcb.rcv.nxt))
    return takeFin(
      tcb,
      now,
      data.length === 0 && seg.data.length === 0,
      heldIsDue ? 'at-once' : withSyn && 'late',
    );
  return notYet(tcb, seg, fin, now);
}

/** Deviation `after-fin`: only what was taken before is acknowledged again. */
function ignore(tcb: Tcb, seg: Segment, now: Instant): Verdict {
  if (!isTakenAgain(tcb, seg))
    return finish(() => 'whatever follows the FIN has no answer (deviation after-fin)');
  if (isNextFin(tcb, seg)) return takeAgain(tcb, now);
  const out = sendQueuedOrAck(withOldOctets(tcb, seg), now);
  return finish(
    () => `before RCV.NXT=${num(tcb.rcv.nxt)}: acknowledged again`,
    out.tcb,
    out.effects,
  );
}

/** Deviation `after-fin ignore`: a FIN at RCV.NXT whose text was taken before. */
function isNextFin({ settings, rcv }: Tcb, seg: Segment): boolean {
  return settings.afterFin === 'ignore' && has(seg, FIN) && segEnd(seg) === add(rcv.nxt, 1);
}

/** It counts as the first did. */
function takeAgain(tcb: Tcb, now: Instant): Verdict {
  const { nxt, wnd } = tcb.rcv;
  const rcv = editRcv(tcb.rcv, { nxt: add(nxt, 1), wnd: Math.max(0, wnd - 1) });
  const out = sendQueuedOrAck(editTcb(tcb, { rcv, options: withoutSacks(tcb) }), now);
  const why = () =>
    `a second FIN at RCV.NXT=${num(nxt)}, with text that was taken before: RCV.NXT <- ${num(add(nxt, 1))} (deviation after-fin)`;
  return finish(why, out.tcb, [CLOSING, ...out.effects]);
}

/** How the acknowledgment is to go: a FIN that was held fills a hole, one with a SYN waits for text; undefined: as others do. */
type Haste = 'at-once' | 'late' | undefined;

/** "Signal the user, return any pending RECEIVEs, advance RCV.NXT over the FIN, and send an acknowledgment." */
export function takeFin(tcb: Tcb, now: Instant, alone = true, haste?: Haste): Verdict {
  const taken = own(tcb);
  if (alone) taken.space = withFin(tcb);
  const rcv = ownRcv(taken);
  rcv.nxt = add(rcv.nxt, 1);
  // The window of a mere record stays (deviations closed-fin-wait-2 and receive-space).
  if (tcb.space?.mode !== 'record') rcv.wnd = Math.max(0, rcv.wnd - 1);
  const queued = ownQueued(taken);
  queued.outOfOrder = NONE;
  // Deviation `dsack`: in FIN_WAIT the ACK of a FIN that was held still tells its block.
  const told = tcb.settings.dsack === 'on' && tcb.state !== 'ESTABLISHED';
  if (!told) taken.options = withoutSacks(taken);
  queued.pushed = heldForUser(tcb); // FIN implies PUSH.
  const given = deliver(taken);
  const answered = own(given.tcb);
  const unanswered = answered.queued.receives;
  const left = ownQueued(answered);
  left.receives = NONE;
  answered.queued = atRest(left);
  const out = enterAndAcknowledge(answered, now, haste);
  const after = told ? editTcb(out.tcb, { options: withoutSacks(out.tcb) }) : out.tcb;
  const why = () =>
    `FIN bit on at RCV.NXT=${num(tcb.rcv.nxt)}: RCV.NXT <- ${num(add(tcb.rcv.nxt, 1))}, connection closing${
      tcb.state === 'FIN_WAIT_1' ? ownFin(tcb) : ''
    }`;
  const calls = joinEffects(given.effects, unanswered.map(closes));
  return finish(why, after, joinEffects(calls, [CLOSING, ...out.effects]));
}

/** Nothing follows the FIN. */
function withoutSacks({ options }: Tcb): Tcb['options'] {
  return options.sacks === NO_SACKS ? options : editOptions(options, { sacks: NO_SACKS });
}

const CLOSING: Effect = { kind: 'signal', text: TEXT.connectionClosing };

/** A RECEIVE that nothing will come for any more. */
function closes({ call }: PendingReceive): Effect {
  const outcome = { kind: 'error', text: TEXT.connectionClosing } as const;
  return { kind: 'complete', call, outcome };
}

function ownFin(tcb: Tcb): string {
  return finAcked(tcb) ? '; our FIN has been ACKed' : '; our FIN has not been ACKed';
}

function enterAndAcknowledge(tcb: Tcb, now: Instant, haste: Haste): Output {
  switch (tcb.state) {
    case 'ESTABLISHED':
      return acknowledgeInCloseWait(entered(tcb, 'CLOSE_WAIT'), now, haste);
    case 'FIN_WAIT_1':
      return finAcked(tcb)
        ? acknowledgeAndWait(tcb, now)
        : acknowledgeInClosing(entered(tcb, 'CLOSING'), now);
    default:
      return acknowledgeAndWait(tcb, now);
  }
}

/** The last segment of a connection with a window of its own; in TIME_WAIT it stays. */
function acknowledgeAndWait(tcb: Tcb, now: Instant): Output {
  const out = sendQueuedOrAck(tcb, now);
  return { tcb: enterTimeWait(out.tcb, now), effects: out.effects };
}

function entered(tcb: Tcb, state: State): Tcb {
  const after = own(tcb);
  after.state = state;
  return after;
}

/** What the acknowledgment waits where no text came before, microseconds (deviation fin-ack). */
const TEXTLESS_WAIT = 1_000;

/** An ACK at once; with the deviation fin-ack later, if the window is open and no hole was filled: RCV.NXT counts the SYN, the text and the FIN. */
function acknowledgeInCloseWait(tcb: Tcb, now: Instant, haste: Haste): Output {
  const { finAck } = tcb.settings;
  const prompt = haste === 'at-once' || tcb.rcv.wnd === 0 || tcb.options.ecn?.prompt;
  const heard = heardFin(tcb);
  if (finAck === 'at-once' || prompt) return sendQueuedOrAck(heard, now);
  const isLate = haste === 'late' && tcb.settings.interactiveAck > 0;
  const wait = waitOfFin(heard, now);
  if (wait === 0 && !isLate) return sendQueuedOrAck(heard, now);
  const out = sendQueued(heard, now);
  if (out.effects.length > 0) return out;
  if (isLate) return { tcb: acknowledgeLate(heard, now), effects: NO_EFFECTS };
  return { tcb: editTcb(heard, { timers: ackWithin(heard, wait, now) }), effects: NO_EFFECTS };
}

function waitOfFin(tcb: Tcb, now: Instant): Duration {
  const { dialogue } = tcb;
  if (dialogue === undefined) return LEAST_WAIT;
  return dialogue.wait === 0 ? TEXTLESS_WAIT : acknowledgmentDelay(tcb, now);
}

/** An ACK. */
function acknowledgeInClosing(tcb: Tcb, now: Instant): Output {
  const waits = tcb.queued.sends.length > 0 || (tcb.queued.closing && tcb.fin === undefined);
  if (tcb.settings.finAck === 'late' && waits) {
    // Deviation `fin-ack`: alone, before text or a FIN that waits.
    return sendAckThenQueued(tcb, now);
  }
  return sendQueuedOrAck(tcb, now);
}

/** The FIN lies behind a hole and is held, or beyond the window and is trimmed off; or text was received where it stands. */
function notYet(tcb: Tcb, seg: Segment, fin: boolean, now: Instant): Verdict {
  const isOld = atOrBefore(segEnd(seg), tcb.rcv.nxt);
  const told = withOldOctets(tcb, seg);
  const out = fin
    ? holdAndAcknowledge(tcb, seg, now)
    : sendQueuedOrAck(isOld ? repeated(told) : told, now);
  const why = () => {
    if (fin) return `FIN bit on, but octets from RCV.NXT=${num(tcb.rcv.nxt)} on are missing: held`;
    const where = isOld ? `is before RCV.NXT=${num(tcb.rcv.nxt)}` : 'lies beyond the window';
    return `FIN bit on, but it ${where}: trimmed off`;
  };
  return finish(why, out.tcb, out.effects);
}

/** CLOSE_WAIT, CLOSING and LAST_ACK remain; TIME_WAIT restarts the 2 MSL. Nothing can follow the first FIN. */
function afterFin(tcb: Tcb, now: Instant): Verdict {
  const out = sendQueuedOrAck(tcb, now);
  switch (tcb.state) {
    case 'TIME_WAIT':
      return finish(
        () => 'FIN bit on: acknowledged, the 2 MSL start anew',
        enterTimeWait(out.tcb, now),
        out.effects,
      );
    default:
      return finish(
        () => `FIN bit on after the FIN: acknowledged, ${tcb.state} remains (deviation second-fin)`,
        out.tcb,
        out.effects,
      );
  }
}
