/** RFC 4987 §2.2: the queues of a listener, half-open and complete. */

import type { Instant } from '../rule.js';

/** The children of a listener that are not yet the user's, in order of arrival, and the ACCEPTs that wait. */
export interface ListenQueues {
  readonly halfOpen: Set<number>;
  readonly complete: Set<number>;
  /** PendingFastOpenRequests (RFC 7413 §4.2): children in SYN_RCVD that were opened fast. */
  readonly early: Set<number>;
  accepts: readonly PendingAccept[];
  /** What OPEN or SET said, or the host's setting. */
  backlog: number;
  /** When the last SYN cookie was given out. */
  cookieAt: Instant | undefined;
}

export interface PendingAccept {
  readonly call: number;
  readonly name: string | undefined;
}

/** A copy that shares nothing that is changed in place. */
export function copyQueues(queues: ListenQueues): ListenQueues {
  return {
    halfOpen: new Set(queues.halfOpen),
    complete: new Set(queues.complete),
    early: new Set(queues.early),
    accepts: queues.accepts,
    backlog: queues.backlog,
    cookieAt: queues.cookieAt,
  };
}

/** A new listener's queues. */
export function createQueues(backlog: number): ListenQueues {
  return {
    halfOpen: new Set(),
    complete: new Set(),
    early: new Set(),
    accepts: [],
    backlog,
    cookieAt: undefined,
  };
}
