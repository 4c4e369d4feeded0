/** RFC 9293 §3.3.1 Key Connection State Variables: the Transmission Control Block, an immutable value. */

import type { Isn } from './isn.js';
import type { Duration, Instant } from './rule.js';
import type { Segment } from './segment.js';
import type { Seq } from './seq.js';
import type { Settings } from './settings.js';
import type { State } from './states.js';

/** An IP address and a port. IPv6 addresses are in their shortest lower-case form. */
export interface Socket {
  readonly address: string;
  readonly port: number;
}

/**
 * The RFC name in lower case is the property path: `SND.UNA` is `tcb.snd.una`. Views, the evaluator and the debugger's
 * variables walk this object by that rule; there is no table of names to keep.
 */
export interface Tcb {
  readonly state: State;
  /** How SYN_RCVD was or will be reached (MUST-11). */
  readonly open: 'active' | 'passive';
  readonly local: Socket;
  /** Undefined while a listener has no remote socket specified. */
  readonly remote: Socket | undefined;
  readonly iss: Seq;
  readonly irs: Seq;
  /** How ISS came about; undefined before it was chosen. */
  readonly isn: Isn | undefined;
  readonly snd: SendVariables;
  readonly rcv: ReceiveVariables;
  readonly options: AgreedOptions;
  readonly rto: RetransmissionVariables;
  /** Armed timers and the instants at which they go off. */
  readonly timers: Timers;
  /** Segments sent and not yet wholly acknowledged, in sequence order (§3.8.1). */
  readonly retransmissions: readonly SentSegment[];
  /** SENDs not yet segmentized. */
  readonly sends: readonly PendingSend[];
  /** CLOSE was called: a FIN follows the last octet of `sends`. */
  readonly closing: boolean;
  /** Octets received in order and not yet given to the user. */
  readonly received: readonly Uint8Array[];
  /** Acceptable segments ahead of RCV.NXT, in sequence order. */
  readonly outOfOrder: readonly Segment[];
  /** RECEIVEs that wait for octets. */
  readonly receives: readonly PendingReceive[];
  /** The settings this connection was opened with. */
  readonly settings: Settings;
}

export interface SendVariables {
  readonly una: Seq;
  readonly nxt: Seq;
  /** Octets, after scaling. */
  readonly wnd: number;
  readonly up: Seq;
  readonly wl1: Seq;
  readonly wl2: Seq;
  /** The largest window the peer ever offered, octets (MAX.SND.WND, RFC 5961 §5.2). */
  readonly max: number;
  /** Effective send MSS, octets of text (§3.7.1). */
  readonly mss: number;
  /** Snd.Wind.Shift (RFC 7323 §2.2): what the peer's window fields are shifted by. */
  readonly shift: number;
}

export interface ReceiveVariables {
  readonly nxt: Seq;
  /** Octets that we are willing to take. */
  readonly wnd: number;
  readonly up: Seq;
  /** Rcv.Wind.Shift (RFC 7323 §2.2): what our window fields are shifted by. */
  readonly shift: number;
}

/** What both sides offered on their SYNs. */
export interface AgreedOptions {
  readonly windowScale: boolean;
  readonly sack: boolean;
  readonly timestamps: boolean;
  /** TS.Recent and Last.ACK.sent (RFC 7323 §4.3). */
  readonly tsRecent: number;
  readonly lastAckSent: Seq;
}

/** RFC 6298: durations in microseconds. */
export interface RetransmissionVariables {
  readonly value: Duration;
  readonly srtt: Duration | undefined;
  readonly rttvar: Duration | undefined;
  /** Expiries since the last acknowledgment of new data. */
  readonly expiries: number;
  /** The SYN or SYN,ACK was retransmitted (RFC 6298 (5.7)). */
  readonly synRetransmitted: boolean;
}

export interface Timers {
  readonly retransmission?: Instant;
  readonly timeWait?: Instant;
  readonly user?: Instant;
  readonly delayedAck?: Instant;
  readonly persist?: Instant;
  readonly keepalive?: Instant;
  readonly finWait2?: Instant;
}
export type TimerName = keyof Timers;

export interface SentSegment {
  readonly segment: Segment;
  readonly sentAt: Instant;
  /** How often it was sent again: 0 after the first transmission. */
  readonly retransmissions: number;
}

export interface PendingSend {
  readonly call: number;
  readonly data: Uint8Array;
}

export interface PendingReceive {
  readonly call: number;
  /** Octets wanted at most; undefined: whatever there is. */
  readonly count: number | undefined;
}
