/** RFC 9293 §3.10.4 CLOSE Call. */

import { deleteTcb } from '../delete-tcb.js';
import { isOpenEarly } from '../fast-open.js';
import { type Own, own, ownQueued } from '../own.js';
import type { Effect, Instant, Verdict } from '../rule.js';
import { finish, NO_EFFECTS } from '../rule.js';
import { isLostSynAlone, sendAfterCall } from '../sending/send-queued.js';
import { type Output, sendFin } from '../sending/transmit.js';
import { num } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editQueued } from '../tcb.js';
import { limitFinWait2 } from '../timers/fin-wait-2.js';
import { TEXT } from '../user-texts.js';
import { heldForUser } from '../window.js';
import { abandon } from './abort.js';
import type { CallRule } from './call-rule.js';
import { callRulesOf, completes, fails } from './call-rule.js';
import { withoutKeepalives } from './send.js';

export interface CloseCall {
  readonly call: number;
  /** Sending alone is given up. */
  readonly half: boolean;
}

const rule = callRulesOf<CloseCall>('close', 'RFC 9293 §3.10.4');

export const closeRules: readonly CallRule<CloseCall>[] = [
  rule('closed', ['CLOSED'], [], closeClosed),
  rule('listen', ['LISTEN'], ['LISTEN -> CLOSED'], closeListen),
  rule('syn-sent', ['SYN_SENT'], ['SYN_SENT -> CLOSED'], closeSynSent),
  rule(
    'syn-received',
    ['SYN_RCVD'],
    ['SYN_RCVD -> FIN_WAIT_1', 'SYN_RCVD -> CLOSED'],
    closeSynReceived,
  ),
  rule(
    'established',
    ['ESTABLISHED'],
    ['ESTABLISHED -> FIN_WAIT_1', 'ESTABLISHED -> CLOSED'],
    closeEstablished,
  ),
  rule(
    'fin-wait',
    ['FIN_WAIT_1', 'FIN_WAIT_2'],
    ['FIN_WAIT_1 -> CLOSED', 'FIN_WAIT_2 -> CLOSED'],
    closeAgain,
  ),
  rule(
    'close-wait',
    ['CLOSE_WAIT'],
    ['CLOSE_WAIT -> LAST_ACK', 'CLOSE_WAIT -> CLOSED'],
    closeCloseWait,
  ),
  rule(
    'closing',
    ['CLOSING', 'LAST_ACK', 'TIME_WAIT'],
    ['CLOSING -> CLOSED', 'LAST_ACK -> CLOSED'],
    closeAgain,
  ),
];

function closeClosed(_tcb: Tcb, { call }: CloseCall): Verdict {
  return finish(() => 'no connection', undefined, [fails(call, TEXT.doesNotExist)]);
}

function closeListen(tcb: Tcb, input: CloseCall): Verdict {
  return forget(() => 'TCB deleted', tcb, input);
}

/** What was queued is told; nothing is sent. */
function forget(why: () => string, tcb: Tcb, { call }: CloseCall): Verdict {
  const closed = deleteTcb(tcb, TEXT.closing);
  return finish(why, closed.tcb, [...closed.effects, completes(call)]);
}

function closeSynSent(tcb: Tcb, input: CloseCall, now: Instant): Verdict {
  const { call, half: halfClosed } = input;
  if (shutsRequest(tcb, input)) {
    if (tcb.queued.closeCall !== undefined) return closeAgain(tcb, input, now);
    return finish(shutdownWaits, editQueued(tcb, { closeCall: call, halfClosed }));
  }
  const why = () => 'TCB deleted; queued SENDs and RECEIVEs are told, the remote side is not';
  return forget(why, tcb, input);
}

function closeSynReceived(tcb: Tcb, input: CloseCall, now: Instant): Verdict {
  const { closeCall: earlier, halfClosed, openCall, sends } = tcb.queued;
  if (isForgotten(tcb, input)) return forget(untold, tcb, input);
  // Deviation half-open: it gives up sending, and only the user's going sends the FIN.
  const goes = halfClosed && !input.half && tcb.settings.halfOpen === 'request';
  if (earlier !== undefined && !goes) return closeAgain(tcb, input, now);
  // Text of a fast open is there already.
  if (losesText(tcb, input)) return resetUnread(tcb, input, now);
  if (sends.length > 0 || shutsRequest(tcb, input)) {
    const queued = () => `${sends.length} SENDs are queued: CLOSE waits for ESTABLISHED`;
    const { call: closeCall, half } = input;
    return finish(
      sends.length > 0 ? queued : shutdownWaits,
      editQueued(tcb, { closeCall, halfClosed: half }),
    );
  }
  const opened: Effect[] = openCall === undefined ? [] : [fails(openCall, TEXT.closing)];
  if (earlier !== undefined) opened.push(completes(earlier));
  const closing = closed(tcb, input);
  closing.state = 'FIN_WAIT_1';
  ownQueued(closing).openCall = undefined;
  const isShut = isOpenEarly(tcb) && tcb.snd.wnd === 0;
  const goesNow = !isLostSynAlone(closing) && !isShut;
  const out = goesNow ? sendFin(closing, now) : { tcb: closing, effects: NO_EFFECTS };
  const why = () => `nothing to send: FIN ${goesNow ? `at ${num(tcb.snd.nxt)}` : 'waits'}`;
  return finish(why, out.tcb, [...opened, ...out.effects]);
}

/** Deviation `half-open request`: a shutdown that has waited for ESTABLISHED is done before the text that comes with the ACK is looked at. */
export function closeOnceOpen(tcb: Tcb, now: Instant): Output {
  const { closeCall: call, closing: begun, halfClosed: half } = tcb.queued;
  if (tcb.settings.halfOpen !== 'request' || call === undefined || begun)
    return { tcb, effects: NO_EFFECTS };
  const closing = closed(tcb, { call, half });
  closing.state = 'FIN_WAIT_1';
  return sendAfterCall(closing, now);
}

function shutdownWaits(): string {
  return 'what gives up sending waits for ESTABLISHED (deviation half-open)';
}

function shutsRequest({ settings }: Tcb, { half }: CloseCall): boolean {
  return half && settings.halfOpen !== 'tcb';
}

/** Deviation `half-open cache`: until it is ESTABLISHED a connection is closed as SYN_SENT is. */
function isForgotten(tcb: Tcb, { half }: CloseCall): boolean {
  return !half && tcb.settings.halfOpen === 'cache' && !isOpenEarly(tcb);
}

function untold(): string {
  return 'TCB deleted; the remote side is not told (deviation half-open)';
}

function closeEstablished(tcb: Tcb, input: CloseCall, now: Instant): Verdict {
  if (losesText(tcb, input)) return resetUnread(tcb, input, now);
  const closing = closed(withoutKeepalives(tcb), input);
  closing.state = 'FIN_WAIT_1';
  const out = sendAfterCall(closing, now);
  return finish(() => finWhy(out.tcb), out.tcb, out.effects);
}

function closeCloseWait(tcb: Tcb, input: CloseCall, now: Instant): Verdict {
  if (tcb.queued.closing) return closeAgain(tcb, input, now);
  if (losesText(tcb, input)) return resetUnread(tcb, input, now);
  const out = sendAfterCall(closed(withoutKeepalives(tcb), input), now);
  return finish(() => finWhy(out.tcb), out.tcb, out.effects);
}

/** CLOSE was called: the FIN follows the text. */
function closed(tcb: Tcb, { call, half }: CloseCall): Own<Tcb> {
  const closing = own(tcb);
  const queued = ownQueued(closing);
  queued.closing = true;
  queued.halfClosed = half;
  queued.closeCall = call;
  return closing;
}

/** The user goes, and text that came for it is still there. */
function losesText(tcb: Tcb, { half }: CloseCall): boolean {
  return !half && tcb.settings.unreadOnClose === 'reset' && heldForUser(tcb) > 0;
}

/** SHLD-3: a reset instead of a FIN shows the peer that its text was lost. */
function resetUnread(tcb: Tcb, { call }: CloseCall, now: Instant): Verdict {
  const why = () =>
    `${heldForUser(tcb)} octets were not read: reset instead of FIN, TCB deleted (deviation unread-on-close)`;
  return abandon(why, tcb, call, now);
}

function finWhy({ fin, queued: { sends }, snd }: Tcb): string {
  return fin === undefined
    ? `the FIN waits: ${sends.length} SENDs before it, SND.WND=${snd.wnd}`
    : `all SENDs are segmentized: FIN at ${num(fin)}`;
}

/** "Strictly speaking, this is an error": a second FIN is not sent. After a shutdown the user is gone from now on. */
function closeAgain(tcb: Tcb, input: CloseCall, now: Instant): Verdict {
  const { call, half } = input;
  // In TIME_WAIT both sides have said all, and the peer was told.
  const lost = tcb.state !== 'TIME_WAIT' && tcb.queued.halfClosed && losesText(tcb, input);
  if (lost) return resetUnread(tcb, input, now);
  const why = () => `CLOSE was called before (${tcb.state})`;
  const error = [fails(call, TEXT.connectionClosing)];
  if (half || !tcb.queued.halfClosed) return finish(why, undefined, error);
  return finish(why, limitFinWait2(editQueued(tcb, { halfClosed: false }), now), error);
}
