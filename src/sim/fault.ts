/** Faults that the director arms: what happens to the next segment that a predicate picks. */

import type { Duration } from '../tcp/rule.js';
import type { Departure } from './delivery.js';

/** Each armed fault takes the next segment that matches; of two of one kind, the older one comes first. */
export type Fault = FaultBase &
  (
    | { readonly kind: 'drop' }
    | { readonly kind: 'duplicate' }
    | { readonly kind: 'corrupt' }
    /** Later than it would have been, by so much; others may overtake. */
    | { readonly kind: 'delay'; readonly by: Duration }
    /** Kept back until `release` names it. */
    | { readonly kind: 'hold'; readonly name: string }
  );

interface FaultBase {
  /** Depends on nothing that changes: replay asks again. */
  readonly matches: (departure: Departure) => boolean;
  /** How many segments it takes: 1 or more. */
  readonly count: number;
  /** How the director said it, for reasons: `drop client -> server SYN`. */
  readonly text: string;
}

/** A fault that waits, with how many segments it still takes. */
export interface ArmedFault {
  readonly fault: Fault;
  readonly left: number;
}

/** The oldest fault of this kind that matches, and what is armed after it took the segment. */
export function takeFault<Kind extends Fault['kind']>(
  armed: readonly ArmedFault[],
  kind: Kind,
  departure: Departure,
):
  | { readonly fault: Extract<Fault, { kind: Kind }>; readonly left: readonly ArmedFault[] }
  | undefined {
  const at = armed.findIndex(({ fault }) => fault.kind === kind && fault.matches(departure));
  const found = armed[at];
  if (found === undefined) return undefined;
  const rest = found.left > 1 ? [{ fault: found.fault, left: found.left - 1 }] : [];
  const left = [...armed.slice(0, at), ...rest, ...armed.slice(at + 1)];
  return { fault: found.fault as Extract<Fault, { kind: Kind }>, left };
}
