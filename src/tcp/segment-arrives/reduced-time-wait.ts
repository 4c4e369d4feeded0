/** RFC 9293 §3.6.1 Half-Closed Connections: TIME_WAIT as a few numbers instead of a TCB (deviation time-wait). */

import { deleteTcb } from '../delete-tcb.js';
import type { Isn } from '../isn.js';
import { timestampBefore } from '../options.js';
import type { Instant, Rule, Verdict } from '../rule.js';
import { finish, rulesOf } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, FIN, has, RST, SYN, segEnd, segLen } from '../segment.js';
import { sendAck } from '../sending/transmit.js';
import { add, atOrBefore, num } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editOptions, editTcb } from '../tcb.js';
import { TEXT } from '../user-texts.js';
import type { Arrival } from './arrival.js';
import { answerWhy, answerWithAck } from './challenge.js';
import { enterTimeWait } from './time-wait.js';

const rule = rulesOf<Arrival>('time-wait', 'RFC 9293 §3.6.1');

/** In the place of the eight checks, with `time-wait answer` and `time-wait silence`. */
export const reducedTimeWait: readonly Rule<Arrival>[] = [
  rule('reduced', 'TIME-WAIT, a few numbers', ['TIME_WAIT -> CLOSED'], decide),
];

/** Whether TIME_WAIT keeps less than a TCB. */
export function isReduced({ state, settings }: Tcb): boolean {
  return state === 'TIME_WAIT' && settings.timeWait !== 'text';
}

/** The ISN of the connection that reopens from a TIME_WAIT that answers; others choose theirs as always. */
export function successorIsn({ settings, snd }: Tcb): Isn | undefined {
  if (settings.timeWait !== 'answer') return undefined;
  return { kind: 'successor', value: add(snd.nxt, BEYOND), nxt: snd.nxt };
}

/** So far beyond SND.NXT that nothing of the old connection can be mistaken: the largest unscaled window and 2. */
const BEYOND = 65_537;

/** Whether a SYN reopens: beyond RCV.NXT, or, where old duplicates can be told by it, with a newer timestamp. */
export function reopens(tcb: Tcb, seg: Segment): boolean {
  // Half of all numbers away, it is newer as well.
  const newer = !atOrBefore(seg.seq, tcb.rcv.nxt);
  if (tcb.settings.timeWait === 'silence') return newer;
  return !isOld(tcb, seg) && (newer || isYounger(tcb, seg));
}

function isYounger({ options }: Tcb, { options: { timestamps } }: Segment): boolean {
  return (
    options.timestamps &&
    timestamps !== undefined &&
    timestampBefore(options.tsRecent, timestamps.val)
  );
}

/** PAWS, without a tolerance. */
function isOld({ options }: Tcb, { options: { timestamps } }: Segment): boolean {
  return (
    options.timestamps &&
    timestamps !== undefined &&
    timestampBefore(timestamps.val, options.tsRecent)
  );
}

/** The same for all segments: a RST is exempt only when TS.Recent is not fresh any more. */
export function isStale(tcb: Tcb, seg: Segment, now: Instant): boolean {
  return isOld(tcb, seg) && !(has(seg, RST) && now - tcb.options.tsRecentAt >= FRESH);
}

/** So long TS.Recent judges a RST, too, microseconds. */
const FRESH = 60_000_000;

function decide(tcb: Tcb, arrival: Arrival, now: Instant): Verdict {
  const { seg } = arrival;
  if (has(seg, RST)) return takeReset(tcb, seg, now);
  return tcb.settings.timeWait === 'answer' ? answer(tcb, seg, now) : stayQuiet(tcb, seg, now);
}

function takeReset(tcb: Tcb, seg: Segment, now: Instant): Verdict {
  if (tcb.settings.timeWait === 'answer' && isStale(tcb, seg, now)) {
    const why = () => `RST bit on, but older than TS.Recent=${tcb.options.tsRecent}: dropped`;
    return finish(() => `${why()} (deviation time-wait)`, undefined, [
      { kind: 'discard', reason: 'RST in TIME_WAIT' },
    ]);
  }
  const exact = seg.seq === tcb.rcv.nxt;
  if (!exact || tcb.settings.timeWaitResets === 'ignore') {
    const why = () =>
      exact
        ? 'RST bit on in TIME_WAIT: ignored (deviation time-wait-resets)'
        : `RST bit on, SEG.SEQ=${num(seg.seq)} is not RCV.NXT=${num(tcb.rcv.nxt)}: dropped (deviation time-wait)`;
    return finish(why, undefined, [{ kind: 'discard', reason: 'RST in TIME_WAIT' }]);
  }
  const closed = deleteTcb(tcb, TEXT.reset);
  const why = () => `RST bit on, SEG.SEQ=${num(seg.seq)} = RCV.NXT exactly: CLOSED, TCB deleted`;
  return finish(why, closed.tcb, closed.effects);
}

/** An ACK for all but a bare ACK at RCV.NXT; whatever acknowledges, or is old by its timestamp, starts the 2 MSL anew. */
function answer(tcb: Tcb, seg: Segment, now: Instant): Verdict {
  const old = isOld(tcb, seg);
  if (!old && seg.seq === tcb.rcv.nxt && segLen(seg) === 0) {
    const why = () =>
      `SEG.SEQ=${num(seg.seq)} = RCV.NXT and SEG.LEN=0: the 2 MSL start anew, no answer`;
    const after = enterTimeWait(withTimestamp(tcb, seg, now), now);
    return finish(() => `${why()} (deviation time-wait)`, after, [
      { kind: 'discard', reason: 'bare ACK in TIME_WAIT' },
    ]);
  }
  if (reopens(tcb, seg) && (seg.ctl & (SYN | ACK)) === SYN) {
    const acked = sendAck(tcb, now);
    const why = () => 'a SYN that would reopen, but nobody listens: ACK (deviation time-wait)';
    return finish(why, acked.tcb, acked.effects);
  }
  const out = answerWithAck(tcb, seg, now);
  const restarts = old || has(seg, ACK);
  const after = restarts ? enterTimeWait(out.tcb, now) : out.tcb;
  const anew = restarts ? ', the 2 MSL start anew' : '';
  const why = () => `no bare ACK at RCV.NXT=${num(tcb.rcv.nxt)}: ${answerWhy(out)}${anew}`;
  return finish(() => `${why()} (deviation time-wait)`, after, [
    ...out.effects,
    { kind: 'discard', reason: 'unexpected in TIME_WAIT' },
  ]);
}

/** TS.Recent follows the peer's clock. */
export function withTimestamp(tcb: Tcb, { options: { timestamps } }: Segment, now: Instant): Tcb {
  if (!tcb.options.timestamps || timestamps === undefined) return tcb;
  const options = editOptions(tcb.options, { tsRecent: timestamps.val, tsRecentAt: now });
  return editTcb(tcb, { options });
}

/** RFC 7323 §3.2: who agreed on timestamps has one. */
function lacksTimestamp({ options, settings }: Tcb, seg: Segment): boolean {
  const missing = options.timestamps && seg.options.timestamps === undefined;
  return missing && settings.missingTimestamps === 'drop';
}

/** Nothing for a segment without ACK or timestamp, or for the ACK that is expected; an ACK for others. */
function stayQuiet(tcb: Tcb, seg: Segment, now: Instant): Verdict {
  if (has(seg, ACK) && lacksTimestamp(tcb, seg)) {
    return finish(() => 'without a timestamp: dropped (deviation time-wait)', undefined, [
      { kind: 'discard', reason: 'timestamps missing' },
    ]);
  }
  const expected =
    seg.ctl === ACK && seg.data.length === 0 && seg.seq === tcb.rcv.nxt && seg.ack === tcb.snd.nxt;
  if (!has(seg, ACK) || expected) {
    const why = () => (expected ? 'the ACK that is expected' : 'ACK bit off');
    return finish(() => `${why()}: dropped (deviation time-wait)`, undefined, [
      { kind: 'discard', reason: 'unexpected in TIME_WAIT' },
    ]);
  }
  const out = answerWithAck(tcb, seg, now);
  const again = has(seg, FIN) && segEnd(seg) === tcb.rcv.nxt;
  const after = again ? enterTimeWait(out.tcb, now) : out.tcb;
  const why = () =>
    `not the ACK that is expected: ${answerWhy(out)}${again ? ', the 2 MSL start anew' : ''}`;
  return finish(() => `${why()} (deviation time-wait)`, after, out.effects);
}
