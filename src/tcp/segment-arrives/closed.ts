/** RFC 9293 §3.10.7.1 CLOSED STATE. */

import { resetFor } from '../reset.js';
import type { Rule, Verdict } from '../rule.js';
import { finish, rulesOf } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, has, RST, SYN, segLen } from '../segment.js';
import { num } from '../seq.js';
import type { Tcb } from '../tcb.js';
import type { Arrival } from './arrival.js';

const rule = rulesOf<Arrival>('closed', 'RFC 9293 §3.10.7.1');

export const closedRules: readonly Rule<Arrival>[] = [
  rule('reset', 'If the state is CLOSED (i.e., TCB does not exist)', [], answer),
];

function answer(tcb: Tcb, { seg, source }: Arrival): Verdict {
  if (has(seg, RST)) {
    return finish(
      () => 'no connection, and the RST bit is on: discarded, never answered',
      undefined,
      [{ kind: 'discard', reason: 'RST without a connection' }],
    );
  }
  if (isIgnored(tcb, seg)) {
    const why = () => `no connection: dropped (closed-port ${tcb.settings.closedPort})`;
    return finish(why, undefined, [{ kind: 'discard', reason: 'nobody listens' }]);
  }
  const why = () =>
    has(seg, ACK)
      ? `no connection, ACK bit on: a reset believable to its sender has SEQ=SEG.ACK=${num(seg.ack)}`
      : `no connection, ACK bit off: SEQ=0 and ACK=SEG.SEQ+SEG.LEN=${num(seg.seq)}+${segLen(seg)}`;
  return finish(why, undefined, [resetFor(seg, source, tcb.settings)]);
}

/** `closed-port`: silence tells less than a reset. */
function isIgnored({ settings: { closedPort } }: Tcb, seg: Segment): boolean {
  return closedPort === 'drop-syn' ? has(seg, SYN) : closedPort !== 'reset';
}
