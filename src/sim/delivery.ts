/** A segment on a link: what left, when, and what becomes of it. */

import type { ConnectionRef, Instant } from '../tcp/rule.js';
import type { Segment } from '../tcp/segment.js';
import type { State } from '../tcp/states.js';

/** A segment about to leave: what a fault's predicate sees. */
export interface Departure {
  /** Names of hosts or peers; `to` is the bare address when nobody has it. */
  readonly from: string;
  readonly to: string;
  readonly source: string;
  readonly destination: string;
  readonly segment: Segment;
  readonly kind: 'first' | 'retransmission' | 'injected' | 'duplicate' | 'released';
  /** The connection that sent it; undefined for a reset without a TCB, a peer's or an injected segment. */
  readonly sender: ConnectionRef | undefined;
  /** The sender's state just after the segment left. */
  readonly senderState: State | undefined;
  /** The statement of the script that it goes back to: an index into the program; -1 for none. */
  readonly origin: number;
}

/** One journey of one segment. A duplicate or a released segment is a delivery of its own. Never changed once made. */
export interface Delivery extends Departure {
  /** Serial number within the run, from 1, in the order of departure. */
  readonly id: number;
  readonly sentAt: Instant;
  /** When it reaches `to`; undefined when it never will (lost) or not yet (held). */
  readonly arrivesAt: Instant | undefined;
  readonly fate: 'deliver' | 'lose' | 'hold' | 'cut';
  /** The id of the rule that decided its fate: `link/deliver`, `link/lose`, ... */
  readonly decidedBy: string;
  /** The delivery that this one repeats (`duplicate`, `released`). */
  readonly copyOf: number | undefined;
  readonly corrupt: boolean;
}
