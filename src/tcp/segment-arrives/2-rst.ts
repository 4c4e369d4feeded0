/** RFC 9293 §3.10.7.4 Other States, second check: the RST bit. */

import { deleteTcb, returnToListen } from '../delete-tcb.js';
import { isOpenEarly } from '../fast-open.js';
import { isEarlyRequest } from '../host/requests.js';
import type { Instant, Verdict } from '../rule.js';
import { finish, goOn } from '../rule.js';
import type { Segment } from '../segment.js';
import { has, RST } from '../segment.js';
import { add, before, num } from '../seq.js';
import type { Move } from '../states.js';
import type { Tcb } from '../tcb.js';
import { TEXT } from '../user-texts.js';
import { inWindow } from '../window.js';
import type { Arrival } from './arrival.js';
import { byRequest, challengeWhy, isChallenged, sendChallenge } from './challenge.js';

export const rstMoves: readonly Move[] = [
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

const RST_OFF = goOn(() => 'RST bit off');

export function checkRst(tcb: Tcb, arrival: Arrival, now: Instant): Verdict {
  const { seg } = arrival;
  if (!has(seg, RST)) return RST_OFF;
  if (tcb.state === 'TIME_WAIT' && tcb.settings.timeWaitResets === 'ignore') {
    const why = () => 'RST bit on in TIME_WAIT: ignored (deviation time-wait-resets)';
    return finish(why, undefined, [{ kind: 'discard', reason: 'RST in TIME_WAIT' }]);
  }
  if (!isChallenged(tcb.settings, 'rst')) {
    return resetConnection(
      tcb,
      () => `RST bit on, in the window (challenge-ack ${tcb.settings.challengeAck})`,
    );
  }
  const { nxt } = tcb.rcv;
  if (seg.seq === nxt) {
    return resetConnection(tcb, () => `RST bit on, SEG.SEQ=${num(seg.seq)} = RCV.NXT exactly`);
  }
  if (isLateReset(tcb, seg)) {
    const why = () => `RST bit on, SEG.SEQ=${num(seg.seq)} = RCV.NXT-1 after the FIN`;
    return resetConnection(tcb, () => `${why()} (deviation late-reset)`);
  }
  if (isSackedReset(tcb, seg)) {
    const why = () => `RST bit on, SEG.SEQ=${num(seg.seq)} follows all that is held`;
    return resetConnection(tcb, () => `${why()} (deviation sacked-reset)`);
  }
  if (!inWindow(tcb, seg.seq) && tcb.settings.windowEdges !== 'inclusive') {
    const why = () => `RST bit on, SEG.SEQ=${num(seg.seq)} outside the window: dropped`;
    return finish(why, undefined, [{ kind: 'discard', reason: 'RST outside the window' }]);
  }
  const out = isEarlyRequest(tcb)
    ? byRequest(tcb, (request) => sendChallenge(request, now))
    : sendChallenge(tcb, now);
  const why = () =>
    `RST bit on, SEG.SEQ=${num(seg.seq)} in the window but not RCV.NXT=${num(nxt)}: ${challengeWhy(out)}`;
  return finish(why, out.tcb, out.effects);
}

/** Deviation `late-reset`: a peer that did not count its FIN resets from the number before it. */
export function isLateReset(tcb: Tcb, seg: Segment): boolean {
  if (tcb.settings.lateReset === 'drop' || !has(seg, RST)) return false;
  const { state, rcv } = tcb;
  const afterFin = state === 'CLOSE_WAIT' || state === 'CLOSING' || state === 'LAST_ACK';
  return afterFin && seg.seq === add(rcv.nxt, -1);
}

/** Deviation `sacked-reset`: it follows the last octet ahead of RCV.NXT that was received. */
function isSackedReset({ settings, options: { sacks } }: Tcb, { seq }: Segment): boolean {
  if (settings.sackedReset === 'challenge') return false;
  return sacks.blocks.some(
    ({ right }) => right === seq && !sacks.blocks.some((other) => before(seq, other.right)),
  );
}

function resetConnection(tcb: Tcb, why: () => string): Verdict {
  switch (tcb.state) {
    case 'SYN_RCVD': {
      if (tcb.open === 'passive' && !isOpenEarly(tcb)) {
        const back = returnToListen(tcb);
        return finish(() => `${why()}: passive OPEN, back to LISTEN`, back.tcb, back.effects);
      }
      // Deviation `syn-rcvd-reset`; the user of a fast open has the text already.
      const told = tcb.settings.synRcvdReset === 'reset' || isOpenEarly(tcb);
      const text = told ? TEXT.reset : TEXT.refused;
      const { tcb: closed, effects } = deleteTcb(tcb, text, text);
      return finish(() => `${why()}: ${tcb.open} OPEN, ${text}`, closed, effects);
    }
    case 'ESTABLISHED':
    case 'FIN_WAIT_1':
    case 'FIN_WAIT_2':
    case 'CLOSE_WAIT': {
      const { tcb: closed, effects } = deleteTcb(tcb, TEXT.reset, TEXT.reset);
      return finish(() => `${why()}: connection reset`, closed, effects);
    }
    default: {
      // Deviation `closing-reset`.
      const told = tcb.settings.closingReset === 'told' && tcb.state !== 'TIME_WAIT';
      const { tcb: closed, effects } = deleteTcb(tcb, TEXT.reset, told ? TEXT.reset : undefined);
      return finish(() => `${why()}: CLOSED, TCB deleted`, closed, effects);
    }
  }
}
