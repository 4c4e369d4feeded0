/** What a webview is told of the connection tables: rows, plain JSON. */

import type { Place } from '../sim/step.js';
import type { Instant } from '../tcp/rule.js';
import type { State } from '../tcp/states.js';
import type { TimerName } from '../tcp/timers.js';
import type { Standing } from './knowledge.js';

export interface HostTable {
  readonly name: string;
  readonly address: string;
  readonly listeners: readonly ListenerRow[];
  /** The part from `from` on, of `total` entries: half-open ones first, then complete ones, each in order of creation. */
  readonly connections: readonly ConnectionRow[];
  readonly from: number;
  readonly total: number;
  readonly halfOpen: number;
  /** Entries that were deleted by now, the last one first: the part from `goneFrom` on, of `goneTotal`. */
  readonly gone: readonly GoneRow[];
  readonly goneFrom: number;
  readonly goneTotal: number;
}

/** An entry that is in the table no more. */
export interface GoneRow {
  readonly name: string;
  /** Its last state before it was deleted. */
  readonly state: State;
  readonly local: string;
  readonly remote: string;
  readonly created?: Happened;
  readonly deleted: Happened;
  /** The last step deleted it. */
  readonly isNew: boolean;
}

/** When something came to be in the record, and by which rule. */
export interface Happened {
  readonly place: Place;
  readonly at: Instant;
  readonly rule: string;
}

export interface ListenerRow {
  readonly name: string;
  readonly local: string;
  /** Half-open connections, and complete ones that wait for ACCEPT; and how many of each there may be. */
  readonly halfOpen: number;
  readonly waiting: number;
  readonly synQueue: number;
  readonly backlog: number;
}

export interface ConnectionRow {
  readonly name: string;
  readonly state: State;
  readonly halfOpen: boolean;
  readonly local: string;
  readonly remote: string;
  readonly iss: number;
  /** Absent while the peer's SYN has not come. */
  readonly irs?: number;
  readonly una: number;
  readonly nxt: number;
  readonly sndWnd: number;
  readonly rcvNxt?: number;
  readonly rcvWnd: number;
  /** Octets the user has not taken yet, and octets not yet acknowledged or sent. */
  readonly recvQueue: number;
  readonly sendQueue: number;
  /** Armed timers, the soonest first, with the time left in microseconds. */
  readonly timers: readonly { readonly name: TimerName; readonly left: number }[];
  /** What the last step did: the names of the columns that it changed; of an entry that it made, none. */
  readonly changed: readonly string[];
  readonly isNew: boolean;
  readonly created?: Happened;
  /** What this side knows, in the order of `CLAIMS`. */
  readonly knows: readonly Known[];
}

/** One thing that a side of a connection may know, and the segment that shows it. */
export interface Known {
  readonly standing: Standing;
  /** `<SEQ=300><ACK=101><CTL=SYN,ACK>`; absent where no segment shows it. */
  readonly segment?: { readonly flags: string; readonly seq: number; readonly ack?: number };
  readonly proof?: Happened;
}
