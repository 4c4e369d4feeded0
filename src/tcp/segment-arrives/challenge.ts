/** RFC 5961 §3.2, §4.2 and §7: challenge ACKs, ACKs that answer what is unacceptable, and their throttle, one for each connection. */

import { frontOf } from '../../base/pieces.js';
import { withoutReflection } from '../ecn/feedback.js';
import type { Effect, Instant } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, FIELD_MAX, has, SYN, segLen } from '../segment.js';
import type { Output } from '../sending/transmit.js';
import { sendAck, sendBareAck } from '../sending/transmit.js';
import { add, before } from '../seq.js';
import type { Settings } from '../settings.js';
import type { Challenges, Tcb } from '../tcb.js';
import { editRcv, editTcb } from '../tcb.js';

/** Whether such segments are challenged (deviation challenge-ack). */
export function isChallenged({ challengeAck }: Settings, what: 'rst' | 'syn'): boolean {
  return challengeAck === 'on' || challengeAck === what;
}

/** Sends a challenge ACK, `<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>`, unless this interval's are used up. */
export function sendChallenge(tcb: Tcb, now: Instant): Output {
  const challenges = countAnswer(tcb, now);
  if (challenges === undefined) return { tcb: withoutReflection(tcb), effects: [THROTTLED] };
  const out = sendBareAck(tcb, now);
  return { tcb: editTcb(out.tcb, { challenges }), effects: [...out.effects, CHALLENGED] };
}

/** One answer more, if this interval has one left. */
export function countAnswer(tcb: Tcb, now: Instant): Challenges | undefined {
  const { challengeAckLimit, challengeAckInterval } = tcb.settings;
  const { since, sent } = tcb.challenges;
  const fresh = sent === 0 || now - since >= challengeAckInterval;
  const { vain } = tcb.challenges;
  const counted = fresh ? { since: now, sent: 1, vain } : { since, sent: sent + 1, vain };
  return counted.sent > challengeAckLimit ? undefined : counted;
}

/** So many answers to ACKs out of range, with no acceptable one between them, and two TCPs will never agree. */
const IN_VAIN = 100;

const CHALLENGED: Effect = { kind: 'discard', reason: 'answered with a challenge ACK' };
const THROTTLED: Effect = { kind: 'discard', reason: 'challenge ACK throttled' };

/** Deviation `half-open request`: of what was opened fast the request answers, with the window that its SYN,ACK has told. */
export function byRequest(tcb: Tcb, answer: (request: Tcb) => Output): Output {
  const syn = frontOf(tcb.retransmissions)?.segment;
  const told = syn !== undefined && has(syn, SYN) ? syn.wnd : tcb.rcv.wnd;
  const rcv = editRcv(tcb.rcv, { wnd: Math.min(told, FIELD_MAX) });
  const request = editTcb(tcb, { fastOpen: undefined, space: undefined, rcv });
  const { tcb: after, effects } = answer(request);
  return { tcb: editTcb(tcb, { challenges: after.challenges }), effects };
}

/** For a reason in words: what became of the challenge. */
export function challengeWhy(out: Output): string {
  return isThrottled(out) ? throttleWhy(out.tcb) : 'challenge ACK';
}

/**
 * Answers an unacceptable segment with an ACK. With the deviation ack-throttle these are counted with the challenges,
 * unless the segment has text or a FIN: then a peer waits for it. On a path longer than the interval that would not end a
 * quarrel between two TCPs with numbers that do not fit; a hundred answers in vain do. `counted`: whatever the segment has;
 * `in-vain`: although its ACK is in range.
 */
export function answerWithAck(
  tcb: Tcb,
  seg: Segment,
  now: Instant,
  how?: 'counted' | 'in-vain',
): Output {
  const countable = how !== undefined || segLen(seg) === 0 || has(seg, SYN);
  const counted = tcb.settings.ackThrottle === 'all' && countable;
  // What answers a SYN is a challenge by another name (deviation closing-fin).
  const send = has(seg, SYN) ? sendBareAck : sendAck;
  if (!counted) return send(tcb, now);
  const counts = countAnswer(tcb, now);
  const fits = how !== 'in-vain' && isAckInRange(tcb, seg);
  const vain = tcb.challenges.vain + (fits ? 0 : 1);
  if (counts === undefined || vain > IN_VAIN) {
    return { tcb: withoutReflection(tcb), effects: [THROTTLED] };
  }
  const out = send(tcb, now);
  return { tcb: editTcb(out.tcb, { challenges: { ...counts, vain } }), effects: out.effects };
}

/** RFC 5961 §5.2. A keep-alive probe is in range: it is answered for ever (MUST-25 to MUST-29). */
function isAckInRange({ snd }: Tcb, seg: Segment): boolean {
  if (!has(seg, ACK)) return true;
  return !before(snd.nxt, seg.ack) && !before(seg.ack, add(snd.una, -snd.max));
}

/** For a reason in words: what became of the answer. */
export function answerWhy(out: Output): string {
  return isThrottled(out) ? throttleWhy(out.tcb) : 'ACK and drop';
}

/** Whether nothing was sent because the limit is reached. */
function isThrottled(out: Output): boolean {
  return out.effects.includes(THROTTLED);
}

function throttleWhy({ settings, challenges }: Tcb): string {
  if (challenges.vain === IN_VAIN)
    return `${IN_VAIN} answers were in vain: dropped (deviation ack-throttle)`;
  return `the limit of ${settings.challengeAckLimit} challenge ACKs is reached: dropped`;
}
