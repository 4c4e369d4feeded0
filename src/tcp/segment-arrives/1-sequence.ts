/** RFC 9293 §3.10.7.4 Other States, first check: the sequence number (Table 6). */

import { isEarlyRequest, isMereRequest, isRequest } from '../host/requests.js';
import { withOldOctets } from '../loss-recovery/sack.js';
import { repeatedBy } from '../receiving/dialogue.js';
import type { Instant, Verdict } from '../rule.js';
import { finish, goOn } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, FIN, has, RST, SYN, segEnd, segLen } from '../segment.js';
import { add, atOrBefore, before, num, type Seq } from '../seq.js';
import { hasPeersFin } from '../states.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { editTimers } from '../timers.js';
import { inWindow, rightEdge, toldEdge } from '../window.js';
import { isLateReset } from './2-rst.js';
import type { Arrival } from './arrival.js';
import {
  answerWhy,
  answerWithAck,
  byRequest,
  challengeWhy,
  isChallenged,
  sendChallenge,
} from './challenge.js';
import {
  dropUnflagged,
  isOutsideOfRequest,
  isRepeatedSyn,
  isStrayAck,
  isUnflagged,
  refuseStrayAck,
  repeatSynAck,
} from './half-open.js';

export function checkSequence(tcb: Tcb, { seg, source }: Arrival, now: Instant): Verdict {
  if (isRepeatedSyn(tcb, seg)) return repeatSynAck(tcb, now);
  if (isUnflagged(tcb, seg)) return dropUnflagged();
  if (isStrayAck(tcb, seg)) return refuseStrayAck(tcb, seg, source);
  if (isOutsideOfRequest(tcb, seg)) return refuse(tcb, seg, now);
  if (isAcceptable(tcb, seg)) {
    if (!mustRefuseWhole(tcb, seg)) return goOn(() => tableRow(tcb, seg));
    return refuse(tcb, seg, now);
  }
  if (isOnTheEdge(tcb, seg)) {
    if (mustRefuseWhole(tcb, seg)) return refuse(tcb, seg, now);
    return goOn(() => `${tableRow(tcb, seg)}, but it touches the window (deviation window-edges)`);
  }
  if (isFigure7(tcb, seg)) {
    return goOn(
      () =>
        `SEG.SEQ=${num(seg.seq)} = IRS: the SYN we have, and its ACK completes Figure 7 ` +
        `(deviation simultaneous-open ${tcb.settings.simultaneousOpen})`,
    );
  }
  if (isAllowedAtZero(tcb, seg)) {
    return goOn(
      () =>
        `${tableRow(tcb, seg)}, but at SEG.SEQ=RCV.NXT valid ACKs, URGs and RSTs are accepted; ` +
        'text and FIN are not',
    );
  }
  if (isLateReset(tcb, seg)) {
    return goOn(() => `RST at RCV.NXT-1 after the FIN: looked at (deviation late-reset)`);
  }
  return refuse(tcb, seg, now);
}

/** A RST is dropped silently, a SYN challenged, and everything else answered with an ACK. */
function refuse(tcb: Tcb, seg: Segment, now: Instant): Verdict {
  if (has(seg, RST)) {
    return finish(() => `${tableRow(tcb, seg)}; RST bit on: dropped`, undefined, [
      { kind: 'discard', reason: 'RST outside the window' },
    ]);
  }
  if (has(seg, SYN) && isChallenged(tcb.settings, 'syn') && !isEarlyRequest(tcb)) {
    const out = sendChallenge(tcb, now);
    return finish(() => `${tableRow(tcb, seg)}; ${challengeWhy(out)}`, out.tcb, out.effects);
  }
  return answerUnacceptable(tcb, seg, now);
}

/** "An acknowledgment should be sent in reply"; a repeated FIN in TIME_WAIT also restarts the 2 MSL. */
function answerUnacceptable(tcb: Tcb, seg: Segment, now: Instant): Verdict {
  // What answers for a request tells no blocks (deviation half-open).
  const told = isRequest(tcb) ? tcb : withOldOctets(tcb, seg);
  const out = isEarlyRequest(tcb)
    ? byRequest(tcb, (request) => answerWithAck(request, seg, now))
    : answerWithAck(repeatedBy(told, seg), seg, now);
  const beyond = before(rightEdge(tcb), segEnd(seg));
  const reason = beyond ? 'beyond the window' : 'outside the window';
  const effects = [...out.effects, { kind: 'discard', reason } as const];
  if (tcb.state !== 'TIME_WAIT' || !repeatsFin(tcb, seg)) {
    return finish(() => `${tableRow(tcb, seg)}; ${answerWhy(out)}`, out.tcb, effects);
  }
  const timers = editTimers(out.tcb.timers, { timeWait: now + 2 * tcb.settings.msl });
  const why = () =>
    `${tableRow(tcb, seg)}; it is the remote FIN again: ACK, and the 2 MSL start anew ` +
    '(deviation time-wait-fin)';
  return finish(why, editTcb(out.tcb, { timers }), effects);
}

/** The segment ends with the FIN that we have: its last sequence number is RCV.NXT-1. */
function repeatsFin(tcb: Tcb, seg: Segment): boolean {
  return has(seg, FIN) && segEnd(seg) === tcb.rcv.nxt;
}

/** Deviation `window-edges`: right of the window's last number, or ending at its first. A SYN has a check of its own, unless it is a RST. */
function isOnTheEdge(tcb: Tcb, seg: Segment): boolean {
  if (tcb.settings.windowEdges === 'exclusive' || (seg.ctl & (SYN | RST)) === SYN) return false;
  if (tcb.settings.windowEdges === 'right') {
    return seg.data.length === 0 && !has(seg, RST) && seg.seq === rightEdge(tcb);
  }
  const end = segEnd(seg);
  // For a request only an empty segment touches the right edge.
  if (isRequest(tcb)) return seg.seq === rightEdge(tcb) && end === seg.seq;
  const touchesLeft = atOrBefore(toldEdge(tcb), end);
  return touchesLeft && atOrBefore(seg.seq, rightEdge(tcb));
}

/** Deviation `beyond-window`: no part of it is taken while the user has not read everything, the end included. */
function mustRefuseWhole(tcb: Tcb, seg: Segment): boolean {
  const { received, halfClosed } = tcb.queued;
  // Who has closed, and not just shut down, leaves nothing to be read, not even the end; with the end of the text its FIN is read, too.
  const ended = hasPeersFin(tcb.state) && tcb.state !== 'TIME_WAIT' && tcb.space?.held.length !== 0;
  const unread = received.length > 0 || (ended && (tcb.state !== 'LAST_ACK' || halfClosed));
  if (tcb.settings.beyondWindow === 'trim' || !unread) return false;
  const counts = seg.data.length > 0 || has(seg, SYN);
  // A FIN may lie at the edge.
  const end = add(segEnd(seg), has(seg, FIN) ? -1 : 0);
  return counts && before(rightEdge(tcb), end);
}

/** Table 6, one line per row. */
function isAcceptable(tcb: Tcb, seg: Segment): boolean {
  const length = segLen(seg);
  const { nxt, wnd } = tcb.rcv;
  if (length === 0) return wnd === 0 ? seg.seq === nxt : inWindow(tcb, seg.seq);
  if (wnd === 0) return false;
  return inWindow(tcb, seg.seq) || inWindow(tcb, add(seg.seq, length - 1));
}

/** Appendix A.2 with `simultaneous-open figure`: the SYN,ACK that crosses ours, whose SYN we have. */
export function isFigure7(tcb: Tcb, seg: Segment): boolean {
  return (
    tcb.settings.simultaneousOpen !== 'text' &&
    tcb.state === 'SYN_RCVD' &&
    // Nobody has sent a SYN to whom a request answers (deviation half-open).
    !isMereRequest(tcb) &&
    (seg.ctl & (SYN | ACK | RST)) === (SYN | ACK) &&
    seg.seq === tcb.irs &&
    before(tcb.snd.una, seg.ack) &&
    atOrBefore(seg.ack, tcb.snd.nxt) &&
    // Text of a fast open is acknowledged, too, and there is no other, or the SYN is one of those that are challenged.
    (tcb.settings.simultaneousOpen === 'figure' || (seg.ack === tcb.snd.nxt && segLen(seg) === 1))
  );
}

/** "Special allowance should be made to accept valid ACKs, URGs, and RSTs": not a SYN, nor what has no ACK to be valid. */
function isAllowedAtZero({ rcv }: Tcb, { seq, ctl }: Segment): boolean {
  if (rcv.wnd !== 0 || seq !== rcv.nxt) return false;
  return (ctl & RST) !== 0 || (ctl & (SYN | ACK)) === ACK;
}

/** The row of Table 6 with its numbers: `RCV.NXT=301 =< SEG.SEQ=301 < RCV.NXT+RCV.WND=65836: acceptable`. */
function tableRow(tcb: Tcb, seg: Segment): string {
  const length = segLen(seg);
  const { nxt, wnd } = tcb.rcv;
  const last = add(seg.seq, length - 1);
  if (wnd === 0) {
    if (length > 0) return `RCV.WND=0 and SEG.LEN=${length}: not acceptable`;
    return seg.seq === nxt
      ? `RCV.WND=0 and SEG.SEQ=${num(seg.seq)} = RCV.NXT: acceptable`
      : `RCV.WND=0 and SEG.SEQ=${num(seg.seq)} is not RCV.NXT=${num(nxt)}: not acceptable`;
  }
  if (inWindow(tcb, seg.seq)) return `${inside(tcb, 'SEG.SEQ', seg.seq)}: acceptable`;
  if (length > 0 && inWindow(tcb, last)) {
    return `${inside(tcb, 'SEG.SEQ+SEG.LEN-1', last)}: acceptable`;
  }
  const what = length > 1 ? `SEG.SEQ=${num(seg.seq)} to ${num(last)}` : `SEG.SEQ=${num(seg.seq)}`;
  const window = `RCV.NXT=${num(nxt)} =< ... < RCV.NXT+RCV.WND=${num(rightEdge(tcb))}`;
  return `${what} outside ${window}: not acceptable`;
}

function inside(tcb: Tcb, name: string, value: Seq): string {
  return `RCV.NXT=${num(tcb.rcv.nxt)} =< ${name}=${num(value)} < RCV.NXT+RCV.WND=${num(rightEdge(tcb))}`;
}
