/** What users have received, counted and in one piece. */

import { joinOctets, octetCount } from '../base/octets.js';
import { listOf, type Pieces, sumOver } from '../base/pieces.js';
import type { RunState } from './state.js';
import { refKey, type Subject, seenConnection, type View } from './view.js';

/** All that came for a user: what RECEIVE gave, and what waits for it. */
interface Received {
  readonly given: Pieces<Uint8Array>;
  readonly waiting: readonly Uint8Array[];
}

/** Nothing where there is no connection. */
export function receivedBy(state: RunState, subject: Subject | undefined, view: View): Received {
  const seen = subject && seenConnection(view, subject);
  if (!seen) return { given: [], waiting: [] };
  return { given: state.given.get(refKey(seen.ref)) ?? [], waiting: seen.tcb.queued.received };
}

/** What was given once is counted once, however often it is asked for. */
const countGiven = sumOver(({ length }: Uint8Array) => length);

/** How many octets it is. */
export function countReceived({ given, waiting }: Received): number {
  return countGiven(given) + octetCount(waiting);
}

/** The octets in their order, a copy. */
export function octetsReceived({ given, waiting }: Received): Uint8Array {
  return joinOctets([...listOf(given), ...waiting]);
}
