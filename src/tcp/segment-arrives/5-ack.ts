/** RFC 9293 §3.10.7.4 Other States, fifth check: the ACK field. */

import { closeOnceOpen } from '../calls/close.js';
import { deleteTcb } from '../delete-tcb.js';
import { isMereRequest } from '../host/requests.js';
import { withOldOctets } from '../loss-recovery/sack.js';
import { own } from '../own.js';
import { repeated } from '../receiving/dialogue.js';
import { isPredicted } from '../receiving/prediction.js';
import { withEcho } from '../receiving/receiver-trip.js';
import { resetFor } from '../reset.js';
import { editRto } from '../retransmission/variables.js';
import { acknowledge } from '../retransmission.js';
import type { Instant, Verdict } from '../rule.js';
import { finish, goOn, joinEffects } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, FIN, has, SYN, segEnd, segLen } from '../segment.js';
import { sendAckThenQueued, sendQueued, sendQueuedOrAck } from '../sending/send-queued.js';
import type { Output } from '../sending/transmit.js';
import { add, atOrBefore, before, distance, num } from '../seq.js';
import { haveSynsCrossed, type Move } from '../states.js';
import type { Tcb } from '../tcb.js';
import { editTcb, finAcked } from '../tcb.js';
import { isClosedFinWait2, limitFinWait2 } from '../timers/fin-wait-2.js';
import { editTimers } from '../timers.js';
import { TEXT } from '../user-texts.js';
import { asEstablished } from './5-established.js';
import { proceed } from './5-send.js';
import { ackReach } from './ack-range.js';
import type { Arrival } from './arrival.js';
import { answerWhy, answerWithAck, countAnswer } from './challenge.js';
import { establish } from './establish.js';
import { enterTimeWait } from './time-wait.js';

export const ackMoves: readonly Move[] = [
  'SYN_RCVD -> ESTABLISHED',
  'SYN_RCVD -> FIN_WAIT_1',
  'FIN_WAIT_1 -> FIN_WAIT_2',
  'FIN_WAIT_1 -> CLOSED',
  'CLOSE_WAIT -> LAST_ACK',
  'CLOSING -> TIME_WAIT',
  'LAST_ACK -> CLOSED',
];

export function checkAck(tcb: Tcb, arrival: Arrival, now: Instant): Verdict {
  const { seg } = arrival;
  if (!has(seg, ACK)) {
    return finish(() => 'ACK bit off: dropped', undefined, [
      { kind: 'discard', reason: 'ACK bit off' },
    ]);
  }
  if (tcb.state === 'SYN_RCVD') return checkSynReceived(tcb, arrival, now);
  if (endsAtOnce(tcb, seg)) return endAtOnce(tcb, arrival, now);
  const { una, nxt } = tcb.snd;
  if (before(nxt, seg.ack)) {
    return dropWithAck(
      tcb,
      seg,
      now,
      () => `SEG.ACK=${num(seg.ack)} > SND.NXT=${num(nxt)}: acks what was not sent`,
    );
  }
  const oldest = add(una, -ackReach(tcb));
  // Deviation `ack-range`.
  const old = tcb.settings.ackRange === 'acknowledged' && before(seg.ack, una);
  const outside =
    tcb.settings.challengeAck !== 'off' && distance(oldest, seg.ack) > distance(oldest, nxt);
  if (old && seg.data.length > 0 && isPredicted(tcb, seg)) {
    // The ACK of the text is the challenge, too: it is due now.
    const challenges = outside ? countAnswer(tcb, now) : undefined;
    const timed = withEcho(tcb, seg, now);
    const timers = editTimers(timed.timers, { delayedAck: now });
    const counted = challenges === undefined ? timed : editTcb(timed, { challenges, timers });
    return goOn(() => 'text was expected: its ACK is not looked at', counted);
  }
  if (outside) {
    return dropWithAck(
      tcb,
      seg,
      now,
      () => `SEG.ACK=${num(seg.ack)} < ${reachName(tcb)}=${num(oldest)}: outside RFC 5961's range`,
    );
  }
  return perState(tcb.state === 'ESTABLISHED' ? withEcho(tcb, seg, now) : tcb, seg, now);
}

function reachName(tcb: Tcb): string {
  if (ackReach(tcb) >= tcb.snd.max) return 'SND.UNA-MAX.SND.WND';
  return `${tcb.open === 'active' ? 'ISS' : 'ISS+1'} (deviation ack-range)`;
}

function dropWithAck(tcb: Tcb, seg: Segment, now: Instant, why: () => string): Verdict {
  // RFC 5961 §5.2 makes it a challenge, whatever else the segment has.
  const out = answerWithAck(tcb, seg, now, 'counted');
  return finish(() => `${why()}; ${answerWhy(out)}`, out.tcb, [
    ...out.effects,
    { kind: 'discard', reason: 'unacceptable ACK' },
  ]);
}

function checkSynReceived(tcb: Tcb, { seg, source }: Arrival, now: Instant): Verdict {
  const { una, nxt } = tcb.snd;
  // Deviation `simultaneous-open figure-ack`.
  const again = tcb.settings.simultaneousOpen === 'figure-ack' && tcb.open === 'active';
  if (!(before(una, seg.ack) || (again && seg.ack === una)) || !atOrBefore(seg.ack, nxt)) {
    const why = () =>
      `SEG.ACK=${num(seg.ack)} not in SND.UNA=${num(una)} < SEG.ACK =< SND.NXT=${num(nxt)}: reset, dropped ` +
      '(deviation syn-rcvd-drop)';
    return finish(why, undefined, [resetFor(seg, source, tcb.settings)]);
  }
  const acked = acknowledge(withoutSynLoss(tcb), seg, now);
  const open = establish(acked.tcb, seg, now);
  const shut = isMereRequest(tcb) ? open : closeOnceOpen(open.tcb, now);
  const why = () =>
    `SND.UNA=${num(una)} < SEG.ACK=${num(seg.ack)} =< SND.NXT=${num(nxt)}: our SYN is acknowledged, ` +
    `SND.WND <- ${open.tcb.snd.wnd}`;
  const effects = joinEffects(joinEffects(acked.effects, open.effects), shut.effects);
  if (has(seg, SYN) && tcb.settings.simultaneousOpen === 'figure-ack') {
    // Deviation `interactive-ack`: it is repeated text, which is acknowledged before anything is said.
    const answer = tcb.settings.interactiveAck > 0 ? sendAckThenQueued : sendQueuedOrAck;
    const out = answer(repeated(withOldOctets(shut.tcb, seg)), now);
    const told = () => `${why()}; acknowledged (deviation simultaneous-open figure-ack)`;
    return goOn(told, out.tcb, [...effects, ...out.effects]);
  }
  return proceed(tcb, seg, why, { tcb: shut.tcb, effects }, now);
}

/** The window of SYNs that have crossed is chosen once they are acknowledged. */
function withoutSynLoss(tcb: Tcb): Tcb {
  if (tcb.rto.congestion === undefined || !haveSynsCrossed(tcb)) return tcb;
  return editTcb(tcb, { rto: editRto(tcb.rto, { congestion: undefined }) });
}

function perState(tcb: Tcb, seg: Segment, now: Instant): Verdict {
  const established = asEstablished(tcb, seg, now);
  const after = established.tcb;
  const numbers = () => ackWhy(tcb, after, seg);
  switch (tcb.state) {
    case 'ESTABLISHED':
      return proceed(tcb, seg, numbers, established, now);
    case 'FIN_WAIT_1':
      if (!finAcked(after)) return proceed(tcb, seg, numbers, established, now);
      return finWait2(tcb, seg, numbers, established, now);
    case 'FIN_WAIT_2':
    case 'CLOSE_WAIT':
      return proceed(tcb, seg, numbers, established, now);
    case 'CLOSING': {
      if (finAcked(after)) {
        const why = () => `${numbers()}; our FIN is acknowledged`;
        return goOn(why, enterTimeWait(after, now), established.effects);
      }
      const out = sendQueued(after, now);
      const effects = joinEffects(established.effects, out.effects);
      // Deviation `after-fin`: what was taken before is acknowledged by the eighth check.
      if (tcb.settings.afterFin !== 'answer') return goOn(numbers, out.tcb, effects);
      return finish(() => `${numbers()}; our FIN is not acknowledged: ignored`, out.tcb, effects);
    }
    case 'LAST_ACK': {
      if (!finAcked(after)) return proceed(tcb, seg, numbers, established, now);
      const closed = deleteTcb(after, TEXT.connectionClosing);
      const effects = joinEffects(established.effects, closed.effects);
      return finish(() => `${numbers()}; our FIN is acknowledged: CLOSED`, closed.tcb, effects);
    }
    default:
      return inTimeWait(tcb, seg, now, after, numbers);
  }
}

/** "The only thing that can arrive in this state is a retransmission of the remote FIN. Acknowledge it" (interpretation time-wait-ack). */
function inTimeWait(
  tcb: Tcb,
  seg: Segment,
  now: Instant,
  after: Tcb,
  numbers: () => string,
): Verdict {
  if (segLen(seg) > 0 || atOrBefore(seg.seq, tcb.rcv.nxt)) {
    return goOn(() => `${numbers()}; in TIME_WAIT only the remote FIN is answered`, after);
  }
  // Who sends beyond the FIN has other numbers than we: what was answered in vain is not forgotten.
  const out = answerWithAck(editTcb(after, { challenges: tcb.challenges }), seg, now, 'in-vain');
  const why = () =>
    `${numbers()}; SEG.SEQ=${num(seg.seq)} is beyond RCV.NXT=${num(tcb.rcv.nxt)}, where the FIN was: ${answerWhy(out)}`;
  return finish(why, out.tcb, out.effects);
}

/** Deviation `closed-fin-wait-2 reset`: nobody waits for the peer to close. */
function endsAtOnce(tcb: Tcb, seg: Segment): boolean {
  const { state, settings, fin, snd } = tcb;
  const { halfClosed } = tcb.queued;
  if (settings.closedFinWait2 !== 'reset' || state !== 'FIN_WAIT_1' || halfClosed) return false;
  return fin !== undefined && before(fin, seg.ack) && atOrBefore(seg.ack, snd.nxt);
}

function endAtOnce(tcb: Tcb, { seg, source }: Arrival, now: Instant): Verdict {
  const acked = acknowledge(tcb, seg, now);
  const closed = deleteTcb(acked.tcb, TEXT.connectionClosing);
  const why = () => 'our FIN is acknowledged: reset, TCB deleted (deviation closed-fin-wait-2)';
  const reset = resetFor(seg, source, tcb.settings);
  return finish(why, closed.tcb, [...acked.effects, reset, ...closed.effects]);
}

function finWait2(
  before_: Tcb,
  seg: Segment,
  numbers: () => string,
  { tcb, effects }: Output,
  now: Instant,
): Verdict {
  const waiting = own(tcb);
  waiting.state = 'FIN_WAIT_2';
  const after = limitFinWait2(waiting, now);
  const why = () => `${numbers()}; our FIN is acknowledged`;
  // A mere record does not look for what has come before.
  const isOld = segLen(seg) > 0 && !has(seg, FIN) && atOrBefore(segEnd(seg), tcb.rcv.nxt);
  if (isClosedFinWait2(after) && isOld)
    return finish(() => `${why()}; its text is old (deviation closed-fin-wait-2)`, after, effects);
  return proceed(before_, seg, why, { tcb: after, effects }, now);
}

function ackWhy(before_: Tcb, after: Tcb, seg: Segment): string {
  const { una, nxt, wnd } = before_.snd;
  const window = after.snd.wnd === wnd ? '' : `, SND.WND <- ${after.snd.wnd}`;
  if (before(una, seg.ack)) {
    return `SND.UNA=${num(una)} < SEG.ACK=${num(seg.ack)} =< SND.NXT=${num(nxt)}: SND.UNA <- ${num(seg.ack)}${window}`;
  }
  const order = una === seg.ack ? '=' : '<';
  return `SEG.ACK=${num(seg.ack)} ${order} SND.UNA=${num(una)}: nothing new${window}`;
}
