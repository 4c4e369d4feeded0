/** RFC 9293 §3.10.4 CLOSE Call. */

import { deleteTcb } from '../delete-tcb.js';
import type { Effect, Instant, Verdict } from '../rule.js';
import { finish } from '../rule.js';
import type { Tcb } from '../tcb.js';
import { sendFin, sendQueued } from '../transmit.js';
import { TEXT } from '../user-texts.js';
import type { CallRule } from './call-rule.js';
import { callRulesOf, completes, fails } from './call-rule.js';

export interface CloseCall {
  readonly call: number;
}

const rule = callRulesOf<CloseCall>('close', 'RFC 9293 §3.10.4');

export const closeRules: readonly CallRule<CloseCall>[] = [
  rule('closed', ['CLOSED'], [], closeClosed),
  rule('listen', ['LISTEN'], ['LISTEN -> CLOSED'], closeListen),
  rule('syn-sent', ['SYN_SENT'], ['SYN_SENT -> CLOSED'], closeSynSent),
  rule('syn-received', ['SYN_RCVD'], ['SYN_RCVD -> FIN_WAIT_1'], closeSynReceived),
  rule('established', ['ESTABLISHED'], ['ESTABLISHED -> FIN_WAIT_1'], closeEstablished),
  rule('fin-wait', ['FIN_WAIT_1', 'FIN_WAIT_2'], [], closeAgain),
  rule('close-wait', ['CLOSE_WAIT'], ['CLOSE_WAIT -> LAST_ACK'], closeCloseWait),
  rule('closing', ['CLOSING', 'LAST_ACK', 'TIME_WAIT'], [], closeAgain),
];

function closeClosed(_tcb: Tcb, { call }: CloseCall): Verdict {
  return finish(() => 'no connection', undefined, [fails(call, TEXT.doesNotExist)]);
}

function closeListen(tcb: Tcb, { call }: CloseCall): Verdict {
  const closed = deleteTcb(tcb, TEXT.closing);
  return finish(() => 'TCB deleted', closed.tcb, [...closed.effects, completes(call)]);
}

function closeSynSent(tcb: Tcb, { call }: CloseCall): Verdict {
  const closed = deleteTcb(tcb, TEXT.closing);
  const why = () => 'TCB deleted; queued SENDs and RECEIVEs are told, the remote side is not';
  return finish(why, closed.tcb, [...closed.effects, completes(call)]);
}

function closeSynReceived(tcb: Tcb, input: CloseCall, now: Instant): Verdict {
  if (tcb.closeCall !== undefined) return closeAgain(tcb, input);
  const { call } = input;
  if (tcb.sends.length > 0) {
    const why = () => `${tcb.sends.length} SENDs are queued: CLOSE waits for ESTABLISHED`;
    return finish(why, { ...tcb, closeCall: call });
  }
  const opened: Effect[] = tcb.openCall === undefined ? [] : [fails(tcb.openCall, TEXT.closing)];
  const closing: Tcb = {
    ...tcb,
    state: 'FIN_WAIT_1',
    closing: true,
    closeCall: call,
    openCall: undefined,
  };
  const out = sendFin(closing, now);
  return finish(() => `nothing to send: FIN at ${out.tcb.fin}`, out.tcb, [
    ...opened,
    ...out.effects,
  ]);
}

function closeEstablished(tcb: Tcb, { call }: CloseCall, now: Instant): Verdict {
  const closing: Tcb = { ...tcb, state: 'FIN_WAIT_1', closing: true, closeCall: call };
  const out = sendQueued(closing, now);
  return finish(() => finWhy(out.tcb), out.tcb, out.effects);
}

function closeCloseWait(tcb: Tcb, input: CloseCall, now: Instant): Verdict {
  if (tcb.closing) return closeAgain(tcb, input);
  const out = sendQueued({ ...tcb, closing: true, closeCall: input.call }, now);
  return finish(() => finWhy(out.tcb), out.tcb, out.effects);
}

function finWhy({ fin, sends, snd }: Tcb): string {
  return fin === undefined
    ? `the FIN waits: ${sends.length} SENDs before it, SND.WND=${snd.wnd}`
    : `all SENDs are segmentized: FIN at ${fin}`;
}

/** "Strictly speaking, this is an error": a second FIN is not sent. */
function closeAgain(tcb: Tcb, { call }: CloseCall): Verdict {
  const why = () => `CLOSE was called before (${tcb.state})`;
  return finish(why, undefined, [fails(call, TEXT.connectionClosing)]);
}
