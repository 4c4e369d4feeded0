/** RFC 9293 §3.10.7.2 LISTEN STATE. */

import { acceptSynText } from '../fast-open/syn.js';
import { boundBySyn } from '../loss-recovery/path-search.js';
import { agreeOptions, effectiveMss, shiftOffered, shiftWhy } from '../options.js';
import { own, ownQueued } from '../own.js';
import { heldSegment } from '../receiving/memory.js';
import { resetFor } from '../reset.js';
import type { Instant, Rule, Verdict } from '../rule.js';
import { finish, goOn, rulesOf } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, FIN, has, NO_DATA, RST, SYN } from '../segment.js';
import type { HeldText } from '../sending/queued.js';
import { sendSplitSynAck, sendSynAck } from '../sending/send-syn.js';
import { add, num } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { firstWindow, withinField } from '../window.js';
import type { Arrival } from './arrival.js';
import { newParts } from './arrival.js';

const check = rulesOf<Arrival>('listen', 'RFC 9293 §3.10.7.2');

export const listenRules: readonly Rule<Arrival>[] = [
  check('1-rst', 'First, check for a RST', [], checkRst),
  check('2-ack', 'Second, check for an ACK', [], checkAck),
  check('3-syn', 'Third, check for a SYN', ['LISTEN -> SYN_RCVD'], checkSyn),
  check('4-other', 'Fourth, other data or control', [], dropOther),
];

const RST_OFF = goOn(() => 'RST bit off');
const ACK_OFF = goOn(() => 'ACK bit off');

function checkRst(_tcb: Tcb, { seg }: Arrival): Verdict {
  if (!has(seg, RST)) return RST_OFF;
  const why = () => 'RST bit on: nothing was sent that a reset could answer; ignored';
  return finish(why, undefined, [{ kind: 'discard', reason: 'RST in LISTEN' }]);
}

function checkAck(tcb: Tcb, { seg, source }: Arrival): Verdict {
  if (!has(seg, ACK)) return ACK_OFF;
  if (has(seg, SYN) && tcb.settings.listenSynAck === 'drop') {
    const why = () => 'SYN and ACK bits on: dropped (deviation listen-syn-ack)';
    return finish(why, undefined, [{ kind: 'discard', reason: 'SYN,ACK in LISTEN' }]);
  }
  if (tcb.settings.closedPort === 'drop-all') {
    const why = () => 'ACK bit on: dropped (closed-port drop-all)';
    return finish(why, undefined, [{ kind: 'discard', reason: 'ACK in LISTEN' }]);
  }
  const why = () =>
    `ACK bit on: nothing was sent that SEG.ACK=${num(seg.ack)} could acknowledge; reset with SEQ=SEG.ACK`;
  return finish(why, undefined, [resetFor(seg, source, tcb.settings)]);
}

/** The connection that a SYN makes of a listener. The host runs this on a copy: the listener stays. */
function checkSyn(tcb: Tcb, { seg, source, isn, fastOpen }: Arrival, now: Instant): Verdict {
  if (!has(seg, SYN)) return goOn(() => 'SYN bit off');
  if (refusesSynFin(tcb, seg)) {
    return finish(() => 'SYN and FIN bits on: dropped (deviation syn-fin)', undefined, [
      { kind: 'discard', reason: 'SYN,FIN' },
    ]);
  }
  const remote = { address: source, port: seg.sourcePort };
  const chosen = isn();
  const agreed = agreeOptions(tcb, seg.options, now);
  const shift = agreed.windowScale ? (tcb.settings.windowScale ?? 0) : 0;
  const iss = chosen.value;
  const opened = own(tcb);
  opened.state = 'SYN_RCVD';
  opened.open = 'passive';
  opened.remote = remote;
  opened.isn = chosen;
  opened.iss = iss;
  opened.irs = seg.seq;
  opened.snd = {
    una: iss,
    nxt: iss,
    wnd: tcb.snd.wnd,
    up: iss,
    wl1: seg.seq,
    wl2: iss,
    max: seg.wnd,
    mss: effectiveMss(tcb.settings, seg.options, source, agreed.timestamps),
    shift: agreed.windowScale ? shiftOffered(seg.options) : 0,
  };
  opened.options = agreed;
  opened.rto = boundBySyn(tcb, seg.options.mss);
  const rcv = firstWindow(opened, add(seg.seq, 1), shift, agreed.timestamps);
  opened.rcv = fastOpen?.accept === true ? rcv : withinField(tcb.settings, rcv);
  const early = fastOpen?.accept === true ? own(acceptSynText(opened, seg, now)) : opened;
  // Deviation `syn-text`: else it must be sent again.
  if (tcb.settings.synText === 'keep') {
    const outOfOrder = queueFromSyn(early, seg);
    if (outOfOrder !== early.queued.outOfOrder) ownQueued(early).outOfOrder = outOfOrder;
  }
  const out = tcb.settings.combineSynAck
    ? sendSynAck(early, now, fastOpen?.cookie)
    : sendSplitSynAck(early, now);
  return finish(() => synWhy(out.tcb, seg), out.tcb, out.effects);
}

/** Deviation `syn-fin`: whether a listener wants nothing of this SYN because it has a FIN, too. */
export function refusesSynFin(tcb: Tcb, seg: Segment): boolean {
  return tcb.settings.synFin !== 'take' && (seg.ctl & (SYN | FIN)) === (SYN | FIN);
}

function synWhy(tcb: Tcb, seg: Segment): string {
  const more = tcb.queued.outOfOrder.length > 0 ? '; its text and FIN wait for ESTABLISHED' : '';
  const early = tcb.fastOpen === undefined ? '' : '; its text is given to the user now';
  const split = tcb.settings.combineSynAck ? '' : '; ACK and SYN leave apart (combine syn-ack off)';
  return (
    `SYN bit on: IRS=${num(tcb.irs)}, RCV.NXT=${num(tcb.rcv.nxt)}, ISS=${num(tcb.iss)}, ` +
    `SND.UNA=ISS, SND.NXT=${num(tcb.snd.nxt)}${early}${more}${split}${shiftWhy(tcb.options.windowScale, seg.options)}`
  );
}

/** "Any other control or text should be queued for processing later": as a segment at RCV.NXT. */
export function queueFromSyn(tcb: Tcb, seg: Segment): HeldText {
  // Deviation `syn-text`: it must be sent again.
  if (tcb.settings.synText === 'ignore') return tcb.queued.outOfOrder;
  const { at, data, fin: last } = newParts(tcb, seg);
  const fin = last && tcb.settings.synText === 'keep';
  if (data.length === 0 && !fin) return tcb.queued.outOfOrder;
  const part = { seq: at, ctl: fin ? FIN : 0, data: data.length === 0 ? NO_DATA : data };
  return [[heldSegment(tcb, seg, part)]];
}

function dropOther(_tcb: Tcb, _arrival: Arrival): Verdict {
  const why = () => 'neither RST, ACK nor SYN: dropped';
  return finish(why, undefined, [{ kind: 'discard', reason: 'no RST, ACK or SYN in LISTEN' }]);
}
