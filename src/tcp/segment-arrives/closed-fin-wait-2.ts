/** RFC 9293 §3.6.1 Half-Closed Connections: FIN_WAIT_2 that no user has any more, as a few numbers (deviation closed-fin-wait-2). */

import { deleteTcb } from '../delete-tcb.js';
import { asRecord } from '../receiving/space.js';
import { resetFor } from '../reset.js';
import type { Instant, Rule, Verdict } from '../rule.js';
import { finish, rulesOf } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, FIN, has, RST, SYN, segEnd, segLen } from '../segment.js';
import { add, atOrBefore, before, num } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { TEXT } from '../user-texts.js';
import { isTakenUpTo, rightEdge } from '../window.js';
import { takeFin } from './8-fin.js';
import type { Arrival } from './arrival.js';
import { answerWhy, answerWithAck } from './challenge.js';
import { isStale, withTimestamp } from './reduced-time-wait.js';
import { isUnwantedSignature } from './signature.js';

const rule = rulesOf<Arrival>('time-wait', 'RFC 9293 §3.6.1');

/** In the place of the eight checks, with `closed-fin-wait-2 answer`. */
export const closedFinWait2: readonly Rule<Arrival>[] = [
  rule(
    'fin-wait-2',
    'FIN-WAIT-2 without a user, a few numbers',
    ['FIN_WAIT_2 -> CLOSED', 'FIN_WAIT_2 -> TIME_WAIT'],
    decide,
  ),
];

function decide(connection: Tcb, { seg, source }: Arrival, now: Instant): Verdict {
  const tcb = asRecord(connection);
  if (isStale(tcb, seg, now) || !isTakenUpTo(rightEdge(tcb), tcb, seg))
    return answer(tcb, seg, now);
  const { nxt } = tcb.rcv;
  if (has(seg, RST)) {
    const closed = deleteTcb(tcb, TEXT.reset);
    const why = () => `RST bit on, SEG.SEQ=${num(seg.seq)} inside the window: CLOSED, TCB deleted`;
    return finish(declared(why), closed.tcb, closed.effects);
  }
  if (has(seg, SYN) && !before(seg.seq, nxt)) {
    return reset(
      tcb,
      seg,
      source,
      () => `SYN bit on, SEG.SEQ=${num(seg.seq)} >= RCV.NXT=${num(nxt)}`,
    );
  }
  const end = segEnd(seg);
  if (!has(seg, ACK) || segLen(seg) === 0 || atOrBefore(end, nxt)) {
    const why = () => `nothing new at RCV.NXT=${num(nxt)}, or no ACK: dropped`;
    return finish(declared(why), undefined, [{ kind: 'discard', reason: 'nothing new' }]);
  }
  if (has(seg, FIN) && end === add(nxt, 1)) return takeFin(withTimestamp(tcb, seg, now), now);
  return reset(
    tcb,
    seg,
    source,
    () => `new up to ${num(end)}, and not the FIN at RCV.NXT=${num(nxt)} alone`,
  );
}

/** Even for a RST, which would be dropped with a TCB. */
function answer(tcb: Tcb, seg: Segment, now: Instant): Verdict {
  const out = answerWithAck(tcb, seg, now);
  const why = () => `SEG.SEQ=${num(seg.seq)} outside the window, or old: ${answerWhy(out)}`;
  return finish(declared(why), out.tcb, [
    ...out.effects,
    { kind: 'discard', reason: 'outside the window' },
  ]);
}

/** Nobody will read it: a reset shows the peer that it was lost (SHLD-3). */
function reset(tcb: Tcb, seg: Segment, source: string, what: () => string): Verdict {
  const closed = deleteTcb(tcb, TEXT.reset);
  const silent = isUnwantedSignature(tcb.settings, seg);
  const why = () => `${what()}: ${silent ? 'signed, so no reset' : 'reset'}, TCB deleted`;
  const answer = silent ? [] : [resetFor(seg, source, tcb.settings)];
  return finish(declared(why), closed.tcb, [...answer, ...closed.effects]);
}

function declared(why: () => string): () => string {
  return () => `${why()} (deviation closed-fin-wait-2)`;
}
