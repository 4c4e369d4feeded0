/** RFC 4987 §3.3: what a passive SYN_RCVD is, where it is less than a TCB (deviation half-open). */

import { isOpenEarly } from '../fast-open.js';
import type { Tcb } from '../tcb.js';

/** A half-open connection that is less than a TCB. */
export function isRequest({ settings, state, open }: Tcb): boolean {
  return settings.halfOpen !== 'tcb' && state === 'SYN_RCVD' && open === 'passive';
}

/** Deviation `half-open request`: a request, and also what was opened fast: its numbers are judged as a request judges them. */
export function isJudgedAsRequest(tcb: Tcb): boolean {
  return tcb.settings.halfOpen === 'request' && isRequest(tcb);
}

/** Deviation `half-open request`. What was opened fast is more than a request. */
export function isMereRequest(tcb: Tcb): boolean {
  return isJudgedAsRequest(tcb) && !isOpenEarly(tcb);
}

/** Deviation `half-open request`: what was opened fast, before whose connection a request stands. */
export function isEarlyRequest(tcb: Tcb): boolean {
  return isJudgedAsRequest(tcb) && isOpenEarly(tcb);
}

/** Deviation `half-open cache`: an entry of the SYN cache; what was opened fast is more. */
export function isCached(tcb: Tcb): boolean {
  return tcb.settings.halfOpen === 'cache' && isRequest(tcb) && !isOpenEarly(tcb);
}
