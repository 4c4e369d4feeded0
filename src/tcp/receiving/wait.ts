/** RFC 9293 §3.8.6.3 Delayed Acknowledgments with the deviation receive-space: how long one waits that would not open the window. */

import type { Duration } from '../rule.js';
import type { Tcb } from '../tcb.js';
import { freeText, isTight, memoryOf, textIn } from './memory.js';

/** The least that is waited, microseconds. */
export const LEAST_WAIT = 40_000;

/** Less than half of the memory is free: acknowledgments are in no hurry. */
export function isMemoryTight(tcb: Tcb): boolean {
  const { space } = tcb;
  if (space === undefined) return false;
  const full = Math.min(space.clamp, textIn(memoryOf(tcb, space), space));
  return isTight(freeText(tcb, space), full);
}

/** How long the acknowledgment of several segments waits that would not open the window; undefined when it would. */
export function slowWait(tcb: Tcb, octets: number): Duration | undefined {
  const { space } = tcb;
  if (space === undefined || octets <= space.segment) return undefined;
  return isMemoryTight(tcb) ? patience(tcb) : undefined;
}

/** How long an acknowledgment waits for more to acknowledge: a round trip at most. */
export function patience({ space, rto }: Tcb): Duration {
  const wait = space?.wait ?? LEAST_WAIT;
  return Math.min(wait, Math.max(LEAST_WAIT, rto.srtt ?? wait));
}

/** An acknowledgment has waited in vain. */
export function waitedInVain(tcb: Tcb): Tcb['space'] {
  const { space, rto } = tcb;
  return space && { ...space, wait: Math.min(2 * space.wait, rto.value) };
}
