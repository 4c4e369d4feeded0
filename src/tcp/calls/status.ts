/** RFC 9293 §3.10.6 STATUS Call, with the data of §3.9.1.5. */

import { countOf } from '../../base/pieces.js';
import type { Verdict } from '../rule.js';
import { finish } from '../rule.js';
import type { State } from '../states.js';
import { rfcName, STATES } from '../states.js';
import { printSocket, type Tcb } from '../tcb.js';
import { userLimit } from '../timers/user-timeout.js';
import { TEXT } from '../user-texts.js';
import type { CallRule } from './call-rule.js';
import { callRulesOf, completes, fails } from './call-rule.js';

export interface StatusCall {
  readonly call: number;
}

const rule = callRulesOf<StatusCall>('status', 'RFC 9293 §3.10.6');

/** One rule for each state, in the RFC's order: CLOSED first. */
export const statusRules: readonly CallRule<StatusCall>[] = [
  rule('closed', ['CLOSED'], [], statusClosed),
  ...STATES.filter((state) => state !== 'CLOSED').map((state: State) =>
    rule(rfcName(state).toLowerCase(), [state], [], status),
  ),
];

function statusClosed(_tcb: Tcb, { call }: StatusCall): Verdict {
  return finish(() => 'no connection', undefined, [fails(call, TEXT.doesNotExist)]);
}

function status(tcb: Tcb, { call }: StatusCall): Verdict {
  const text = [
    `state = ${rfcName(tcb.state)}`,
    `local socket ${printSocket(tcb.local)}`,
    `remote socket ${tcb.remote === undefined ? 'unspecified' : printSocket(tcb.remote)}`,
    `receive window ${tcb.rcv.wnd}`,
    `send window ${tcb.snd.wnd}`,
    `${countOf(tcb.queued.unacknowledged) + countOf(tcb.queued.sends)} buffers awaiting acknowledgment`,
    `${tcb.queued.receives.length} buffers pending receipt`,
    `urgent ${tcb.queued.urgent ? 'yes' : 'no'}`,
    `timeout ${userLimit(tcb) / 1_000_000} s`,
  ].join(', ');
  return finish(() => text, undefined, [completes(call, { text })]);
}
