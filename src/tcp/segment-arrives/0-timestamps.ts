/** RFC 7323 §5.3 Basic PAWS Algorithm: R1 before the sequence check, R3 after it. */

import { timestampBefore } from '../options.js';
import type { Instant, Verdict } from '../rule.js';
import { finish, goOn, NO_EFFECTS } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, has, RST } from '../segment.js';
import { add, atOrBefore, before } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { sendAck } from '../transmit.js';
import type { Arrival } from './arrival.js';

/** RFC 7323 §5.5: after 24 idle days the peer's clock may have wrapped its sign bit. */
const OUTDATED = 24 * 86_400 * 1_000_000;

/** R1: a segment whose timestamp is older than TS.Recent is not acceptable. */
export function checkTimestamp(tcb: Tcb, { seg }: Arrival, now: Instant): Verdict {
  if (!tcb.options.timestamps) return goOn(() => 'no timestamps were agreed');
  if (has(seg, RST)) return goOn(() => 'RST bit on: not subject to PAWS');
  const { timestamps } = seg.options;
  if (timestamps === undefined) {
    return finish(() => 'timestamps were agreed and the segment has none: dropped', undefined, [
      { kind: 'discard', reason: 'timestamps missing' },
    ]);
  }
  const { tsRecent, tsRecentAt } = tcb.options;
  const numbers = (sign: string) => `SEG.TSval=${timestamps.val} ${sign} TS.Recent=${tsRecent}`;
  if (!timestampBefore(timestamps.val, tsRecent)) return goOn(() => numbers('>='));
  if (now - tsRecentAt > OUTDATED) {
    return goOn(() => `${numbers('<')}, but TS.Recent is older than 24 days: not valid`);
  }
  const out = sendAck(tcb, now);
  return finish(() => `${numbers('<')}: an old duplicate; ACK and drop`, out.tcb, [
    ...out.effects,
    { kind: 'discard', reason: 'PAWS' },
  ]);
}

/** R3: SEG.TSval >= TS.Recent and SEG.SEQ =< Last.ACK.sent: TS.Recent <- SEG.TSval. */
export function recordTimestamp(tcb: Tcb, { seg }: Arrival, now: Instant): Verdict {
  const { timestamps } = seg.options;
  const { tsRecent, tsRecentAt, lastAckSent } = tcb.options;
  if (!tcb.options.timestamps || timestamps === undefined || has(seg, RST)) {
    return goOn(() => 'no timestamp to record');
  }
  if (!isAckBelievable(tcb, seg)) {
    return goOn(() => `SEG.ACK=${seg.ack} cannot be the peer's: TS.Recent stays`);
  }
  if (!atOrBefore(seg.seq, lastAckSent)) {
    return goOn(() => `SEG.SEQ=${seg.seq} > Last.ACK.sent=${lastAckSent}: TS.Recent stays`);
  }
  const older = timestampBefore(timestamps.val, tsRecent) && now - tsRecentAt <= OUTDATED;
  if (older) return goOn(() => `SEG.TSval=${timestamps.val} < TS.Recent=${tsRecent}`);
  const options = { ...tcb.options, tsRecent: timestamps.val, tsRecentAt: now };
  const why = () =>
    `SEG.SEQ=${seg.seq} =< Last.ACK.sent=${lastAckSent}: TS.Recent <- SEG.TSval=${timestamps.val}`;
  return goOn(why, editTcb(tcb, { options }), NO_EFFECTS);
}

/**
 * The fifth check drops a segment whose ACK is out of range; what it says of time is not the peer's either. RFC 7323 does
 * not ask: without it one forged segment makes all that follow look old.
 */
function isAckBelievable({ snd }: Tcb, seg: Segment): boolean {
  return !has(seg, ACK) || (!before(snd.nxt, seg.ack) && !before(seg.ack, add(snd.una, -snd.max)));
}
