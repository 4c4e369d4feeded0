/** RFC 9293 §3.8.6.3 When to Send an ACK Segment: the ACK of a SYN,ACK may wait (deviations interactive-ack and defer-accept). */

import { heard, repeated } from '../receiving/dialogue.js';
import type { Duration, Instant } from '../rule.js';
import type { Tcb } from '../tcb.js';
import { editOptions, editTcb } from '../tcb.js';
import { editTimers } from '../timers.js';

/** How long it waits for text, microseconds. */
const PATIENCE: Duration = 200_000;

/** The ACK waits. If anything else comes it is wanted at once; text that leaves soon answers the SYN,ACK. */
export function acknowledgeLate(tcb: Tcb, now: Instant): Tcb {
  const timers = editTimers(tcb.timers, { delayedAck: now + PATIENCE });
  const options = editOptions(tcb.options, { lastAckSent: tcb.rcv.nxt });
  return repeated(heard(editTcb(tcb, { timers, options }), now));
}
