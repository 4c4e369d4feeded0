/** RFC 5961 §3.2, §4.2 and §7: challenge ACKs, ACKs that answer what is unacceptable, and their throttle, one for each connection. */

import type { Effect, Instant } from '../rule.js';
import type { Segment } from '../segment.js';
import { has, SYN, segLen } from '../segment.js';
import type { Challenges, Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import type { Output } from '../transmit.js';
import { sendAck } from '../transmit.js';

/** Sends a challenge ACK, `<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>`, unless this interval's are used up. */
export function sendChallenge(tcb: Tcb, now: Instant): Output {
  const challenges = countAnswer(tcb, now);
  if (challenges === undefined) return { tcb, effects: [THROTTLED] };
  const out = sendAck(tcb, now);
  return { tcb: editTcb(out.tcb, { challenges }), effects: [...out.effects, CHALLENGED] };
}

/** One answer more, if this interval has one left. */
export function countAnswer(tcb: Tcb, now: Instant): Challenges | undefined {
  const { challengeAckLimit, challengeAckInterval } = tcb.settings;
  const { since, sent } = tcb.challenges;
  const fresh = sent === 0 || now - since >= challengeAckInterval;
  const counted = fresh ? { since: now, sent: 1 } : { since, sent: sent + 1 };
  return counted.sent > challengeAckLimit ? undefined : counted;
}

const CHALLENGED: Effect = { kind: 'discard', reason: 'answered with a challenge ACK' };
const THROTTLED: Effect = { kind: 'discard', reason: 'challenge ACK throttled' };

/** For a reason in words: what became of the challenge. */
export function challengeWhy(out: Output): string {
  return isThrottled(out) ? throttleWhy(out.tcb) : 'challenge ACK';
}

/**
 * Answers an unacceptable segment with an ACK. With the deviation ack-throttle these are counted with the challenges,
 * unless the segment has text or a FIN: then a peer waits for it.
 */
export function answerWithAck(tcb: Tcb, seg: Segment, now: Instant): Output {
  const counted = tcb.settings.ackThrottle === 'all' && (segLen(seg) === 0 || has(seg, SYN));
  if (!counted) return sendAck(tcb, now);
  const challenges = countAnswer(tcb, now);
  if (challenges === undefined) return { tcb, effects: [THROTTLED] };
  const out = sendAck(tcb, now);
  return { tcb: editTcb(out.tcb, { challenges }), effects: out.effects };
}

/** For a reason in words: what became of the answer. */
export function answerWhy(out: Output): string {
  return isThrottled(out) ? throttleWhy(out.tcb) : 'ACK and drop';
}

/** Whether nothing was sent because the limit is reached. */
function isThrottled(out: Output): boolean {
  return out.effects.includes(THROTTLED);
}

function throttleWhy({ settings }: Tcb): string {
  return `the limit of ${settings.challengeAckLimit} challenge ACKs is reached: dropped`;
}
