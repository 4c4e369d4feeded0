/** RFC 9293 §3.10.5 ABORT Call. */

import { deleteTcb } from '../delete-tcb.js';
import { withoutUnread } from '../receiving/space.js';
import { resetOf } from '../reset.js';
import type { Instant, Verdict } from '../rule.js';
import { finish } from '../rule.js';
import { num } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { TEXT } from '../user-texts.js';
import type { CallRule } from './call-rule.js';
import { callRulesOf, completes, fails } from './call-rule.js';

export interface AbortCall {
  readonly call: number;
}

const rule = callRulesOf<AbortCall>('abort', 'RFC 9293 §3.10.5');

export const abortRules: readonly CallRule<AbortCall>[] = [
  rule('closed', ['CLOSED'], [], abortClosed),
  rule('listen', ['LISTEN'], ['LISTEN -> CLOSED'], abortSilently),
  rule('syn-sent', ['SYN_SENT'], ['SYN_SENT -> CLOSED'], abortSilently),
  rule(
    'open',
    ['SYN_RCVD', 'ESTABLISHED', 'FIN_WAIT_1', 'FIN_WAIT_2', 'CLOSE_WAIT'],
    [
      'SYN_RCVD -> CLOSED',
      'ESTABLISHED -> CLOSED',
      'FIN_WAIT_1 -> CLOSED',
      'FIN_WAIT_2 -> CLOSED',
      'CLOSE_WAIT -> CLOSED',
    ],
    abortOpen,
  ),
  rule(
    'closing',
    ['CLOSING', 'LAST_ACK', 'TIME_WAIT'],
    ['CLOSING -> CLOSED', 'LAST_ACK -> CLOSED', 'TIME_WAIT -> CLOSED'],
    abortSilently,
  ),
];

function abortClosed(_tcb: Tcb, { call }: AbortCall): Verdict {
  return finish(() => 'no connection', undefined, [fails(call, TEXT.doesNotExist)]);
}

function abortSilently(tcb: Tcb, { call }: AbortCall): Verdict {
  const closed = deleteTcb(tcb, TEXT.reset);
  const why = () => `${tcb.state}: TCB deleted, nothing is sent`;
  return finish(why, closed.tcb, [...closed.effects, completes(call)]);
}

function abortOpen(tcb: Tcb, { call }: AbortCall, now: Instant): Verdict {
  const why = () => `reset with SEQ=SND.NXT=${num(tcb.snd.nxt)}; all queues flushed, TCB deleted`;
  return abandon(why, tcb, call, now);
}

/** The peer is reset; the user has gone, and with it what it has not read. */
export function abandon(why: () => string, tcb: Tcb, call: number, now: Instant): Verdict {
  const closed = deleteTcb(tcb, TEXT.reset);
  const reset = resetOf(withoutUnread(tcb), now);
  return finish(why, closed.tcb, [reset, ...closed.effects, completes(call)]);
}
