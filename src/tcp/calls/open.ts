/** RFC 9293 §3.10.1 OPEN Call. */

import type { FastOpenOffer } from '../fast-open/syn.js';
import { fastOpenWhy, sendFastSyn } from '../fast-open/syn.js';
import type { Isn } from '../isn.js';
import { own, ownQueued, ownRcv, ownSnd } from '../own.js';
import { editRto } from '../retransmission/variables.js';
import type { Instant, Verdict } from '../rule.js';
import { finish } from '../rule.js';
import { NO_CALL } from '../sending/queued.js';
import { sendSyn } from '../sending/send-syn.js';
import type { Output } from '../sending/transmit.js';
import { num } from '../seq.js';
import type { Socket, Tcb } from '../tcb.js';
import { editRcv, editTcb, printSocket } from '../tcb.js';
import { TEXT } from '../user-texts.js';
import { initialWindow } from '../window.js';
import type { CallRule } from './call-rule.js';
import { callRulesOf, completes, fails } from './call-rule.js';

export interface OpenCall {
  readonly call: number;
  readonly open: 'active' | 'passive';
  readonly remote: Socket | undefined;
  /** Why the host refuses, whatever the state: a local socket that is not ours, no room, no unicast address. */
  readonly refusal: string | undefined;
  readonly isn: () => Isn;
  /** RFC 7413 §4.2.1: what the SYN may have besides; undefined: it is a plain one. */
  readonly fastOpen?: FastOpenOffer | undefined;
  /** Text that goes with the SYN as far as it may, and else once the connection is open. */
  readonly text?: Uint8Array | undefined;
}

const rule = callRulesOf<OpenCall>('open', 'RFC 9293 §3.10.1');

export const openRules: readonly CallRule<OpenCall>[] = [
  rule('closed', ['CLOSED'], ['CLOSED -> LISTEN', 'CLOSED -> SYN_SENT'], openClosed),
  rule('listen', ['LISTEN'], ['LISTEN -> SYN_SENT'], openListen),
  rule(
    'exists',
    [
      'SYN_SENT',
      'SYN_RCVD',
      'ESTABLISHED',
      'FIN_WAIT_1',
      'FIN_WAIT_2',
      'CLOSE_WAIT',
      'CLOSING',
      'LAST_ACK',
      'TIME_WAIT',
    ],
    [],
    openExisting,
  ),
];

function openClosed(tcb: Tcb, input: OpenCall, now: Instant): Verdict {
  const { call, open, remote, refusal } = input;
  if (refusal !== undefined) return finish(() => refusal, undefined, [fails(call, refusal)]);
  if (open === 'passive') {
    const wnd = initialWindow(tcb.settings, tcb.settings.windowScale ?? 0);
    const listening: Tcb = editTcb(tcb, {
      state: 'LISTEN',
      remote,
      rcv: editRcv(tcb.rcv, { wnd }),
    });
    const from = () => (remote === undefined ? 'any remote socket' : printSocket(remote));
    const why = () => `passive OPEN of port ${tcb.local.port} for ${from()}`;
    return finish(why, listening, [completes(call)]);
  }
  return active(tcb, input, now);
}

function openListen(tcb: Tcb, input: OpenCall, now: Instant): Verdict {
  const { call, open, refusal } = input;
  if (open === 'passive') {
    const why = () => `port ${tcb.local.port} is in LISTEN already, and MUST-41 keeps it as it is`;
    return finish(why, undefined, [fails(call, TEXT.alreadyExists)]);
  }
  if (refusal !== undefined) return finish(() => refusal, undefined, [fails(call, refusal)]);
  if (tcb.settings.listenCalls === 'refuse') {
    const why = () => 'a listener stays one (deviation listen-calls)';
    return finish(why, undefined, [fails(call, TEXT.alreadyExists)]);
  }
  return active(tcb, input, now);
}

function active(tcb: Tcb, input: OpenCall, now: Instant): Verdict {
  const { call, remote, isn, fastOpen, text } = input;
  if (remote === undefined) {
    const why = () => 'active OPEN without a remote socket';
    return finish(why, undefined, [fails(call, TEXT.remoteUnspecified)]);
  }
  const opening = own(tcb);
  const queued = ownQueued(opening);
  queued.openCall = call;
  if (text !== undefined && text.length > 0) queued.sends = [[{ call: NO_CALL, data: text }]];
  const out = openActively(opening, remote, isn(), now, fastOpen);
  const { iss, snd } = out.tcb;
  const why = () =>
    `active OPEN to ${printSocket(remote)}: ISS=${num(iss)}, SND.UNA=ISS, SND.NXT=${num(snd.nxt)}${fastOpenWhy(out.tcb)}`;
  return finish(why, out.tcb, out.effects);
}

/** Selects an ISS, sends `<SEQ=ISS><CTL=SYN>`, enters SYN_SENT. */
export function openActively(
  tcb: Tcb,
  remote: Socket,
  isn: Isn,
  now: Instant,
  fastOpen?: FastOpenOffer,
): Output {
  const { settings } = tcb;
  const iss = isn.value;
  const opening = own(tcb);
  opening.state = 'SYN_SENT';
  opening.open = 'active';
  opening.remote = remote;
  opening.isn = isn;
  opening.iss = iss;
  const snd = ownSnd(opening);
  snd.una = iss;
  snd.nxt = iss;
  snd.up = iss;
  snd.mss = settings.mss;
  if (settings.giveUp === 'time') opening.rto = editRto(opening.rto, { since: now });
  // Who echoes a timestamp in its SYN counts on the option.
  const stamped = tcb.options.tsRecent !== 0;
  ownRcv(opening).wnd = initialWindow(settings, settings.windowScale ?? 0, stamped);
  return fastOpen === undefined ? sendSyn(opening, now) : sendFastSyn(opening, fastOpen, now);
}

function openExisting(tcb: Tcb, { call }: OpenCall): Verdict {
  const why = () => `a connection of these sockets is in ${tcb.state}`;
  return finish(why, undefined, [fails(call, TEXT.alreadyExists)]);
}
