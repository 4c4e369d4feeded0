/** RFC 3168 §6.1.1 TCP Initialization: ECE and CWR on SYNs agree on ECN. What follows, marks in IP headers, is not TCP's alone. */

import type { Segment } from './segment.js';
import { ACK, CWR, ECE, has, SYN } from './segment.js';
import { frontOf } from './sent-queue.js';
import type { Settings } from './settings.js';
import type { AgreedOptions, SentSegment, Tcb } from './tcb.js';

const SETUP = ECE | CWR;

/** The control bits of a SYN: an ECN-setup SYN has both bits. */
export function synBits({ ecn }: Settings): number {
  return ecn === 'ask' ? SYN | SETUP : SYN;
}

/** The control bits of a SYN,ACK: an ECN-setup SYN,ACK has ECE alone. */
export function synAckBits({ ecn }: AgreedOptions): number {
  return ecn ? SYN | ACK | ECE : SYN | ACK;
}

/** Whether ECN is agreed on with this SYN or SYN,ACK. */
export function agreesToEcn({ settings, retransmissions }: Tcb, seg: Segment): boolean {
  const bits = seg.ctl & SETUP;
  if (!has(seg, ACK)) return settings.ecn !== 'off' && bits === SETUP;
  const asked = ((frontOf(retransmissions)?.segment.ctl ?? 0) & SETUP) === SETUP;
  return asked && bits === ECE;
}

/** §6.1.1.1: a SYN that got no reply may be sent again without the two bits; of a SYN cache a SYN,ACK, too (deviation half-open). */
export function bitsOfRepeated(
  { segment, retransmissions }: SentSegment,
  { ecnRetries, halfOpen }: Settings,
): number {
  const asks = (segment.ctl & (SYN | ACK | SETUP)) === (SYN | SETUP);
  const agrees = halfOpen === 'cache' && (segment.ctl & (SYN | ACK | SETUP)) === (SYN | ACK | ECE);
  return (asks || agrees) && retransmissions >= ecnRetries ? segment.ctl & ~SETUP : segment.ctl;
}
