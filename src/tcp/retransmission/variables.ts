/** RFC 6298 §2: the variables of the retransmission timer, with those of congestion control and loss recovery that rest on it. */

import type { Congestion } from '../congestion.js';
import type { PathSearch } from '../loss-recovery/path-search.js';
import type { Recovery } from '../loss-recovery/recovery.js';
import type { TailProbe } from '../loss-recovery/tail-loss.js';
import { copyRto } from '../own.js';
import type { Duration, Instant } from '../rule.js';
import type { RttSpread } from './rtt-spread.js';

/** Of one connection; durations in microseconds. */
export interface RetransmissionVariables {
  readonly value: Duration;
  readonly srtt: Duration | undefined;
  readonly rttvar: Duration | undefined;
  /** What RTTVAR comes of with the deviation rtt-spread. */
  readonly spread: RttSpread | undefined;
  /** Slow start, once it differs from its beginning (deviation initial-window). */
  readonly congestion: Congestion | undefined;
  /** Loss recovery by ACKs, from the first that told of something out of order (RFC 5681 §3.2). */
  readonly recovery: Recovery | undefined;
  /** The last round trip of text and the shortest of all (deviation loss-recovery). */
  readonly latest: Duration | undefined;
  readonly least: Duration | undefined;
  /** Expiries since the last acknowledgment of new data, or of a zero-window probe. */
  readonly expiries: number;
  /** When something went again first, or probed, or the active open (deviation give-up). */
  readonly since: Instant | undefined;
  /** Zero-window probes since the window closed: each doubles the interval (SHLD-30). */
  readonly probes: number;
  /** How much has gone again, and how much of it a DSACK has told to have come twice, segments (deviation loss-recovery). */
  readonly resent: number;
  readonly twice: number;
  /** RFC 8985: the retransmission timer is that of the tail loss probe (§7), or that has been sent, until the next acknowledgment; or the reordering timer (§6.3). */
  readonly tail: 'none' | 'armed' | 'sent' | 'reordering';
  /** The loss probe that was sent and not answered yet; no other is sent meanwhile. */
  readonly tailProbe: TailProbe | undefined;
  /** What longer segments have told of the path, once one may be tried (RFC 4821). */
  readonly search: PathSearch | undefined;
  /** The SYN or SYN,ACK was retransmitted (RFC 6298 (5.7)). */
  readonly synRetransmitted: boolean;
  /** ICMP has told of a soft error while the connection opened (deviation icmp-soft-limit). */
  readonly softError: boolean;
}

/** The retransmission variables of a connection that has measured nothing. */
export const NOTHING_MEASURED: RetransmissionVariables = {
  value: 1_000_000,
  srtt: undefined,
  rttvar: undefined,
  spread: undefined,
  congestion: undefined,
  recovery: undefined,
  latest: undefined,
  least: undefined,
  expiries: 0,
  since: undefined,
  probes: 0,
  resent: 0,
  twice: 0,
  tail: 'none',
  tailProbe: undefined,
  search: undefined,
  synRetransmitted: false,
  softError: false,
};

let initialRto = NOTHING_MEASURED;

/** One value for all connections that begin alike. */
export function firstRto(value: Duration): RetransmissionVariables {
  if (initialRto.value !== value) initialRto = editRto(NOTHING_MEASURED, { value });
  return initialRto;
}

/** Retransmission variables with these changed; as `editTcb`. */
export function editRto(
  rto: RetransmissionVariables,
  changes: Partial<RetransmissionVariables>,
): RetransmissionVariables {
  return Object.assign(copyRto(rto), changes);
}
