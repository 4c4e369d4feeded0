/** RFC 9293 §3.8.6.3 Delayed Acknowledgments: those of a connection on which text answers text (deviation interactive-ack). */

import type { Duration, Instant } from './rule.js';
import type { Dialogue, Tcb } from './tcb.js';
import { editTcb } from './tcb.js';

/** Text was received in its order, or text waits for the SYN,ACK that is received. */
export function heard(tcb: Tcb, now: Instant): Tcb {
  if (tcb.settings.interactiveAck === 0) return tcb;
  return editTcb(tcb, { dialogue: { heardAt: now, answered: tcb.dialogue?.answered === true } });
}

/** The dialogue after text was sent: an answer, if it comes soon after what was heard. */
export function answering({ dialogue, settings }: Tcb, now: Instant): Dialogue | undefined {
  if (dialogue === undefined || dialogue.answered) return dialogue;
  const soon = now - dialogue.heardAt < settings.interactiveAck;
  return soon ? { ...dialogue, answered: true } : dialogue;
}

/** An acknowledgment had to go alone: the next is sent at once. */
export function unanswered(tcb: Tcb): Tcb {
  if (tcb.dialogue?.answered !== true) return tcb;
  return editTcb(tcb, { dialogue: { ...tcb.dialogue, answered: false } });
}

/** How long the acknowledgment of text in its order may wait. */
export function acknowledgmentDelay({ dialogue, settings }: Tcb): Duration {
  return dialogue?.answered === true ? settings.interactiveAck : settings.ackDelay;
}
