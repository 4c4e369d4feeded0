/** RFC 7323 §5.3 Basic PAWS Algorithm: R1 before the sequence check, R3 after it. */

import { frontOf } from '../../base/pieces.js';
import { isOpenEarly } from '../fast-open.js';
import { isJudgedAsRequest, isMereRequest } from '../host/requests.js';
import { withOldOctets } from '../loss-recovery/sack.js';
import { timestampBefore, timestampClock } from '../options.js';
import { repeatedBy } from '../receiving/dialogue.js';
import { isPredicted } from '../receiving/prediction.js';
import type { Instant, Verdict } from '../rule.js';
import { finish, goOn, NO_EFFECTS } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, has, RST, SYN, segLen } from '../segment.js';
import { add, atOrBefore, before, distance, num } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editOptions, editTcb } from '../tcb.js';
import { changesWindow } from '../window.js';
import type { Arrival } from './arrival.js';
import { answerWhy, answerWithAck } from './challenge.js';
import {
  dropUnflagged,
  isRepeatedSyn,
  isStrayAck,
  isUnflagged,
  refuseStrayAck,
} from './half-open.js';

/** RFC 7323 §5.5: after 24 idle days the peer's clock may have wrapped its sign bit. */
const OUTDATED = 24 * 86_400 * 1_000_000;

/** R1: a segment whose timestamp is older than TS.Recent is not acceptable. */
export function checkTimestamp(tcb: Tcb, { seg, source }: Arrival, now: Instant): Verdict {
  if (!tcb.options.timestamps) return goOn(() => 'no timestamps were agreed');
  if (has(seg, RST)) return checkReset(tcb, seg);
  const { timestamps } = seg.options;
  if (timestamps === undefined) {
    if (tcb.settings.missingTimestamps === 'accept') {
      return goOn(
        () => 'timestamps were agreed and the segment has none (missing-timestamps accept)',
      );
    }
    return finish(() => 'timestamps were agreed and the segment has none: dropped', undefined, [
      { kind: 'discard', reason: 'timestamps missing' },
    ]);
  }
  const { tsRecent, tsRecentAt } = tcb.options;
  if (isUnflagged(tcb, seg)) return dropUnflagged();
  if (isStrayAck(tcb, seg)) return refuseStrayAck(tcb, seg, source);
  const numbers = (sign: string) => `SEG.TSval=${timestamps.val} ${sign} TS.Recent=${tsRecent}`;
  if (!isEchoBelievable(tcb, seg) && !isRepeatedSyn(tcb, seg)) {
    const out = answerWithAck(tcb, seg, now);
    const why = () => `SEG.TSecr=${timestamps.ecr} was never sent: ${answerWhy(out)}`;
    return finish(() => `${why()} (deviation handshake-echo)`, out.tcb, [
      ...out.effects,
      { kind: 'discard', reason: 'TSecr was never sent' },
    ]);
  }
  if (!timestampBefore(timestamps.val, tsRecent)) return goOn(() => numbers('>='));
  // Deviation `paws-tolerance`, and `half-open request`.
  const tolerance = isJudgedAsRequest(tcb) ? 0 : tcb.settings.pawsTolerance;
  if (!timestampBefore(timestamps.val + tolerance, tsRecent)) {
    return goOn(() => `${numbers('<')} by no more than paws-tolerance`);
  }
  if (isNoMeasure(tcb)) return goOn(() => `${numbers('<')}, but 0 is no time (paws-zero)`);
  if (now - tsRecentAt > OUTDATED) {
    return goOn(() => `${numbers('<')}, but TS.Recent is older than 24 days: not valid`);
  }
  if (isReplayed(tcb, seg, tsRecent - timestamps.val)) {
    return goOn(() => `${numbers('<')}, but it repeats the last ACK (paws-answer)`);
  }
  if (!isJudgedAsRequest(tcb) && isUnanswered(tcb, seg)) {
    return finish(() => `${numbers('<')}: dropped, for it has no text (paws-answer)`, undefined, [
      { kind: 'discard', reason: 'PAWS' },
    ]);
  }
  const told = has(seg, SYN) || tcb.settings.dsack === 'text' ? tcb : withOldOctets(tcb, seg);
  const out = answerWithAck(has(seg, SYN) ? told : repeatedBy(told, seg), seg, now);
  return finish(() => `${numbers('<')}: an old duplicate; ${answerWhy(out)}`, out.tcb, [
    ...out.effects,
    { kind: 'discard', reason: 'PAWS' },
  ]);
}

/** Deviation `paws-answer`. */
function isUnanswered({ settings: { pawsAnswer }, rcv }: Tcb, seg: Segment): boolean {
  if (pawsAnswer === 'text') return seg.data.length === 0;
  return pawsAnswer === 'late' && isBareAck(seg) && !atOrBefore(rcv.nxt, seg.seq);
}

function isBareAck(seg: Segment): boolean {
  return has(seg, ACK) && segLen(seg) === 0;
}

/** Deviation `paws-answer late`: an ACK that tells nothing new was overtaken, if it is little more than an RTO old. */
function isReplayed(tcb: Tcb, seg: Segment, age: number): boolean {
  const { settings, rcv, snd, rto } = tcb;
  if (settings.pawsAnswer !== 'late' || !isBareAck(seg)) return false;
  if (seg.seq !== rcv.nxt || seg.ack !== snd.una) return false;
  const updates = before(snd.wl1, seg.seq) || changesWindow(snd, seg);
  return !updates && (age | 0) * TICK <= rto.value * MORE;
}

/** Microseconds of a timestamp, and how much more than the RTO. */
const TICK = 1_000;
const MORE = 1.2;

/** Deviation `paws-zero`. */
function isNoMeasure({ settings, options }: Tcb): boolean {
  return settings.pawsZero === 'ignore' && options.tsRecent === 0;
}

/** RFC 7323 §5.2: a RST is not subject to PAWS; with the deviation `half-open request` a request makes no difference. */
function checkReset(tcb: Tcb, seg: Segment): Verdict {
  const { timestamps } = seg.options;
  if (timestamps === undefined || !isJudgedAsRequest(tcb) || isStrayAck(tcb, seg)) {
    return goOn(() => 'RST bit on: not subject to PAWS');
  }
  const { tsRecent } = tcb.options;
  const numbers = `SEG.TSval=${timestamps.val}, TS.Recent=${tsRecent}, SEG.TSecr=${timestamps.ecr}`;
  if (isEchoBelievable(tcb, seg) && !timestampBefore(timestamps.val, tsRecent)) {
    return goOn(() => `RST bit on, ${numbers}: neither old nor guessed`);
  }
  const why = () => `RST bit on, ${numbers}: old or guessed, dropped (deviation half-open)`;
  return finish(why, undefined, [{ kind: 'discard', reason: 'PAWS' }]);
}

/** Whether the timestamp of an ACK that completes a handshake is neither older than that of the SYN nor a guess. */
export function isTimely(tcb: Tcb, seg: Segment): boolean {
  const { options } = tcb;
  const { timestamps } = seg.options;
  if (!options.timestamps || timestamps === undefined) return true;
  return !timestampBefore(timestamps.val, options.tsRecent) && isEchoBelievable(tcb, seg);
}

/**
 * Deviation `handshake-echo`: the ACK that completes a passive handshake echoes our SYN,ACK: exactly, or after
 * retransmissions one of them. No TSecr is no guess.
 */
function isEchoBelievable(tcb: Tcb, seg: Segment): boolean {
  if (tcb.settings.handshakeEcho === 'trust' || tcb.state !== 'SYN_RCVD') return true;
  // What was opened fast has proven itself by its cookie.
  if (isOpenEarly(tcb)) return true;
  const sent = frontOf(tcb.retransmissions);
  const last = sent?.segment.options.timestamps?.val;
  const echo = seg.options.timestamps?.ecr ?? 0;
  if (sent === undefined || last === undefined || tcb.open === 'active' || echo === 0) return true;
  if (sent.retransmissions === 0 || timestampBefore(last, echo)) return echo === last;
  // When the SYN,ACK of a cookie left first nobody knows.
  return sent.firstAt === undefined || !timestampBefore(echo, timestampClock(sent.firstAt));
}

/** R3: SEG.TSval >= TS.Recent and SEG.SEQ =< Last.ACK.sent: TS.Recent <- SEG.TSval. */
export function recordTimestamp(tcb: Tcb, { seg }: Arrival, now: Instant): Verdict {
  const { timestamps } = seg.options;
  const { tsRecent, tsRecentAt, lastAckSent } = tcb.options;
  if (!tcb.options.timestamps || timestamps === undefined || has(seg, RST)) {
    return goOn(() => 'no timestamp to record');
  }
  if (isMereRequest(tcb)) {
    return goOn(() => 'TS.Recent stays until the request is completed (deviation half-open)');
  }
  const known = tcb.state !== 'SYN_RCVD' || (tcb.open === 'active' && !has(seg, ACK));
  if (has(seg, SYN) && known) {
    return goOn(() => 'SYN bit on: the fourth check refuses it, and TS.Recent stays');
  }
  if (!isAckBelievable(tcb, seg) && !isBelieved(tcb, seg)) {
    return goOn(() => `SEG.ACK=${num(seg.ack)} cannot be the peer's: TS.Recent stays`);
  }
  if (!atOrBefore(seg.seq, lastAckSent)) {
    return goOn(
      () => `SEG.SEQ=${num(seg.seq)} > Last.ACK.sent=${num(lastAckSent)}: TS.Recent stays`,
    );
  }
  const older = timestampBefore(timestamps.val, tsRecent) && now - tsRecentAt <= OUTDATED;
  if (older && !isNoMeasure(tcb))
    return goOn(() => `SEG.TSval=${timestamps.val} < TS.Recent=${tsRecent}`);
  const options = editOptions(tcb.options, { tsRecent: timestamps.val, tsRecentAt: now });
  const why = () =>
    `SEG.SEQ=${num(seg.seq)} =< Last.ACK.sent=${num(lastAckSent)}: TS.Recent <- SEG.TSval=${timestamps.val}`;
  return goOn(why, editTcb(tcb, { options }), NO_EFFECTS);
}

/** Deviation `ack-range`: what is expected next is not looked at closely. */
function isBelieved(tcb: Tcb, seg: Segment): boolean {
  return tcb.settings.ackRange === 'acknowledged' && isPredicted(tcb, seg);
}

/**
 * The fifth check drops a segment whose ACK is out of range; what it says of time is not the peer's either. RFC 7323 does
 * not ask: without it one forged segment makes all that follow look old.
 */
function isAckBelievable({ state, open, snd, settings }: Tcb, seg: Segment): boolean {
  // Deviation `ack-range`.
  const reach = settings.ackRange === 'window' ? snd.max : 0;
  // One that does not acknowledge the SYN,ACK is reset.
  const oldest = add(snd.una, state === 'SYN_RCVD' && open === 'passive' ? 1 : -reach);
  return !has(seg, ACK) || distance(oldest, seg.ack) <= distance(oldest, snd.nxt);
}
