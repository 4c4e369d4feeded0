/** RFC 7413 §4.1.3 Client Cookie Handling: the cache as a value. */

import type { FastOpenOption } from '../fast-open.js';
import type { Instant } from '../rule.js';

/** What a client remembers of servers. An immutable value: a host has its latest. */
export interface FastOpenCache {
  /** By the server's address: "at most one cookie per client and server IP address pair". */
  readonly servers: ReadonlyMap<string, KnownServer>;
  /** Until when a path is opened the plain way, by the server's address and port. */
  readonly disabled: ReadonlyMap<string, Instant>;
}

export interface KnownServer {
  readonly cookie: FastOpenOption | undefined;
  /** The MSS that its SYN,ACK had, octets. */
  readonly mss: number | undefined;
  /** How many kinds of the option have asked for a cookie in vain: the next one is the other kind. */
  readonly unanswered: 0 | 1 | 2;
}

export const EMPTY_CACHE: FastOpenCache = { servers: new Map(), disabled: new Map() };

/** A server that nothing is known of. */
export const STRANGER: KnownServer = { cookie: undefined, mss: undefined, unanswered: 0 };
