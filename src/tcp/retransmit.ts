/** RFC 9293 §3.8.1 Retransmission Timeout: the oldest segment once more. */

import { bitsOfRepeated } from './ecn.js';
import { timestampOption } from './options.js';
import type { Instant } from './rule.js';
import { ACK, has, SYN } from './segment.js';
import type { SentSegment, Tcb } from './tcb.js';
import { editTcb } from './tcb.js';
import type { Output } from './transmit.js';
import { ackSent, departure } from './transmit.js';
import { windowField } from './window.js';

/** The segment at the front of the retransmission queue, with the acknowledgment and window of now. */
export function retransmitFront(tcb: Tcb, now: Instant): Output {
  const [front, ...rest] = tcb.retransmissions;
  const { segment } = front as SentSegment;
  const syn = has(segment, SYN);
  const ack = has(segment, ACK);
  const again = {
    ...segment,
    ctl: bitsOfRepeated(front as SentSegment, tcb.settings),
    ack: ack ? tcb.rcv.nxt : segment.ack,
    wnd: windowField(tcb, syn),
    options: syn
      ? withFreshTimestamp(tcb, segment.options, now)
      : timestampOption(tcb.options, now),
  };
  const entry: SentSegment = {
    segment: again,
    sentAt: now,
    retransmissions: (front as SentSegment).retransmissions + 1,
  };
  const sent = editTcb(tcb, { retransmissions: [entry, ...rest] });
  return { tcb: ack ? ackSent(sent) : sent, effects: [departure(tcb, again, true)] };
}

/** A SYN keeps its options; only the clock's value moves on. */
function withFreshTimestamp(
  tcb: Tcb,
  options: SentSegment['segment']['options'],
  now: Instant,
): SentSegment['segment']['options'] {
  if (options.timestamps === undefined) return options;
  const fresh = timestampOption({ ...tcb.options, timestamps: true }, now).timestamps;
  if (fresh === undefined) return options;
  return { ...options, timestamps: { val: fresh.val, ecr: options.timestamps.ecr } };
}
