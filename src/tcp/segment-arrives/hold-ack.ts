/** RFC 9293 §3.10.7.4, seventh and eighth check: what lies ahead of RCV.NXT is held, and that is told. */

import { withoutTwice } from '../loss-recovery/sack.js';
import { acknowledgeHeld, pushesAway } from '../receiving/compression.js';
import { heardAhead } from '../receiving/dialogue.js';
import type { Instant } from '../rule.js';
import type { Segment } from '../segment.js';
import type { Output } from '../sending/transmit.js';
import { sendAck } from '../sending/transmit.js';
import type { Tcb } from '../tcb.js';
import { editOptions, editTcb } from '../tcb.js';
import { aheadOf, hold } from './held-text.js';

/** Holds a segment that lies ahead, and acknowledges it (MAY-13). */
export function holdAndAcknowledge(tcb: Tcb, seg: Segment, now: Instant): Output {
  const held = hold(tcb, seg);
  if (!pushesAway(tcb, aheadOf(tcb, seg)))
    return acknowledgeHeld(heardAhead(held, tcb), tcb, seg, now);
  // Deviation `compressed-acks`: what waits goes before, and tells what of the segment came twice; it has no ACK of its own then.
  const { twice } = held.options.sacks;
  const sacks = { ...tcb.options.sacks, twice };
  const told = sendAck(editTcb(tcb, { options: editOptions(tcb.options, { sacks }) }), now);
  return { tcb: withoutTwice(hold(told.tcb, seg)), effects: told.effects };
}
