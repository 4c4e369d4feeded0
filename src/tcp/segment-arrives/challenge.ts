/** RFC 5961 §3.2, §4.2 and §7: challenge ACKs and their throttle, one for each connection. */

import type { Effect, Instant } from '../rule.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import type { Output } from '../transmit.js';
import { sendAck } from '../transmit.js';

/** Sends a challenge ACK, `<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>`, unless this interval's are used up. */
export function sendChallenge(tcb: Tcb, now: Instant): Output {
  const { challengeAckLimit, challengeAckInterval } = tcb.settings;
  const { since, sent } = tcb.challenges;
  const fresh = sent === 0 || now - since >= challengeAckInterval;
  const counted = fresh ? { since: now, sent: 1 } : { since, sent: sent + 1 };
  if (counted.sent > challengeAckLimit) return { tcb, effects: [THROTTLED] };
  const out = sendAck(tcb, now);
  return { tcb: editTcb(out.tcb, { challenges: counted }), effects: [...out.effects, CHALLENGED] };
}

const CHALLENGED: Effect = { kind: 'discard', reason: 'answered with a challenge ACK' };
const THROTTLED: Effect = { kind: 'discard', reason: 'challenge ACK throttled' };

/** For a reason in words: what became of the challenge. */
export function challengeWhy(out: Output): string {
  return out.effects.includes(THROTTLED)
    ? `the limit of ${out.tcb.settings.challengeAckLimit} challenge ACKs is reached: dropped`
    : 'challenge ACK';
}
