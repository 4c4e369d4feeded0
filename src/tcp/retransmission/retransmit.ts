/** RFC 9293 §3.8.1 Retransmission Timeout: the oldest segment once more, or the last. */

import { atPlace, countOf, elementsFrom, frontOf, lastOf, replaced } from '../../base/pieces.js';
import { ECN_BITS, feedbackBits, markOf, withOptionSent } from '../ecn/feedback.js';
import { type Repeated, repeatedSyn } from '../ecn.js';
import { inconclusive } from '../loss-recovery/path-search.js';
import { withJoined } from '../loss-recovery/recovery.js';
import { timestampOption } from '../options.js';
import { answering } from '../receiving/dialogue.js';
import type { Instant } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, FIN, has, PSH, SYN, segLen } from '../segment.js';
import type { Output } from '../sending/transmit.js';
import { ackSent, departure, fittingOptions } from '../sending/transmit.js';
import { add, before, distance } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editOptions, editTcb } from '../tcb.js';
import { textOfFull, windowField } from '../window.js';
import { alone, type SentSegment } from './sent-queue.js';
import { beginOfUnit, piecesOf, unitAt } from './sent-units.js';
import { editRto } from './variables.js';

/** The segment at the front of the retransmission queue, with the acknowledgment and window of now. */
export function retransmitFront(tcb: Tcb, now: Instant): Output {
  return retransmitAt(tcb, 0, now);
}

/** The last one (RFC 8985 §7.3): a probe, which is not counted as under way a second time. */
export function retransmitLast(tcb: Tcb, now: Instant): Output {
  const { tcb: recut, place } = withLastUnitRecut(tcb);
  const before_ = isCut(tcb) ? cutToWindow(recut, place) : recut;
  const again = placed(before_, place).again;
  const out = retransmitAt(before_, place, now);
  const sent = { ...placed(out.tcb, place), again };
  const retransmissions = replaced(out.tcb.retransmissions, place, 1, sent);
  return { tcb: editTcb(out.tcb, { retransmissions }), effects: out.effects };
}

/**
 * Deviation `initial-window`: of what went to the interface as one the last segment begins where it would if it went now. Where
 * segments have become shorter (blocks take room) that is not the end: as many go before it as did.
 */
function withLastUnitRecut(tcb: Tcb): { readonly tcb: Tcb; readonly place: number } {
  const place = countOf(tcb.retransmissions) - 1;
  if (tcb.settings.initialWindow === undefined) return { tcb, place };
  const at = beginOfUnit(tcb.retransmissions, place);
  const unit = unitAt(tcb.retransmissions, at);
  const isWhole = unit.every(({ mark, retransmissions }) => !mark && retransmissions === 0);
  const pieces = isWhole ? piecesOf(unit, textOfFull(tcb)) : [];
  if (unit.length === 1 || pieces.length < unit.length) return { tcb, place };
  const retransmissions = replaced(tcb.retransmissions, at, unit.length, ...pieces);
  return { tcb: editTcb(tcb, { retransmissions }), place };
}

/** Whether the last segment lies in the peer's window; the first one is sent whatever it is. */
export function lastFits({ retransmissions, snd }: Tcb): boolean {
  const last = lastOf(retransmissions);
  if (last === undefined || last === frontOf(retransmissions)) return true;
  return before(last.segment.seq, add(snd.una, snd.wnd));
}

/** Deviations `repacketize` and `loss-recovery`: what was acknowledged, or does not fit, is no part of what goes again. */
function isCut({ settings }: Tcb): boolean {
  return settings.repacketize || settings.lossRecovery === 'rack';
}

/** Deviation `repacketize`: the queue with the segment at a place cut where the peer's window ends, if it begins inside; what went with it, and is left, is cut anew. */
function cutToWindow(tcb: Tcb, place = 0): Tcb {
  const sent = atPlace(tcb.retransmissions, place);
  if (sent === undefined || has(sent.segment, SYN)) return tcb;
  const { segment } = unacknowledgedPart(tcb, sent);
  const open = distance(segment.seq, add(tcb.snd.una, tcb.snd.wnd));
  const room = Math.min(open, textOfFull(tcb));
  if (room === 0 || segment.data.length <= room) return tcb;
  const ctl = segment.ctl & ~(FIN | PSH);
  const { small: _small, closed: _closed, ...rest } = alone(sent);
  const first = { ...rest, segment: { ...segment, ctl, data: segment.data.subarray(0, room) } };
  const unit = unitAt(tcb.retransmissions, place);
  const without = distance(sent.segment.seq, segment.seq) + room;
  const behind = piecesOf(unit, textOfFull(tcb), without);
  const retransmissions = replaced(tcb.retransmissions, place, unit.length, first, ...behind);
  return editTcb(tcb, { retransmissions });
}

/** RFC 9293 §3.7.2: the queue with a segment, and what went to the interface with it as one, cut anew where segments must be shorter now. */
export function cutToFit(tcb: Tcb, place: number): Tcb {
  const full = textOfFull(tcb);
  const sent = atPlace(tcb.retransmissions, place);
  if (sent === undefined) return tcb;
  const { length } = unacknowledgedPart(tcb, sent).segment.data;
  if (length <= full) return tcb;
  const unit = unitAt(tcb.retransmissions, place);
  const pieces = piecesOf(unit, full, sent.segment.data.length - length);
  return editTcb(tcb, {
    retransmissions: replaced(tcb.retransmissions, place, unit.length, ...pieces),
  });
}

/** Deviation `repacketize`: the queue with as much of what follows a segment joined to it as one segment holds, and was not SACKed. */
export function repacketized(before_: Tcb, place = 0): Tcb {
  const tcb = cutToFit(before_, place);
  const front = atPlace(tcb.retransmissions, place);
  if (!isCut(tcb) || front === undefined || has(front.segment, SYN)) return tcb;
  let { segment } = unacknowledgedPart(tcb, front);
  let { closed } = front;
  let count = 0;
  const full = textOfFull(tcb);
  const edge = add(tcb.snd.una, tcb.snd.wnd);
  const alone = !tcb.settings.repacketize || segment.data.length === 0;
  if (alone || segment.data.length >= full) return cutToWindow(tcb, place);
  for (const next of elementsFrom(tcb.retransmissions, place + 1)) {
    const length = segment.data.length + next.segment.data.length;
    const end = add(next.segment.seq, segLen(next.segment));
    if (closed || length > full || before(edge, end) || next.mark === 'sacked') break;
    const data = new Uint8Array(length);
    data.set(segment.data);
    data.set(next.segment.data, segment.data.length);
    segment = { ...segment, data, ctl: segment.ctl | next.segment.ctl };
    closed = next.closed;
    count += 1;
  }
  if (count === 0) return cutToWindow(tcb, place);
  const joined = closed ? { ...front, segment, closed } : { ...front, segment };
  const retransmissions = replaced(tcb.retransmissions, place, count + 1, joined);
  return cutToWindow(withJoined(editTcb(tcb, { retransmissions }), count), place);
}

/** What is taken to be lost: filled with what follows, if a segment holds more, or, where it goes as one with what is before it, as it is. */
export function retransmitLost(
  tcb: Tcb,
  place: number,
  now: Instant,
  as: 'filled' | 'as it is',
): Output {
  const cut = as === 'filled' ? repacketized(tcb, place) : cutToWindow(tcb, place);
  return retransmitAt(cut, place, now);
}

/** The segment at a place of the queue. */
export function retransmitAt(tcb: Tcb, place: number, now: Instant): Output {
  const front = unacknowledgedPart(tcb, placed(tcb, place));
  const { segment } = front;
  const syn = has(segment, SYN);
  const ack = has(segment, ACK);
  const { ctl, ecn } = syn ? repeatedSyn(front, tcb) : repeatedText(front, tcb);
  const again = {
    ...segment,
    ctl,
    ack: ack ? tcb.rcv.nxt : segment.ack,
    wnd: windowAgain(tcb, segment),
    options: syn
      ? withFreshTimestamp(tcb, segment.options, now)
      : fittingOptions(tcb, segment.data.length, now),
    ecn: markOf(tcb, ctl, false),
  };
  const entry: SentSegment = {
    ...alone(front),
    ...(syn && ack ? { firstAt: front.firstAt ?? front.sentAt } : {}),
    segment: again,
    sentAt: now,
    retransmissions: front.retransmissions + 1,
    again: syn ? 1 : (front.again ?? 0) + 1,
    judged: undefined,
    behind: isNewTextOf(now, lastOf(tcb.retransmissions)) ? true : undefined,
  };
  const retransmissions = replaced(tcb.retransmissions, place, 1, entry);
  const agreed = ecn === tcb.options.ecn ? tcb.options : editOptions(tcb.options, { ecn });
  // Text once more is an answer, too.
  const dialogue = segment.data.length > 0 ? answering(tcb, now) : tcb.dialogue;
  const rto = inconclusive(withSentAt(tcb.rto, now));
  const sent = editTcb(tcb, {
    retransmissions: apartFrom(retransmissions, place - 1),
    options: agreed,
    dialogue,
    rto,
  });
  const told = syn ? sent : withOptionSent(sent, again.options, now);
  return { tcb: ack ? ackSent(told, again) : told, effects: [departure(tcb, again, true)] };
}

/** Deviation `half-open request`: the SYN,ACK of a fast open says what it has said, whatever its connection has received, or closed. */
function windowAgain(tcb: Tcb, segment: Segment): number {
  const syn = has(segment, SYN);
  const ofRequest = syn && tcb.open === 'passive' && tcb.settings.halfOpen === 'request';
  return ofRequest ? segment.wnd : windowField(tcb, syn);
}

/** What went with the next as one goes without it from now on. */
function apartFrom(queue: Tcb['retransmissions'], place: number): Tcb['retransmissions'] {
  const sent = place < 0 ? undefined : atPlace(queue, place);
  if (!sent?.joined) return queue;
  return replaced(queue, place, 1, alone(sent));
}

/** Text that goes again ends an idle time, too (RFC 5681 §4.1). */
function withSentAt(rto: Tcb['rto'], now: Instant): Tcb['rto'] {
  const { congestion } = rto;
  const resent = rto.resent + 1;
  if (congestion?.use === undefined) return editRto(rto, { resent });
  const use = { ...congestion.use, sentAt: now };
  return editRto(rto, { resent, congestion: { ...congestion, use } });
}

/** Text that was sent at this moment is new, unless it is lost already: that of a SYN which is answered at once. */
function isNewTextOf(now: Instant, last: SentSegment | undefined): boolean {
  return last?.sentAt === now && last.mark !== 'lost';
}

/** The segment at a place that there is. */
function placed({ retransmissions }: Tcb, place: number): SentSegment {
  return atPlace(retransmissions, place) as SentSegment;
}

/** Text once more: with the feedback of now, and not ECN-capable (RFC 3168 §6.1.5) but with the deviation ecn-marks. */
function repeatedText({ segment }: SentSegment, tcb: Tcb): Repeated {
  const { ecn } = tcb.options;
  const plain = ecn === undefined ? segment.ctl : segment.ctl & ~ECN_BITS;
  const bits = feedbackBits(tcb, plain, segment.data.length, segment.options);
  return { ctl: plain | bits, ecn };
}

/** Deviation `repacketize`: without the octets that were acknowledged. */
function unacknowledgedPart(tcb: Tcb, sent: SentSegment): SentSegment {
  const { segment } = sent;
  const { una } = tcb.snd;
  if (!isCut(tcb) || has(segment, SYN) || !before(segment.seq, una)) return sent;
  const data = segment.data.subarray(distance(segment.seq, una));
  return { ...sent, segment: { ...segment, seq: una, data } };
}

/** A SYN keeps its options; only the clock's value moves on. */
function withFreshTimestamp(
  tcb: Tcb,
  options: SentSegment['segment']['options'],
  now: Instant,
): SentSegment['segment']['options'] {
  if (options.timestamps === undefined) return options;
  const fresh = timestampOption({ ...tcb.options, timestamps: true }, now).timestamps;
  if (fresh === undefined) return options;
  return { ...options, timestamps: { val: fresh.val, ecr: options.timestamps.ecr } };
}
