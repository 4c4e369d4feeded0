/** RFC 9293 §3.10.7.4 Other States, seventh check: the segment text. */

import { lastOf } from '../../base/pieces.js';
import { deleteTcb } from '../delete-tcb.js';
import { withOldOctets, withoutTwice } from '../loss-recovery/sack.js';
import { acknowledgeHeld } from '../receiving/compression.js';
import { acknowledgmentDelay, heardText, repeated, slowWait } from '../receiving/dialogue.js';
import { makeRoom, withClosedWindow } from '../receiving/full.js';
import { isPredicted } from '../receiving/prediction.js';
import { acceptText, deliver } from '../receiving/queue.js';
import { afterReading } from '../receiving/right-sizing.js';
import { withText } from '../receiving/space.js';
import { resetFor } from '../reset.js';
import type { Instant, Verdict } from '../rule.js';
import { finish, goOn, joinEffects, NO_EFFECTS } from '../rule.js';
import type { Segment } from '../segment.js';
import { FIN, has, PSH, segEnd, segLen } from '../segment.js';
import { NONE } from '../sending/queued.js';
import { sendQueued, sendQueuedOrAck } from '../sending/send-queued.js';
import type { Output } from '../sending/transmit.js';
import { sendAck } from '../sending/transmit.js';
import { add, atOrBefore, before, distance, num } from '../seq.js';
import { hasPeersFin, type Move } from '../states.js';
import type { Tcb } from '../tcb.js';
import { editQueued, editSpace, editTcb } from '../tcb.js';
import { ackWithin } from '../timers.js';
import { TEXT } from '../user-texts.js';
import type { Arrival } from './arrival.js';
import { isTakenAgain, newParts } from './arrival.js';
import { drainQueue, hold, isHeldAtNext } from './held-text.js';
import { holdAndAcknowledge } from './hold-ack.js';

/** Only with `text-after-close reset` or `refuse`, or `after-fin ignore`. */
export const textMoves: readonly Move[] = [
  'FIN_WAIT_1 -> CLOSED',
  'FIN_WAIT_2 -> CLOSED',
  'CLOSE_WAIT -> CLOSED',
  'CLOSING -> CLOSED',
  'LAST_ACK -> CLOSED',
];

const NO_TEXT = goOn(() => 'no text');
const TEXT_IGNORED = goOn(() => 'text, but the FIN was received: ignored');

export function checkText(before_: Tcb, { seg, source }: Arrival, now: Instant): Verdict {
  const tcb = forgetTwice(before_, seg);
  switch (tcb.state) {
    case 'ESTABLISHED':
    case 'FIN_WAIT_1':
    case 'FIN_WAIT_2':
      break;
    default:
      if (isAcrossFin(tcb, seg)) return resetUnread(tcb, seg, source);
      return seg.data.length === 0 ? NO_TEXT : TEXT_IGNORED;
  }
  // Text of a SYN waits at RCV.NXT until the connection is ESTABLISHED.
  const waiting = isHeldAtNext(tcb);
  if (isUnread(tcb) && goesBeyondFin(tcb, seg)) return resetUnread(tcb, seg, source);
  const ahead = segLen(seg) > 0 && before(tcb.rcv.nxt, seg.seq);
  if (seg.data.length === 0 && !waiting && !ahead) return roomForFin(tcb, seg);
  // What has all come before takes no memory.
  const isOld = !waiting && atOrBefore(segEnd(seg), tcb.rcv.nxt);
  const room = isOld ? { tcb, full: false } : makeRoom(tcb, seg);
  // What is next is taken all the same while the user has nothing to read, and a FIN always is.
  const next = seg.data.length > 0 && room.tcb.queued.received.length > 0;
  if (room.full && (ahead || next)) return dropText(room.tcb, seg, now);
  return seg.data.length > 0 || waiting ? takeText(room.tcb, seg, waiting, now) : NO_TEXT;
}

/** A FIN at RCV.NXT is taken whether there is memory or not; without, its acknowledgment closes the window. */
function roomForFin(tcb: Tcb, seg: Segment): Verdict {
  if (!has(seg, FIN) || seg.seq !== tcb.rcv.nxt) return NO_TEXT;
  const room = makeRoom(tcb, seg);
  if (!room.full) return goOn(() => 'no text', room.tcb);
  const why = () => 'no text, and no memory: the window is closed (deviation receive-space)';
  return goOn(why, withClosedWindow(room.tcb));
}

/** What is next is answered, with a closed window; nobody is told of what lies ahead. */
function dropText(tcb: Tcb, seg: Segment, now: Instant): Verdict {
  const ahead = before(tcb.rcv.nxt, seg.seq);
  const out = ahead ? sendQueued(tcb, now) : sendQueuedOrAck(withClosedWindow(tcb), now);
  const why = () =>
    `no memory for it: dropped${ahead ? '' : ', and the window is closed'} (deviation receive-space)`;
  return finish(why, out.tcb, [...out.effects, { kind: 'discard', reason: 'no memory' }]);
}

function takeText(tcb: Tcb, seg: Segment, waiting: boolean, now: Instant): Verdict {
  const { at, data, fin } = newParts(tcb, seg);
  if (at !== tcb.rcv.nxt) {
    if (!waiting) return holdText(tcb, seg, now);
    return giveToUser(tcb, drainQueue(hold(tcb, seg)), seg, now);
  }
  const push = data.length > 0 && (has(seg, PSH) || fin);
  const accepted = acceptText(withOldOctets(tcb, seg), data, push);
  // What is held beyond a FIN that is next cannot be the peer's.
  const next = fin ? editQueued(accepted, { outOfOrder: NONE }) : drainQueue(accepted);
  return giveToUser(tcb, next, seg, now);
}

/** Deviation `dsack`: what came twice and was not told yet is forgotten when text comes that was not expected. */
function forgetTwice(tcb: Tcb, seg: Segment): Tcb {
  const { twice } = tcb.options.sacks;
  if (twice === undefined || seg.data.length === 0 || tcb.settings.dsack !== 'on') return tcb;
  return isPredicted(tcb, seg) ? tcb : withoutTwice(tcb);
}

/** The user has closed and takes no text any more: a half-duplex close (MAY-1). */
function isUnread({ state, settings: { textAfterClose }, queued: { halfClosed } }: Tcb): boolean {
  if (state === 'ESTABLISHED') return false;
  return textAfterClose === 'refuse' || (textAfterClose === 'reset' && !halfClosed);
}

/** Deviation `after-fin`: text that begins before the FIN and goes beyond it contradicts it. */
function isAcrossFin(tcb: Tcb, seg: Segment): boolean {
  return tcb.settings.afterFin === 'ignore' && isTakenAgain(tcb, seg) && goesBeyondFin(tcb, seg);
}

/** The segment has text beyond RCV.NXT, or a FIN that has text before it. */
function goesBeyondFin({ rcv }: Tcb, seg: Segment): boolean {
  if (segLen(seg) === 0) return false;
  return before(rcv.nxt, add(seg.seq, segLen(seg) - (has(seg, FIN) ? 1 : 0)));
}

/** SHLD-3: a reset shows the peer that its text was lost. */
function resetUnread(tcb: Tcb, seg: Segment, source: string): Verdict {
  // The user of a socket that was shut down, not closed, is still there to be told.
  const closed = deleteTcb(tcb, TEXT.reset, TEXT.reset);
  const why = () =>
    hasPeersFin(tcb.state)
      ? 'text across the FIN that was received: reset, TCB deleted (deviation after-fin)'
      : 'text after the user has closed, which nobody will read: reset, TCB deleted (text-after-close)';
  return finish(why, closed.tcb, [resetFor(seg, source, tcb.settings), ...closed.effects]);
}

/** SHLD-31: text ahead of RCV.NXT is held, and MAY-13: acknowledged at once, which shows the sender the hole. */
function holdText(tcb: Tcb, seg: Segment, now: Instant): Verdict {
  if (isBeyond(tcb, seg)) return refuseText(tcb, seg, now);
  const why = () =>
    `SEG.SEQ=${num(seg.seq)} is ahead of RCV.NXT=${num(tcb.rcv.nxt)} by ` +
    `${distance(tcb.rcv.nxt, seg.seq)}: held`;
  // A FIN in the same segment leaves the acknowledgment to the eighth check.
  if (has(seg, FIN)) return goOn(why, newParts(tcb, seg).fin ? tcb : hold(tcb, seg));
  const out = holdAndAcknowledge(tcb, seg, now);
  return goOn(why, out.tcb, out.effects);
}

function giveToUser(before_: Tcb, accepted: Tcb, seg: Segment, now: Instant): Verdict {
  const taken = distance(before_.rcv.nxt, accepted.rcv.nxt);
  const held = editSpace(accepted, withText(accepted, before_, seg, taken, now));
  const given = deliver(held);
  const tcb = given.effects.length === 0 ? given.tcb : afterReading(held, given.tcb, now);
  const why = () => textWhy(before_, tcb, seg, taken);
  const withFin = has(seg, FIN) || isHeldAtNext(tcb);
  // A FIN behind text that has come before is heard as text is.
  const speaks = taken > 0 || (seg.data.length > 0 && newParts(before_, seg).fin);
  const heard = speaks ? heardText(tcb, before_, seg, taken, now) : undefined;
  if (withFin)
    return goOn(() => `${why()}; acknowledged with the FIN`, heard ?? tcb, given.effects);
  const told = heard ?? repeated(tcb);
  const prompt = told.options.ecn?.prompt ?? false;
  const delay = prompt ? 0 : (slowWait(told, taken) ?? acknowledgmentDelay(told, now));
  // What came once more waits, too, when it is in no hurry.
  const calm = taken > 0 || told.dialogue?.prompt === 0;
  const inOrder = calm && tcb.queued.outOfOrder.length === 0;
  const waits = inOrder && !fillsGap(before_) && !tellsOldAtOnce(told);
  const stays = told.units?.stay === seg.seq;
  const out = isHolding(told, taken)
    ? acknowledgeHeld(told, before_, seg, now)
    : acknowledgeText(told, waits ? delay : 0, now, stays);
  return goOn(why, out.tcb, joinEffects(given.effects, out.effects));
}

/** Deviation `window-edges`: it has passed the first check, but begins where the window ends. */
function isBeyond({ rcv }: Tcb, { seq }: Segment): boolean {
  return !before(seq, add(rcv.nxt, rcv.wnd));
}

/** Nothing of it is looked at: an acknowledgment as of text that came before. */
function refuseText(tcb: Tcb, seg: Segment, now: Instant): Verdict {
  const why = () => `SEG.SEQ=${num(seg.seq)} is where the window ends: not accepted, acknowledged`;
  if (has(seg, FIN)) return goOn(why, repeated(tcb));
  const out = sendQueuedOrAck(repeated(tcb), now);
  return goOn(why, out.tcb, out.effects);
}

/** Text was taken, and something is still held behind a hole. */
function isHolding({ queued, settings }: Tcb, taken: number): boolean {
  return taken > 0 && queued.outOfOrder.length > 0 && settings.compressedAcks > 0;
}

/** Text was held beyond what was missing (RFC 5681 §4.2: its acknowledgment is wanted at once). */
function fillsGap({ queued, rcv }: Tcb): boolean {
  const last = lastOf(queued.outOfOrder);
  return last !== undefined && before(rcv.nxt, last.seq);
}

/** Deviation `dsack text`: a part came twice. */
function tellsOldAtOnce({ settings, options }: Tcb): boolean {
  return settings.dsack === 'text' && options.sacks.twice !== undefined;
}

/** At once, or within `ack-delay` for the first of two segments in order (SHLD-18, SHLD-19). */
function acknowledgeText(tcb: Tcb, delay: number, now: Instant, stays: boolean): Output {
  const waits = tcb.timers.delayedAck !== undefined && tcb.dialogue === undefined;
  if (delay === 0 || waits) return stays ? sendAck(tcb, now) : sendQueuedOrAck(tcb, now);
  const out = stays ? { tcb, effects: NO_EFFECTS } : sendQueued(tcb, now);
  if (out.effects.length > 0) return out;
  const timers = ackWithin(out.tcb, delay, now);
  return { tcb: editTcb(out.tcb, { timers }), effects: NO_EFFECTS };
}

function textWhy(before_: Tcb, after: Tcb, seg: Segment, taken: number): string {
  if (taken === 0) {
    return before_.rcv.wnd === 0
      ? 'text, but RCV.WND=0: not accepted, acknowledged with the closed window'
      : 'text, none of it new: acknowledged';
  }
  const queued = taken > seg.data.length ? ', with what was held' : '';
  return (
    `${taken} octets at RCV.NXT=${num(before_.rcv.nxt)}${queued}: ` +
    `RCV.NXT <- ${num(after.rcv.nxt)}, RCV.WND=${after.rcv.wnd}`
  );
}
