/** RFC 9293 §3.10.7.3 SYN-SENT STATE. */

import { frontOf, inPieces, listOf } from '../../base/pieces.js';
import { whileSynIsLost } from '../congestion/syn-loss.js';
import { deleteTcb } from '../delete-tcb.js';
import { settleSynText } from '../fast-open/syn.js';
import { boundBySyn } from '../loss-recovery/path-search.js';
import {
  agreeOptions,
  effectiveMss,
  shiftOffered,
  shiftWhy,
  TIMESTAMPS_LENGTH,
  timestampBefore,
  timestampClock,
} from '../options.js';
import { own, ownSnd } from '../own.js';
import { heard } from '../receiving/dialogue.js';
import { countsMemory } from '../receiving/memory.js';
import { resetFor } from '../reset.js';
import { editRto } from '../retransmission/variables.js';
import { acknowledge } from '../retransmission.js';
import type { Duration, Effect, Instant, Rule, Verdict } from '../rule.js';
import { finish, goOn, joinEffects, NO_EFFECTS, rulesOf } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, FIN, has, RST, SYN } from '../segment.js';
import { NONE } from '../sending/queued.js';
import { sendAckThenQueued, sendQueued, sendQueuedOrAck } from '../sending/send-queued.js';
import { sendCrossingSynAck } from '../sending/send-syn.js';
import type { Output } from '../sending/transmit.js';
import { add, atOrBefore, before, num } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editQueued, editRcv, editSnd, editTcb, remoteOf } from '../tcb.js';
import { editTimers, late } from '../timers.js';
import { TEXT } from '../user-texts.js';
import { firstWindow, updateSendWindow } from '../window.js';
import type { Arrival } from './arrival.js';
import { establish } from './establish.js';
import { acknowledgeLate } from './late-ack.js';
import { queueFromSyn } from './listen.js';

const check = rulesOf<Arrival>('syn-sent', 'RFC 9293 §3.10.7.3');

export const synSentRules: readonly Rule<Arrival>[] = [
  check('1-ack', 'First, check the ACK bit', [], checkAck),
  check('2-rst', 'Second, check the RST bit', ['SYN_SENT -> CLOSED'], checkRst),
  check('3-security', 'Third, check the security', [], checkSecurity),
  check(
    '4-syn',
    'Fourth, check the SYN bit',
    ['SYN_SENT -> ESTABLISHED', 'SYN_SENT -> SYN_RCVD'],
    checkSyn,
  ),
  check('5-other', 'Fifth, if neither of the SYN or RST bits is set', [], dropOther),
];

function checkAck(tcb: Tcb, { seg, source }: Arrival, now: Instant): Verdict {
  if (!has(seg, ACK)) return goOn(() => 'ACK bit off');
  const { iss, snd } = tcb;
  const isOurs = !atOrBefore(seg.ack, iss) && atOrBefore(seg.ack, snd.nxt);
  if (isOurs && isEchoBelievable(tcb, seg, now)) {
    return goOn(
      () => `ISS=${num(iss)} < SEG.ACK=${num(seg.ack)} =< SND.NXT=${num(snd.nxt)}: acceptable`,
    );
  }
  const compared = () => {
    if (isOurs) return 'SEG.TSecr was never sent (deviation handshake-echo)';
    return atOrBefore(seg.ack, iss)
      ? `SEG.ACK=${num(seg.ack)} =< ISS=${num(iss)}`
      : `SEG.ACK=${num(seg.ack)} > SND.NXT=${num(snd.nxt)}`;
  };
  const after = isOurs ? tcb : hurried(tcb, now);
  const soon = after === tcb ? '' : '; the SYN follows at once (deviation bad-syn-ack)';
  if (has(seg, RST)) {
    return finish(() => `${compared()}: not acceptable, and a RST is dropped${soon}`, after, [
      { kind: 'discard', reason: 'RST with an unacceptable ACK' },
    ]);
  }
  const why = () =>
    `${compared()}: it acknowledges what was never sent; reset with SEQ=SEG.ACK${soon}`;
  return finish(why, after, [resetFor(seg, source, tcb.settings)]);
}

/**
 * Deviation `handshake-echo`: TSecr lies between the TSval of our SYN and now. Of a SYN that was sent again the first
 * TSval is not known any more.
 */
function isEchoBelievable(tcb: Tcb, seg: Segment, now: Instant): boolean {
  const echo = seg.options.timestamps?.ecr ?? 0;
  const sent = frontOf(tcb.retransmissions);
  const last = sent?.segment.options.timestamps?.val;
  if (tcb.settings.handshakeEcho === 'trust' || echo === 0 || last === undefined) return true;
  if (timestampBefore(timestampClock(now), echo)) return false;
  return (sent?.retransmissions ?? 0) > 0 || !timestampBefore(echo, last);
}

/** The least time until a SYN is sent again: two ticks of a kernel, and what it takes to set the timer. */
const SOON: Duration = 9_000;

/** Deviation `bad-syn-ack`: the reset makes room at the peer, so the SYN need not wait for its first RTO. */
function hurried(tcb: Tcb, now: Instant): Tcb {
  if (tcb.settings.badSynAck === 'wait' || tcb.rto.expiries > 0) return tcb;
  const soon = now + late(SOON, tcb.settings);
  return editTcb(tcb, { timers: editTimers(tcb.timers, { retransmission: soon }) });
}

const RST_OFF = goOn(() => 'RST bit off');

function checkRst(tcb: Tcb, { seg }: Arrival): Verdict {
  if (!has(seg, RST)) return RST_OFF;
  if (!has(seg, ACK)) {
    return finish(
      () => 'RST bit on, but no ACK that shows it answers our SYN: dropped',
      undefined,
      [{ kind: 'discard', reason: 'RST without ACK in SYN_SENT' }],
    );
  }
  const { tcb: closed, effects } = deleteTcb(tcb, TEXT.reset, TEXT.reset);
  return finish(() => 'RST bit on and the ACK was acceptable: connection reset', closed, effects);
}

const NO_SECURITY = goOn(() => 'segments carry no security/compartment here: it matches');

/** Declared in the deviations: segments carry no security/compartment. */
function checkSecurity(): Verdict {
  return NO_SECURITY;
}

function checkSyn(tcb: Tcb, { seg }: Arrival, now: Instant): Verdict {
  if (!has(seg, SYN)) return goOn(() => 'SYN bit off');
  const told = withSyn(tcb, seg, now);
  const acked =
    has(seg, ACK) && before(told.snd.una, seg.ack)
      ? acknowledge(told, seg, now)
      : { tcb: told, effects: NO_EFFECTS };
  return before(tcb.iss, acked.tcb.snd.una)
    ? enterEstablished(settleSynText(waitsToSend(acked.tcb, now)), seg, now, acked.effects)
    : enterSynReceived(acked.tcb, seg, now);
}

/** RCV.NXT <- SEG.SEQ+1, IRS <- SEG.SEQ, and what the SYN's options settle. */
function withSyn(tcb: Tcb, seg: Segment, now: Instant): Tcb {
  const agreed = agreeOptions(tcb, seg.options, now);
  const shift = agreed.windowScale ? (tcb.settings.windowScale ?? 0) : 0;
  const after = own(tcb);
  after.irs = seg.seq;
  const snd = ownSnd(after);
  const { address } = remoteOf(tcb);
  // SND.MSS is what the path took until now.
  const path = tcb.snd.mss - (agreed.timestamps ? TIMESTAMPS_LENGTH : 0);
  const { settings } = tcb;
  const untold = settings.mssUntold > 0 ? settings.mssUntold : undefined;
  const told = withMssBelieved(tcb, seg);
  const mss = effectiveMss(settings, told, address, agreed.timestamps, untold);
  snd.mss = Math.max(1, Math.min(mss, path));
  snd.shift = agreed.windowScale ? shiftOffered(seg.options) : 0;
  after.options = agreed;
  after.rto = boundBySyn(tcb, seg.options.mss);
  const rcv = firstWindow(after, add(seg.seq, 1), shift);
  // Deviation `receive-space`: what the SYN has told is not taken back, whatever the buffer is by now.
  after.rcv = countsMemory(tcb.settings) ? { ...rcv, wnd: tcb.rcv.wnd } : rcv;
  return after;
}

/** Deviation `fast-open-mss`: who tells no MSS has the one that the text on the SYN was made for. */
function withMssBelieved({ fastOpen, settings }: Tcb, { options }: Segment): Segment['options'] {
  const known = options.mss !== undefined || fastOpen?.role !== 'client';
  return known || settings.fastOpenMss === 'default' ? options : { ...options, mss: settings.mss };
}

/** Whoever waits to send answers the SYN,ACK at once. */
function waitsToSend(tcb: Tcb, now: Instant): Tcb {
  const { sends, announced } = tcb.queued;
  return sends.length > 0 || announced ? heard(tcb, now) : tcb;
}

function enterEstablished(tcb: Tcb, seg: Segment, now: Instant, acked: readonly Effect[]): Verdict {
  const more = bringsMore(tcb, seg);
  const open = establish(more ? withTextOfAnswer(tcb) : tcb, seg, now);
  // §3.10.7.3 allows it, MUST-58 asks for it: text or FIN of this segment bring their own acknowledgment.
  const { announced } = tcb.queued;
  const out = more
    ? { tcb: open.tcb, effects: NO_EFFECTS }
    : answerSynAck(open.tcb, announced, now);
  const why = () =>
    `SYN bit on: IRS=${num(seg.seq)}, RCV.NXT=${num(tcb.rcv.nxt)}; SND.UNA=${num(tcb.snd.una)} > ISS=${num(tcb.iss)}: ` +
    `our SYN has been ACKed${synTextWhy(open.tcb)}${more ? '; its text and FIN come next, and the ACK with them' : ''}${shiftWhy(tcb.options.windowScale, seg.options)}`;
  const effects = joinEffects(joinEffects(acked, open.effects), out.effects);
  return finish(why, out.tcb, effects);
}

/** Deviation `syn-text`: it counts because the open was a fast one. */
function withTextOfAnswer(tcb: Tcb): Tcb {
  const { fastOpen, settings } = tcb;
  if (fastOpen === undefined || settings.synText !== 'ignore') return tcb;
  return editTcb(tcb, { fastOpen: { ...fastOpen, opened: true } });
}

/** What is sent at once; with the deviation interactive-ack the ACK waits for text that is `announced`, or that defer-accept expects. */
function answerSynAck(tcb: Tcb, announced: boolean, now: Instant): Output {
  if (finFollows(tcb)) return { tcb, effects: NO_EFFECTS };
  const { interactiveAck, deferAccept, ackDelay } = tcb.settings;
  const expected = announced || deferAccept > 0 || ackDelay > 0;
  if (interactiveAck === 0 || !expected) return sendQueuedAfterAck(tcb, now);
  const out = sendQueued(tcb, now);
  if (out.effects.length > 0) return out;
  return { tcb: acknowledgeLate(out.tcb, now), effects: NO_EFFECTS };
}

/** Deviation `half-open`: sending was given up in SYN_SENT, and the FIN brings the ACK. */
function finFollows({ queued, snd, settings }: Tcb): boolean {
  const { closeCall, sends } = queued;
  return (
    closeCall !== undefined && sends.length === 0 && (snd.wnd > 0 || settings.finWindow === 'any')
  );
}

/** RFC 9768 §3.2.2.1: a pure ACK goes before what waits, as nothing else can feed the IP-ECN field of the SYN,ACK back. */
function sendQueuedAfterAck(tcb: Tcb, now: Instant): Output {
  const { ecn } = tcb.options;
  // Text of the SYN that goes again is no new text.
  const again = tcb.retransmissions.length > 0;
  const feedsBack = ecn?.mode === 'accurate' && ecn.handshake && !again;
  return feedsBack ? sendAckThenQueued(tcb, now) : sendQueuedOrAck(tcb, now);
}

/** Whether a SYN,ACK has text or a FIN that counts (deviation syn-text); it does when it answers a fast open well. */
export function bringsMore(tcb: Tcb, seg: Segment): boolean {
  if (tcb.settings.synText === 'ignore') {
    const { fastOpen } = tcb;
    // Without an option and without text the SYN was like any other.
    const asked = fastOpen?.option !== undefined && fastOpen.text === 0;
    const well = asked || fastOpen?.opened === true;
    return well && (seg.data.length > 0 || has(seg, FIN));
  }
  return seg.data.length > 0 || has(seg, FIN);
}

function synTextWhy({ fastOpen, snd }: Tcb): string {
  if (fastOpen === undefined || fastOpen.text === 0) return '';
  return fastOpen.opened ? ', with its text' : `; its text from ${num(snd.una)} on goes once more`;
}

/** Simultaneous open: the SYN on the retransmission queue becomes a SYN,ACK with the same ISS (MUST-10). */
function enterSynReceived(tcb: Tcb, seg: Segment, now: Instant): Verdict {
  // Text of a fast open stays outstanding behind the SYN.
  const text = listOf(tcb.retransmissions).filter(({ segment }) => !has(segment, SYN));
  const end = tcb.snd.nxt;
  const windowed = withOwnShift(updateSendWindow(tcb, seg));
  // With the deviation crossing-options the SYN,ACK is the SYN, whose timer runs.
  const isSyn = tcb.settings.crossingOptions === 'all';
  const again: Tcb = editTcb(windowed, {
    state: 'SYN_RCVD',
    snd: editSnd(windowed.snd, { nxt: tcb.iss }),
    retransmissions: NONE,
    timers: isSyn ? tcb.timers : editTimers(tcb.timers, { retransmission: undefined }),
  });
  const held = editQueued(again, { outOfOrder: queueFromSyn(again, seg) });
  const { mss } = frontOf(tcb.retransmissions)?.segment.options ?? {};
  const out = sendCrossingSynAck(held, mss, now);
  // An ACK may answer either of the two: Karn's algorithm takes no sample from them.
  // With the deviation its ACK is believed to answer it, unless the SYN was sent again before.
  const times = isSyn ? (frontOf(tcb.retransmissions)?.retransmissions ?? 0) : 1;
  const synAck = listOf(out.tcb.retransmissions).map((sent) => ({
    ...sent,
    retransmissions: times,
  }));
  const retransmissions = inPieces([...synAck, ...text]);
  const snd = text.length === 0 ? out.tcb.snd : editSnd(out.tcb.snd, { nxt: end });
  const why = () =>
    `SYN bit on: IRS=${num(seg.seq)}, RCV.NXT=${num(tcb.rcv.nxt)}; SND.UNA=${num(tcb.snd.una)} = ISS: our SYN has ` +
    `not been ACKed, so both sides opened: SYN,ACK with the same ISS${shiftWhy(tcb.options.windowScale, seg.options)}`;
  const crossed = editTcb(out.tcb, { retransmissions, snd });
  const congestion = times > 0 ? whileSynIsLost(crossed) : crossed.rto.congestion;
  const rto = editRto(crossed.rto, { congestion });
  return finish(why, editTcb(crossed, { rto }), out.effects);
}

/** Deviation `crossing-options`: our windows are scaled as we offered it, whatever the peer offers. */
function withOwnShift(tcb: Tcb): Tcb {
  if (tcb.settings.crossingOptions === 'agreed') return tcb;
  return editTcb(tcb, { rcv: editRcv(tcb.rcv, { shift: tcb.settings.windowScale ?? 0 }) });
}

function dropOther(tcb: Tcb, { seg }: Arrival, now: Instant): Verdict {
  if (has(seg, ACK) && !tcb.settings.combineSynAck && before(tcb.snd.una, seg.ack)) {
    // Deviation `combine syn-ack off`: the second of four messages is remembered (§3.4.1).
    const { tcb: acked, effects } = acknowledge(tcb, seg, now);
    const why = () =>
      `no SYN; SND.UNA <- SEG.ACK=${num(seg.ack)}, as the second of four messages (combine syn-ack off)`;
    // The OPEN still waits for the peer's SYN: its time-out goes on, or it would wait for ever.
    const timers = editTimers(acked.timers, { user: tcb.timers.user });
    return finish(why, editTcb(acked, { timers }), effects);
  }
  return finish(() => 'neither SYN nor RST: dropped', undefined, [
    { kind: 'discard', reason: 'neither SYN nor RST in SYN_SENT' },
  ]);
}
