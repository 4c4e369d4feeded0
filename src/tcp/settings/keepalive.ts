/** RFC 9293 §3.8.4 TCP Connection Liveness: when an idle connection is probed, a part of the table of settings. */

import type { Duration } from '../rule.js';
import type { SettingInfo } from '../settings.js';

const second = 1_000_000;

/** Off (MUST-25). */
export const USUAL_KEEPALIVE: KeepaliveSettings = {
  keepalive: 0,
  keepaliveInterval: 75 * second,
  keepaliveProbes: 9,
};

export interface KeepaliveSettings {
  readonly keepalive: Duration;
  readonly keepaliveInterval: Duration;
  readonly keepaliveProbes: number;
}

export const KEEPALIVE_SETTINGS: readonly SettingInfo[] = [
  {
    word: 'keepalive',
    name: 'keepalive',
    kind: 'duration',
    range: [0, 864_000 * second],
    doc: 'How long a connection may be idle before it is probed (§3.8.4); 0 is off, the default (MUST-25).',
  },
  {
    word: 'keepalive-interval',
    name: 'keepaliveInterval',
    kind: 'duration',
    range: [1_000, 86_400 * second],
    doc: 'The time between keep-alive probes that stay unanswered (§3.8.4).',
  },
  {
    word: 'keepalive-probes',
    name: 'keepaliveProbes',
    kind: 'count',
    range: [1, 255],
    doc: 'After how many unanswered keep-alive probes the connection is aborted (§3.8.4, MUST-29).',
  },
];
