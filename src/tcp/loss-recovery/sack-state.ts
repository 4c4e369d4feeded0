/** RFC 2018 §3 Sack Option Format: what a connection has to tell of what it received. */

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
}

export const NO_SACKS: SackState = { blocks: [], twice: undefined };
