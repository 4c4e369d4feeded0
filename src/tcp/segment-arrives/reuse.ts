/** RFC 6191 §2 Improved Processing of Incoming Connection Requests: a SYN that reopens from TIME_WAIT (MAY-2). */

import { deleteTcb } from '../delete-tcb.js';
import { timestampBefore } from '../options.js';
import type { Rule, RuleInfo, Verdict } from '../rule.js';
import { finish, goOn, rulesOf } from '../rule.js';
import type { Segment } from '../segment.js';
import { add, atOrBefore, before, num } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { TEXT } from '../user-texts.js';
import type { Arrival } from './arrival.js';
import { isReduced, reopens } from './reduced-time-wait.js';

const rule = rulesOf<Arrival>('time-wait', 'RFC 6191 §2');

/** Runs before the checks of TIME_WAIT, for a SYN that a listener waits for, with `time-wait-reuse on`. */
export const reuseRule: Rule<Arrival> = rule(
  'reuse',
  'Processing of SYN segments received for connections in the TIME-WAIT state',
  ['TIME_WAIT -> CLOSED'],
  checkReuse,
);

/** The new incarnation failed: its SYN was an old duplicate, and the TIME_WAIT goes on (MAY-2, condition 2). */
export const RETURN: RuleInfo = {
  id: 'time-wait/return',
  rfc: 'RFC 9293 §3.6.1',
  title: 'returns to TIME-WAIT state if the SYN turns out to be an old duplicate',
  moves: [],
};

function checkReuse(tcb: Tcb, arrival: Arrival): Verdict {
  if (isReduced(tcb)) return checkReduced(tcb, arrival.seg);
  const iss = arrival.isn().value;
  if (!atOrBefore(tcb.snd.nxt, iss)) {
    return goOn(
      () => `the new ISS=${num(iss)} would not lie beyond SND.NXT=${num(tcb.snd.nxt)}: no reuse`,
    );
  }
  const { honoured, why } = judge(tcb, arrival);
  if (!honoured) {
    return finish(() => `${why()}: silently dropped`, undefined, [
      { kind: 'discard', reason: 'SYN too old for reuse' },
    ]);
  }
  const closed = deleteTcb(tcb, TEXT.connectionClosing);
  return finish(() => `${why()}: honoured, TIME_WAIT ends`, closed.tcb, closed.effects);
}

/** With `time-wait answer` and `silence`: what does not reopen is left to the rule of that TIME_WAIT. */
function checkReduced(tcb: Tcb, seg: Segment): Verdict {
  const { nxt } = tcb.rcv;
  if (!reopens(tcb, seg))
    return goOn(() => `SEG.SEQ=${num(seg.seq)}, RCV.NXT=${num(nxt)}: not a newer SYN`);
  const closed = deleteTcb(tcb, TEXT.connectionClosing);
  const why = () => `SEG.SEQ=${num(seg.seq)}, RCV.NXT=${num(nxt)}: a newer SYN, TIME_WAIT ends`;
  return finish(() => `${why()} (deviation time-wait)`, closed.tcb, closed.effects);
}

/** Timestamps decide when the old incarnation and the SYN have them, else the sequence number of the old FIN. */
function judge(
  tcb: Tcb,
  { seg }: Arrival,
): { readonly honoured: boolean; readonly why: () => string } {
  const last = add(tcb.rcv.nxt, -1);
  const newer = before(last, seg.seq);
  const bySequence = {
    honoured: newer,
    why: () =>
      `SEG.SEQ=${num(seg.seq)} ${newer ? '>' : 'is not beyond'} the last sequence number ${num(last)}`,
  };
  const stamp = tcb.settings.timestamps ? seg.options.timestamps : undefined;
  if (stamp === undefined) return bySequence;
  if (!tcb.options.timestamps) {
    return { honoured: true, why: () => 'the old incarnation had no timestamps, the new one has' };
  }
  const { tsRecent } = tcb.options;
  if (stamp.val === tsRecent) return bySequence;
  const later = timestampBefore(tsRecent, stamp.val);
  const sign = later ? '>' : '<';
  return {
    honoured: later,
    why: () => `SEG.TSval=${stamp.val} ${sign} the last timestamp ${tsRecent}`,
  };
}
