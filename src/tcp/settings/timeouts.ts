/** What a host can be told of time-outs: how long a segment lives, the RTO, and who gives up when (RFC 9293 §3.4.2, §3.8.1, §3.8.3), a part of the table of settings. */

import type { Duration } from '../rule.js';
import type { SettingInfo } from '../settings.js';

const minute = 60_000_000;
const second = 1_000_000;

/** As the RFCs recommend them. */
export const USUAL_TIMEOUTS: TimeoutSettings = {
  msl: 2 * minute,
  rto: second,
  rtoMin: second,
  rtoMax: 120 * second,
  synRetries: 7,
  synPlainAfter: undefined,
  synAckRetries: 5,
  retries: 15,
  retriesWarn: 3,
  thinLinearTimeouts: false,
  userTimeout: 5 * minute,
  userTimeoutOption: false,
  advertisedUserTimeout: 0,
  userTimeoutChangeable: true,
  userTimeoutMin: 100 * second,
  userTimeoutMax: 86_400 * second,
};

export interface TimeoutSettings {
  readonly msl: Duration;
  readonly rto: Duration;
  readonly rtoMin: Duration;
  readonly rtoMax: Duration;
  readonly synRetries: number;
  /** Undefined: a SYN keeps its options. */
  readonly synPlainAfter: number | undefined;
  readonly synAckRetries: number;
  readonly retries: number;
  readonly retriesWarn: number;
  readonly thinLinearTimeouts: boolean;
  readonly userTimeout: Duration;
  readonly userTimeoutOption: boolean;
  readonly advertisedUserTimeout: Duration;
  readonly userTimeoutChangeable: boolean;
  readonly userTimeoutMin: Duration;
  readonly userTimeoutMax: Duration;
}

export const TIMEOUT_SETTINGS: readonly SettingInfo[] = [
  {
    word: 'msl',
    name: 'msl',
    kind: 'duration',
    range: [0, 600 * second],
    doc: 'Maximum Segment Lifetime; TIME_WAIT lasts twice as long (§3.4.2).',
  },
  {
    word: 'rto',
    name: 'rto',
    kind: 'duration',
    range: [1_000, 60 * second],
    doc: 'The retransmission timeout before there is a measurement (RFC 6298 (2.1)).',
  },
  {
    word: 'rto-min',
    name: 'rtoMin',
    kind: 'duration',
    range: [1_000, 60 * second],
    doc: 'The least retransmission timeout that a measurement may give (RFC 6298 (2.4)).',
  },
  {
    word: 'rto-max',
    name: 'rtoMax',
    kind: 'duration',
    range: [1_000, 86_400 * second],
    doc: 'The greatest retransmission timeout that doubling may give (RFC 6298 (2.5)).',
  },
  {
    word: 'syn-retries',
    name: 'synRetries',
    kind: 'count',
    range: [0, 255],
    doc: 'How often a SYN is sent again before the open fails (R2, §3.8.3).',
  },
  {
    word: 'syn-plain-after',
    name: 'synPlainAfter',
    kind: 'count-or-off',
    range: [1, 255],
    doc: 'With which retransmission a SYN gives up its options but the MSS, for old peers and middleboxes that drop what they do not know.',
  },
  {
    word: 'synack-retries',
    name: 'synAckRetries',
    kind: 'count',
    range: [0, 255],
    doc: 'How often a SYN,ACK is sent again before the half-open entry is deleted (R2, §3.8.3).',
  },
  {
    word: 'retries',
    name: 'retries',
    kind: 'count',
    range: [0, 255],
    doc: 'How often text or a FIN is sent again before the connection is aborted (R2, §3.8.3).',
  },
  {
    word: 'retries-warn',
    name: 'retriesWarn',
    kind: 'count',
    range: [1, 255],
    doc: 'How often text or a FIN is sent again before the user is told of a delivery problem, and `mtu-probing` sees a black hole (R1, §3.8.3).',
  },
  {
    word: 'thin-linear-timeouts',
    name: 'thinLinearTimeouts',
    kind: 'switch',
    doc: 'Whether the RTO does not double for the first six times while fewer than four segments are outstanding (RFC 6298 (5.5) has it double).',
  },
  {
    word: 'user-timeout',
    name: 'userTimeout',
    kind: 'duration',
    range: [0, 86_400 * second],
    doc: 'USER TIMEOUT: how long sent text may stay unacknowledged (§3.9.1.1); 0 is for ever.',
  },
  {
    word: 'user-timeout-option',
    name: 'userTimeoutOption',
    kind: 'switch',
    doc: 'Send and take the User Timeout Option: on SYNs, on the first segment after them, and when the timeout has changed (RFC 5482 §3).',
  },
  {
    word: 'advertised-user-timeout',
    name: 'advertisedUserTimeout',
    kind: 'duration',
    range: [0, 86_400 * second],
    doc: 'ADV_UTO: the user timeout that the option suggests to the remote side; 0 is `user-timeout` (RFC 5482 §3.1).',
  },
  {
    word: 'user-timeout-changeable',
    name: 'userTimeoutChangeable',
    kind: 'switch',
    doc: 'CHANGEABLE: whether the remote side’s option may change the user timeout; off once a user sets it on a connection (RFC 5482 §3).',
  },
  {
    word: 'user-timeout-min',
    name: 'userTimeoutMin',
    kind: 'duration',
    range: [1_000, 86_400 * second],
    doc: 'L_LIMIT: the least user timeout that an option may lead to; never less than the RTO (RFC 5482 §3.1).',
  },
  {
    word: 'user-timeout-max',
    name: 'userTimeoutMax',
    kind: 'duration',
    range: [1_000, 86_400 * second],
    doc: 'U_LIMIT: the greatest user timeout that an option may lead to (RFC 5482 §3.1).',
  },
];
