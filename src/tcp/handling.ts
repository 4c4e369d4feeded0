/** RFC 9293 §3.10 Event Processing: what goes into a host's TCP, and what comes of it. */

import type { ConnectionRef, Microstep, Outcome } from './rule.js';
import type { Segment } from './segment.js';

/** What came of one event. */
export interface Handling {
  /** The connection it was about; undefined when there is none. */
  readonly connection: ConnectionRef | undefined;
  readonly microsteps: readonly Microstep[];
  readonly call?: number;
  /** Of a call: how it ended, or that it is pending. */
  readonly outcome?: Outcome;
}

/** A segment with the addresses of the datagram that carries it. */
export interface Datagram {
  readonly source: string;
  readonly destination: string;
  readonly segment: Segment;
}
