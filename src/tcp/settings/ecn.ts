/** What a host's TCP can be told of Explicit Congestion Notification (RFC 3168 §6.1, RFC 9768 §3): a part of the table of settings. */

import type { SettingInfo } from '../settings.js';

/** By default there is none. */
export const NO_ECN: EcnSettings = {
  ecn: 'off',
  accurateEcn: 'off',
  accurateEcnRetries: 1,
  accurateEcnAnswers: 1,
  accurateEcnOption: 'counted',
  accurateEcnBeacon: 3,
  ecnRetries: 0,
};

export interface EcnSettings {
  readonly ecn: 'off' | 'accept' | 'ask';
  readonly accurateEcn: 'off' | 'accept' | 'ask';
  readonly accurateEcnRetries: number;
  readonly accurateEcnAnswers: number;
  readonly accurateEcnOption: 'off' | 'counted' | 'changed' | 'all' | 'always';
  readonly accurateEcnBeacon: number;
  readonly ecnRetries: number;
}

export const ECN_SETTINGS: readonly SettingInfo[] = [
  {
    word: 'ecn',
    name: 'ecn',
    kind: 'choice',
    choices: ['off', 'accept', 'ask'],
    doc: 'ECN with its classic feedback (RFC 3168 §6.1.1): not at all, when the peer asks for it, or asked for with every SYN.',
  },
  {
    word: 'ecn-retries',
    name: 'ecnRetries',
    kind: 'count',
    range: [0, 255],
    doc: 'How many retransmissions of a SYN still ask for ECN (RFC 3168 §6.1.1.1).',
  },
  {
    word: 'accurate-ecn',
    name: 'accurateEcn',
    kind: 'choice',
    choices: ['off', 'accept', 'ask'],
    doc: 'ECN with accurate feedback (AccECN, RFC 9768 §3.1), and classic ECN with a peer that has no other: not at all, when the peer asks for it, or asked for with every SYN.',
  },
  {
    word: 'accurate-ecn-retries',
    name: 'accurateEcnRetries',
    kind: 'count',
    range: [0, 255],
    doc: 'How many retransmissions of a SYN still ask for AccECN (RFC 9768 §3.1.4.1).',
  },
  {
    word: 'accurate-ecn-answers',
    name: 'accurateEcnAnswers',
    kind: 'count',
    range: [0, 255],
    doc: 'How many retransmissions of a SYN,ACK still agree to AccECN (RFC 9768 §3.2.3.2.2).',
  },
  {
    word: 'accurate-ecn-option',
    name: 'accurateEcnOption',
    kind: 'choice',
    choices: ['off', 'counted', 'changed', 'all', 'always'],
    doc: 'Which ACKs have an AccECN Option besides those of the handshake (RFC 9768 §3.2.3.3): none at all; those after a byte counter has grown, with the counters that have; or, to a peer that has sent one, with all counters, those after a change and the next, or every segment, also (`always`) where the path seems to drop it (§3.2.3.2.2).',
  },
  {
    word: 'accurate-ecn-beacon',
    name: 'accurateEcnBeacon',
    kind: 'count',
    range: [0, 255],
    doc: 'How often in a round trip an AccECN Option goes with `accurate-ecn-option changed` where nothing has changed.',
  },
];
