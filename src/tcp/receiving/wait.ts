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

/** The wait once text has come after so long a pause. */
export function waitAfter(wait: Duration, pause: Duration, rto: Duration): Duration {
  const half = Math.floor(wait / 2);
  if (pause <= LEAST_WAIT / 2) return half + LEAST_WAIT / 2;
  return pause < wait ? Math.min(half + pause, rto) : wait;
}

/** An acknowledgment has waited in vain: for more text, or for an answer that did not come. */
export function waitedInVain({ space, rto, dialogue }: Tcb): Tcb['space'] {
  if (space === undefined) return undefined;
  const wait = dialogue?.answered ? LEAST_WAIT : Math.min(2 * space.wait, rto.value);
  return { ...space, wait };
}

/** What acknowledgments wait begins anew: they were wanted at once. */
export function withLeastWait({ space }: Tcb): Tcb['space'] {
  return space === undefined || space.wait === LEAST_WAIT ? space : { ...space, wait: LEAST_WAIT };
}
