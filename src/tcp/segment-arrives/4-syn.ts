/** RFC 9293 §3.10.7.4 Other States, fourth check: the SYN bit. */

import { deleteTcb, returnToListen } from '../delete-tcb.js';
import { withReflection } from '../ecn/feedback.js';
import { isOpenEarly } from '../fast-open.js';
import { isEarlyRequest } from '../host/requests.js';
import { resetFor, resetInWindow } from '../reset.js';
import type { Instant, Verdict } from '../rule.js';
import { finish, goOn } from '../rule.js';
import { has, type Segment, SYN } from '../segment.js';
import { before, num } from '../seq.js';
import type { Move } from '../states.js';
import type { Tcb } from '../tcb.js';
import { TEXT } from '../user-texts.js';
import { isFigure7 } from './1-sequence.js';
import type { Arrival } from './arrival.js';
import { challengeWhy, isChallenged, sendChallenge } from './challenge.js';

export const synMoves: readonly Move[] = [
  'SYN_RCVD -> LISTEN',
  'SYN_RCVD -> CLOSED',
  'ESTABLISHED -> CLOSED',
  'FIN_WAIT_1 -> CLOSED',
  'FIN_WAIT_2 -> CLOSED',
  'CLOSE_WAIT -> CLOSED',
  'CLOSING -> CLOSED',
  'LAST_ACK -> CLOSED',
  'TIME_WAIT -> CLOSED',
];

const SYN_OFF = goOn(() => 'SYN bit off');

/**
 * Whether the rest of a segment counts whose SYN lies before the window. With `simultaneous-open figure-ack` only the SYN,ACK of
 * Figure 7 is not challenged, which has no rest, unless what lies before the window is cut off anyway (deviation before-window).
 */
function isTrimmedOff(tcb: Tcb, seg: Segment, early: boolean): boolean {
  const { simultaneousOpen, beforeWindow } = tcb.settings;
  if (simultaneousOpen === 'text') return false;
  if (early) return seg.seq === tcb.irs;
  if (simultaneousOpen === 'figure' || beforeWindow === 'trim') return true;
  return isFigure7(tcb, seg);
}

export function checkSyn(tcb: Tcb, { seg, source }: Arrival, now: Instant): Verdict {
  if (!has(seg, SYN)) return SYN_OFF;
  const trimmed = before(seg.seq, tcb.rcv.nxt);
  if (tcb.state === 'SYN_RCVD') {
    const early = isEarlyRequest(tcb);
    if (trimmed && isTrimmedOff(tcb, seg, early)) {
      return goOn(
        () => `the SYN at SEG.SEQ=${num(seg.seq)} is trimmed off: it was processed before`,
      );
    }
    if (early) {
      // The user has the connection: only the peer is told that this SYN is not for it.
      const why = () => 'SYN bit on: a reset, and what was opened fast stays (deviation half-open)';
      return finish(why, undefined, [resetFor(seg, source, tcb.settings)]);
    }
    if (tcb.open === 'passive' && !isOpenEarly(tcb)) {
      const why = () =>
        `SYN bit on, SEG.SEQ=${num(seg.seq)} acceptable: passive OPEN, back to LISTEN`;
      const back = returnToListen(tcb);
      if (tcb.settings.halfOpen === 'tcb') return finish(why, back.tcb, back.effects);
      const told = () => `${why()}, with a reset (deviation half-open)`;
      const reset = resetFor(seg, source, tcb.settings);
      return finish(told, back.tcb, [reset, ...back.effects]);
    }
  }
  if (isChallenged(tcb.settings, 'syn')) {
    const out = sendChallenge(withReflection(tcb, seg), now);
    return finish(() => `SYN bit on: ${challengeWhy(out)}`, out.tcb, out.effects);
  }
  if (trimmed) return goOn(() => `the SYN at SEG.SEQ=${num(seg.seq)} lies before the window`);
  const { tcb: closed, effects } = deleteTcb(tcb, TEXT.reset, TEXT.reset);
  const why = () =>
    `SYN bit on, SEG.SEQ=${num(seg.seq)} in the window: reset (challenge-ack ${tcb.settings.challengeAck})`;
  return finish(why, closed, [resetInWindow(tcb), ...effects]);
}
