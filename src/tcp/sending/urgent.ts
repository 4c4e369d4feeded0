/** RFC 9293 §3.8.5 The Communication of Urgent Information: what is sent with the urgent pointer, and until when. */

import { own, ownSnd } from '../own.js';
import type { Segment } from '../segment.js';
import { has, SYN, URG } from '../segment.js';
import type { Seq } from '../seq.js';
import { add, before, distance } from '../seq.js';
import type { SendVariables, Tcb } from '../tcb.js';
import { unsentOctets } from './queued.js';

/** The largest offset that the field can say. */
const FURTHEST = 65_535;

/** §3.10.2: all text that the user has given is urgent. SND.UP is the number after its last octet (MUST-62). */
export function withUrgentText(tcb: Tcb): Tcb {
  const after = own(tcb);
  ownSnd(after).up = add(tcb.snd.nxt, unsentOctets(tcb.queued));
  return after;
}

/** SND.UP once SND.UNA is `una`: ISS before anything was urgent, else never behind SND.UNA, so that numbers that wrap do not bring it back. */
export function upAfter({ up }: SendVariables, iss: Seq, una: Seq): Seq {
  return up !== iss && before(up, una) ? una : up;
}

/** Whether urgent text was given that is not acknowledged yet. */
export function hasUrgentText({ snd, iss }: Tcb): boolean {
  return snd.up !== iss && before(snd.una, snd.up);
}

/** A segment as it leaves: with URG and the pointer as long as urgent text is ahead of its first octet. */
export function withUrgentPointer(tcb: Tcb, segment: Segment): Segment {
  if (!hasUrgentText(tcb) || !before(segment.seq, tcb.snd.up)) return segment;
  if (has(segment, SYN)) return segment;
  const up = Math.min(distance(segment.seq, tcb.snd.up), FURTHEST);
  return { ...segment, ctl: segment.ctl | URG, up };
}
