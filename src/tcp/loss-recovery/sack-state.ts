/** RFC 2018 §3 Sack Option Format: what a connection has to tell of what it received. */

import type { Duration } from '../rule.js';
import type { Seq } from '../seq.js';

/** Octets that were received: from `left` up to, not including, `right` (RFC 2018 §3). */
export interface SackBlock {
  readonly left: Seq;
  readonly right: Seq;
}

export interface SackState {
  /** What is held ahead of RCV.NXT, the block that changed last first. */
  readonly blocks: readonly SackBlock[];
  /** What came a second time, told with the next segment and then no more (deviation dsack). */
  readonly twice: SackBlock | undefined;
  /** ACKs that go as one (deviation compressed-acks); there only while something is held. */
  readonly compression?: Compression | undefined;
}

/** ACKs of what is held. */
export interface Compression {
  /** RCV.NXT that they acknowledge. */
  readonly nxt: Seq;
  /** How many have gone at once, as far as that matters. */
  readonly gone: number;
  /** How many wait to go as one. */
  readonly waiting: number;
  /** The round trip that the receiver has measured, microseconds; 0 before the first. */
  readonly rtt: Duration;
  /** TSecr of the last segment that was looked at. */
  readonly echo: number | undefined;
}

export const NO_SACKS: SackState = { blocks: [], twice: undefined };
