/** RFC 4987 §3.3 SYN Cache: what an entry of it makes of a segment before any check (deviation half-open cache). */

import { frontOf, withFront } from '../../base/pieces.js';
import { deleteTcb } from '../delete-tcb.js';
import { timestampBefore } from '../options.js';
import { resetFor } from '../reset.js';
import { retransmitFront } from '../retransmission/retransmit.js';
import { editRto } from '../retransmission/variables.js';
import type { Instant, Rule, Verdict } from '../rule.js';
import { finish, goOn, rulesOf } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, FIELD_MAX, RST, SYN } from '../segment.js';
import { distance, num } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editOptions, editTcb } from '../tcb.js';
import { editTimers, late } from '../timers.js';
import { TEXT } from '../user-texts.js';
import type { Arrival } from './arrival.js';

const rule = rulesOf<Arrival>('listener', 'RFC 4987 §3.3');

/** Runs before the checks of SYN_RCVD. An ACK that fits, and a RST, go on to them. */
export const synCacheRule: Rule<Arrival> = rule(
  'cache',
  'SYN Cache: is it the ACK of our SYN,ACK?',
  ['SYN_RCVD -> CLOSED'],
  decide,
);

function decide(tcb: Tcb, { seg, source }: Arrival, now: Instant): Verdict {
  switch (seg.ctl & (SYN | ACK | RST)) {
    case SYN:
      return repeat(tcb, seg, now);
    case ACK:
      return complete(tcb, seg, source);
    case 0:
      return finish(() => 'neither SYN, ACK nor RST: dropped (deviation half-open)', undefined, [
        { kind: 'discard', reason: 'no RST, ACK or SYN in SYN_RCVD' },
      ]);
    default:
      return goOn(() => 'for the checks');
  }
}

/** The SYN,ACK again for any SYN, with its timestamp; both the count and the timer begin anew. */
function repeat(tcb: Tcb, seg: Segment, now: Instant): Verdict {
  const out = retransmitFront(restamped(tcb, seg, now), now);
  const retransmission = now + late(tcb.settings.rto, tcb.settings);
  const after = editTcb(out.tcb, {
    timers: editTimers(out.tcb.timers, { retransmission }),
    rto: editRto(out.tcb.rto, { expiries: 0, value: tcb.settings.rto }),
  });
  return finish(() => 'a SYN: the SYN,ACK again (deviation half-open)', after, out.effects);
}

/** The SYN,ACK echoes the timestamp of this SYN; without one there are none any more. */
function restamped(tcb: Tcb, { options: { timestamps } }: Segment, now: Instant): Tcb {
  const front = frontOf(tcb.retransmissions);
  if (!tcb.options.timestamps || front === undefined) return tcb;
  const { timestamps: sent, ...others } = front.segment.options;
  const echo = timestamps && sent && { timestamps: { val: sent.val, ecr: timestamps.val } };
  const options =
    timestamps === undefined
      ? editOptions(tcb.options, { timestamps: false })
      : editOptions(tcb.options, { tsRecent: timestamps.val, tsRecentAt: now });
  const segment = { ...front.segment, options: { ...others, ...echo } };
  const retransmissions = withFront(tcb.retransmissions, { ...front, segment });
  return editTcb(tcb, { options, retransmissions });
}

/** Only SEG.ACK=SND.NXT with SEG.SEQ in the window completes the entry; another ACK deletes it and is reset. */
function complete(tcb: Tcb, seg: Segment, source: string): Verdict {
  const { timestamps } = seg.options;
  const { tsRecent } = tcb.options;
  if (tcb.options.timestamps && timestamps && timestampBefore(timestamps.val, tsRecent)) {
    const why = () => `SEG.TSval=${timestamps.val} < TS.Recent=${tsRecent}: dropped`;
    return finish(() => `${why()} (deviation half-open)`, undefined, [
      { kind: 'discard', reason: 'PAWS' },
    ]);
  }
  const { nxt, wnd } = tcb.rcv;
  const numbers = () =>
    `SEG.ACK=${num(seg.ack)}, SND.NXT=${num(tcb.snd.nxt)}, SEG.SEQ=${num(seg.seq)}, RCV.NXT=${num(nxt)}`;
  const fits = seg.ack === tcb.snd.nxt && distance(nxt, seg.seq) < Math.min(wnd, FIELD_MAX);
  const missing = tcb.options.timestamps && timestamps === undefined;
  if (fits || (missing && tcb.settings.missingTimestamps === 'drop')) return goOn(numbers);
  const closed = deleteTcb(tcb, TEXT.reset);
  const why = () => `${numbers()}: a reset, and the entry is deleted (deviation half-open)`;
  return finish(why, closed.tcb, [resetFor(seg, source, tcb.settings), ...closed.effects]);
}
