/** What a host's TCP can be told (RFC 9293 §3.9.1, and the knobs of the RFCs it rests on): one table, everything derived from it. */

import type { FastOpenSettings } from './fast-open/settings.js';
import { FAST_OPEN_SETTINGS, NO_FAST_OPEN } from './fast-open/settings.js';
import type { IsnChoice } from './isn.js';
import type { Duration } from './rule.js';
import type { BufferSettings } from './settings/buffer.js';
import { BUFFER_SETTINGS, USUAL_BUFFER } from './settings/buffer.js';
import type { EcnSettings } from './settings/ecn.js';
import { ECN_SETTINGS, NO_ECN } from './settings/ecn.js';
import type { KeepaliveSettings } from './settings/keepalive.js';
import { KEEPALIVE_SETTINGS, USUAL_KEEPALIVE } from './settings/keepalive.js';
import type { ListeningSettings } from './settings/listening.js';
import { LISTENING_SETTINGS, USUAL_LISTENING } from './settings/listening.js';
import type { TimeoutSettings } from './settings/timeouts.js';
import { TIMEOUT_SETTINGS, USUAL_TIMEOUTS } from './settings/timeouts.js';
import type { UdpSettings } from './settings/udp.js';
import { NO_UDP, UDP_SETTINGS } from './settings/udp.js';
import type { UnitSettings } from './settings/units.js';
import { UNIT_SETTINGS, USUAL_UNITS } from './settings/units.js';
import type { WindowSettings } from './settings/window.js';
import { USUAL_WINDOWS, WINDOW_SETTINGS } from './settings/window.js';
import type { DeviationSettings } from './switches.js';
import { BY_THE_LETTER, DEVIATION_SETTINGS } from './switches.js';

export interface Settings
  extends DeviationSettings,
    KeepaliveSettings,
    ListeningSettings,
    BufferSettings,
    EcnSettings,
    TimeoutSettings,
    FastOpenSettings,
    UdpSettings,
    UnitSettings,
    WindowSettings {
  readonly isn: IsnChoice;
  readonly secret: string;
  readonly mss: number;
  readonly mssOption: boolean;
  readonly timestamps: boolean;
  readonly sack: boolean;
  readonly sendBuffer: number;
  readonly finWait2Timeout: Duration;
  readonly textAfterClose: 'keep' | 'reset' | 'refuse';
  readonly timeWaitReuse: boolean;
  readonly closedPort: 'reset' | 'drop-syn' | 'drop' | 'drop-all';
  readonly timeWaitResets: 'obey' | 'ignore';
  readonly challengeAck: 'on' | 'off' | 'rst' | 'syn';
  readonly challengeAckLimit: number;
  readonly challengeAckInterval: Duration;
  readonly timerDelay: Duration;
  readonly outlet: 'open' | 'full';
  readonly cork: boolean;
  readonly ackDelay: Duration;
  readonly combineSynAck: boolean;
  readonly simultaneousOpen: 'text' | 'figure' | 'figure-ack';
}

export type SettingName = keyof Settings;

/** How a setting is written and read in a script. */
export interface SettingInfo {
  /** The word in the script: `syn-retries`. */
  readonly word: string;
  readonly name: SettingName;
  readonly kind:
    | 'isn'
    | 'string'
    | 'count'
    | 'octets'
    | 'duration'
    | 'switch'
    | 'count-or-off'
    | 'choice';
  /** For `choice`: the words allowed. */
  readonly choices?: readonly string[];
  /** Inclusive bounds of the number: counts, octets, or microseconds. */
  readonly range?: readonly [min: number, max: number];
  /** One sentence for completion and docs, with its section. */
  readonly doc: string;
}

const second = 1_000_000;

/** The profile `rfc9293`: the specification's own values; no run is endless by two hosts alone. */
export const RFC9293: Settings = {
  ...BY_THE_LETTER,
  ...NO_FAST_OPEN,
  ...NO_UDP,
  ...USUAL_WINDOWS,
  ...USUAL_UNITS,
  ackThrottle: 'all',
  isn: { kind: 'rfc6528' },
  secret: 'tcpflow',
  ...USUAL_LISTENING,
  mss: 1460,
  mssOption: true,
  ...USUAL_BUFFER,
  timestamps: false,
  sack: false,
  ...NO_ECN,
  ...USUAL_TIMEOUTS,
  sendBuffer: 1_048_576,
  finWait2Timeout: 0,
  textAfterClose: 'keep',
  timeWaitReuse: false,
  closedPort: 'reset',
  timeWaitResets: 'obey',
  ...USUAL_KEEPALIVE,
  challengeAck: 'on',
  challengeAckLimit: 10,
  challengeAckInterval: 5 * second,
  timerDelay: 0,
  outlet: 'open',
  cork: false,
  ackDelay: 0,
  combineSynAck: true,
  simultaneousOpen: 'text',
};

export const SETTINGS: readonly SettingInfo[] = [
  {
    word: 'isn',
    name: 'isn',
    kind: 'isn',
    doc: 'How initial sequence numbers are chosen: a number, a list, `rfc6528`, `siphash`, `clock` or `random` (§3.4.1).',
  },
  {
    word: 'secret',
    name: 'secret',
    kind: 'string',
    doc: 'The secret key of F in ISN = M + F(...) (§3.4.1, RFC 6528 §3).',
  },
  ...LISTENING_SETTINGS,
  {
    word: 'mss',
    name: 'mss',
    kind: 'octets',
    range: [1, 65_535],
    doc: 'The Maximum Segment Size that is offered, and that bounds what is sent, octets (§3.7.1).',
  },
  {
    word: 'mss-option',
    name: 'mssOption',
    kind: 'switch',
    doc: 'Offer the Maximum Segment Size; a SYN should carry it (SHLD-5, §3.7.1).',
  },
  ...BUFFER_SETTINGS,
  {
    word: 'timestamps',
    name: 'timestamps',
    kind: 'switch',
    doc: 'Offer and accept the timestamps option (RFC 7323 §3.2).',
  },
  {
    word: 'sack',
    name: 'sack',
    kind: 'switch',
    doc: 'Offer and accept SACK-permitted (RFC 2018 §2), and once agreed tell what is held ahead of RCV.NXT (§4).',
  },
  ...ECN_SETTINGS,
  ...TIMEOUT_SETTINGS,
  {
    word: 'send-buffer',
    name: 'sendBuffer',
    kind: 'octets',
    range: [0, 1_073_725_440],
    doc: 'How many octets of SENDs may wait unacknowledged; more meets "insufficient resources" (§3.10.2).',
  },
  {
    word: 'fin-wait-2-timeout',
    name: 'finWait2Timeout',
    kind: 'duration',
    range: [0, 86_400 * second],
    doc: 'How long FIN_WAIT_2 may last; 0 is for ever, as in the text of §3.10.8.',
  },
  {
    word: 'text-after-close',
    name: 'textAfterClose',
    kind: 'choice',
    choices: ['keep', 'reset', 'refuse'],
    doc: 'What new text meets in FIN_WAIT_1 and FIN_WAIT_2: it is kept for a RECEIVE; reset after a CLOSE, as nobody reads it; or reset after a shutdown, too (MAY-1, SHLD-3, §3.6.1).',
  },
  {
    word: 'time-wait-reuse',
    name: 'timeWaitReuse',
    kind: 'switch',
    doc: 'Let a SYN that cannot be an old duplicate reopen a connection from TIME_WAIT (MAY-2, RFC 6191 §2).',
  },
  {
    word: 'closed-port',
    name: 'closedPort',
    kind: 'choice',
    choices: ['reset', 'drop-syn', 'drop', 'drop-all'],
    doc: 'What a segment meets at a port where nobody listens: a reset (§3.10.7.1); silence if it has a SYN, or whatever it is; with `drop-all` an ACK in LISTEN meets silence, too.',
  },
  {
    word: 'time-wait-resets',
    name: 'timeWaitResets',
    kind: 'choice',
    choices: ['obey', 'ignore'],
    doc: 'What a RST does in TIME_WAIT: delete the TCB as §3.10.7.4 says, or nothing (RFC 1337 §3, F1).',
  },
  ...KEEPALIVE_SETTINGS,
  {
    word: 'challenge-ack',
    name: 'challengeAck',
    kind: 'choice',
    choices: ['on', 'off', 'rst', 'syn'],
    doc: 'Answer blind RSTs and SYNs with a challenge ACK (RFC 5961 §3.2, §4.2), or one of the two alone; off is the text of RFC 793.',
  },
  {
    word: 'challenge-ack-limit',
    name: 'challengeAckLimit',
    kind: 'count',
    range: [0, 1_000_000],
    doc: 'How many challenge ACKs a connection may send in one interval (RFC 5961 §7).',
  },
  {
    word: 'challenge-ack-interval',
    name: 'challengeAckInterval',
    kind: 'duration',
    range: [1_000, 3600 * second],
    doc: 'The interval of `challenge-ack-limit` (RFC 5961 §7).',
  },
  {
    word: 'timer-delay',
    name: 'timerDelay',
    kind: 'duration',
    range: [0, second],
    doc: 'How much later than they should the retransmission and persist timers go off, as timers kept in ticks of twice as much do; long ones are kept in coarser ticks, and are later. RTOs and loss probes that are measured wait in whole ticks.',
  },
  {
    word: 'outlet',
    name: 'outlet',
    kind: 'choice',
    choices: ['open', 'full'],
    doc: 'Whether the host’s interface has room for new text and FINs; while it is full they stay with TCP, which tries again every 500 ms.',
  },
  {
    word: 'cork',
    name: 'cork',
    kind: 'switch',
    doc: 'Hold text that does not fill a segment until more comes, the user closes, or the override time-out is over (§3.9.1.2: SENDs without PUSH).',
  },
  {
    word: 'ack-delay',
    name: 'ackDelay',
    kind: 'duration',
    range: [0, 500_000],
    doc: 'How long an ACK may wait for company (§3.8.6.3); 0 acknowledges at once.',
  },
  {
    word: 'combine syn-ack',
    name: 'combineSynAck',
    kind: 'switch',
    doc: 'Send SYN and ACK in one segment; off shows that a handshake is four messages of which two travel together.',
  },
  {
    word: 'simultaneous-open',
    name: 'simultaneousOpen',
    kind: 'choice',
    choices: ['text', 'figure', 'figure-ack'],
    doc: 'Whether a SYN,ACK in SYN_RCVD meets the sequence check by the letter of §3.10.7.4, or is taken as Figure 7 shows, silently or with an ACK.',
  },
  ...FAST_OPEN_SETTINGS,
  ...UDP_SETTINGS,
  ...WINDOW_SETTINGS,
  ...UNIT_SETTINGS,
  ...DEVIATION_SETTINGS,
];

/** The host's settings with these changed. */
export function settings(changes: Partial<Settings> = {}): Settings {
  return { ...RFC9293, ...changes };
}

/** `isn 100`. */
export function fixedIsn(...values: readonly number[]): IsnChoice {
  return { kind: 'fixed', values };
}
