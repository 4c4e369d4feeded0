/** RFC 9293 §3.10.3 RECEIVE Call. */

import { isOpenEarly } from '../fast-open.js';
import { isDueOnRead } from '../receiving/dialogue.js';
import { deliver } from '../receiving/queue.js';
import { afterReading } from '../receiving/right-sizing.js';
import type { ReceiveSpace } from '../receiving/space.js';
import { freeSpace } from '../receiving/space.js';
import type { Effect, Instant, Verdict } from '../rule.js';
import { finish } from '../rule.js';
import type { PendingReceive } from '../sending/queued.js';
import { sendAck } from '../sending/transmit.js';
import type { Tcb } from '../tcb.js';
import { editQueued } from '../tcb.js';
import { TEXT } from '../user-texts.js';
import { heldForUser } from '../window.js';
import type { CallRule } from './call-rule.js';
import { callRulesOf, fails } from './call-rule.js';

export type ReceiveCall = PendingReceive;

/** How many RECEIVEs a connection queues. */
export const RECEIVE_LIMIT = 1_024;

const rule = callRulesOf<ReceiveCall>('receive', 'RFC 9293 §3.10.3');

export const receiveRules: readonly CallRule<ReceiveCall>[] = [
  rule('closed', ['CLOSED'], [], receiveClosed),
  rule('opening', ['LISTEN', 'SYN_SENT', 'SYN_RCVD'], [], receiveOpening),
  rule('open', ['ESTABLISHED', 'FIN_WAIT_1', 'FIN_WAIT_2'], [], receiveOpen),
  rule('close-wait', ['CLOSE_WAIT'], [], receiveCloseWait),
  rule('closing', ['CLOSING', 'LAST_ACK', 'TIME_WAIT'], [], receiveClosing),
];

function receiveClosed(_tcb: Tcb, { call }: ReceiveCall): Verdict {
  return finish(() => 'no connection', undefined, [fails(call, TEXT.doesNotExist)]);
}

function receiveOpening(tcb: Tcb, input: ReceiveCall, now: Instant): Verdict {
  if (isOpenEarly(tcb)) return receiveOpen(tcb, input, now);
  if (tcb.queued.receives.length >= RECEIVE_LIMIT) return noRoom(input);
  return finish(() => 'queued until ESTABLISHED', queued(tcb, input));
}

function receiveOpen(tcb: Tcb, input: ReceiveCall, now: Instant): Verdict {
  if (tcb.queued.receives.length >= RECEIVE_LIMIT) return noRoom(input);
  const given = deliver(queued(tcb, input));
  if (given.effects.length === 0) {
    const why = () => `${heldForUser(tcb)} octets on hand do not satisfy it: queued`;
    return finish(why, given.tcb);
  }
  const opened = afterReading(tcb, given.tcb, now);
  const why = () => receiveWhy(tcb, opened);
  if (opened.space !== undefined)
    return receiveOfSpace(opened, opened.space, why, given.effects, now);
  if (opened.rcv.wnd === tcb.rcv.wnd) return finish(why, opened, given.effects);
  // Deviation `window-update`.
  const { windowUpdate } = tcb.settings;
  const doubles = opened.rcv.wnd >= 2 * tcb.rcv.wnd;
  const silent = windowUpdate === 'never' || (windowUpdate === 'doubled' && !doubles);
  if (silent) return finish(why, opened, given.effects);
  // The window could move by a full segment: the sender is told (§3.8.6.2.2).
  const out = sendAck(opened, now);
  return finish(why, out.tcb, [...given.effects, ...out.effects]);
}

/** Deviation `receive-space`, with `window-update doubled`: the window moves when a segment says so. */
function receiveOfSpace(
  tcb: Tcb,
  space: ReceiveSpace,
  why: () => string,
  effects: readonly Effect[],
  now: Instant,
): Verdict {
  if (isDueOnRead(tcb)) {
    const acked = sendAck(tcb, now);
    const all = () => `${why()}; the acknowledgment need not wait any more (interactive-ack)`;
    return finish(all, acked.tcb, [...effects, ...acked.effects]);
  }
  const { wnd } = tcb.rcv;
  const may = tcb.settings.windowUpdate !== 'never' && 2 * wnd <= space.clamp;
  const free = may ? freeSpace(tcb, space) : 0;
  if (free === 0 || free < 2 * wnd) return finish(why, tcb, effects);
  const out = sendAck(tcb, now);
  const told = () => `${why()}; ${free} octets are free: the sender is told (window-update)`;
  return finish(told, out.tcb, [...effects, ...out.effects]);
}

function receiveCloseWait(tcb: Tcb, input: ReceiveCall, now: Instant): Verdict {
  const given = deliver(queued(tcb, input));
  if (given.effects.length > 0) {
    const after = given.tcb.space ? afterReading(tcb, given.tcb, now) : given.tcb;
    const why = () => receiveWhy(tcb, after);
    if (!after.space || !isDueOnRead(after)) return finish(why, after, given.effects);
    const acked = sendAck(after, now);
    const all = () => `${why()}; the acknowledgment need not wait any more (interactive-ack)`;
    return finish(all, acked.tcb, [...given.effects, ...acked.effects]);
  }
  const why = () => 'no text awaits delivery and the FIN was received';
  return finish(why, undefined, [fails(input.call, TEXT.connectionClosing)]);
}

function receiveClosing(tcb: Tcb, { call }: ReceiveCall): Verdict {
  const why = () => `both sides have closed (${tcb.state})`;
  return finish(why, undefined, [fails(call, TEXT.connectionClosing)]);
}

function noRoom({ call }: ReceiveCall): Verdict {
  const why = () => `${RECEIVE_LIMIT} RECEIVEs are queued already`;
  return finish(why, undefined, [fails(call, TEXT.insufficient)]);
}

function queued(tcb: Tcb, input: ReceiveCall): Tcb {
  return editQueued(tcb, { receives: [...tcb.queued.receives, input] });
}

function receiveWhy(before_: Tcb, after: Tcb): string {
  const given = heldForUser(before_) - heldForUser(after);
  const window = after.rcv.wnd === before_.rcv.wnd ? '' : `, RCV.WND <- ${after.rcv.wnd}`;
  return `${given} octets given to the user${window}`;
}
