/** RFC 7413 §4: the settings of TCP Fast Open, all off until somebody asks for it. */

import type { Duration } from '../rule.js';
import type { SettingInfo } from '../settings.js';

export interface FastOpenSettings {
  readonly fastOpen: 'off' | 'client' | 'server' | 'both';
  readonly fastOpenKey: string;
  /** How many fast-opened connections of a listener may be half-open; undefined: as many as its backlog. */
  readonly fastOpenQueue: number | undefined;
  readonly fastOpenCookieless: 'off' | 'client' | 'server' | 'both';
  readonly fastOpenOption: 'standard' | 'both';
  readonly fastOpenRetry: Duration;
  readonly fastOpenMss: 'default' | 'own';
}

/** What holds in the profile `rfc9293`. */
export const NO_FAST_OPEN: FastOpenSettings = {
  fastOpen: 'off',
  fastOpenKey: '',
  fastOpenQueue: undefined,
  fastOpenCookieless: 'off',
  fastOpenOption: 'standard',
  fastOpenRetry: 900_000_000,
  fastOpenMss: 'default',
};

/** As rows of `SETTINGS`. */
export const FAST_OPEN_SETTINGS: readonly SettingInfo[] = [
  {
    word: 'fast-open',
    name: 'fastOpen',
    kind: 'choice',
    choices: ['off', 'client', 'server', 'both'],
    doc: 'TCP Fast Open (RFC 7413 §4.2): as a client SYNs ask for cookies and carry text, as a server listeners give cookies and take text.',
  },
  {
    word: 'fast-open-key',
    name: 'fastOpenKey',
    kind: 'string',
    doc: 'What cookies are made with: 32 hexadecimal digits or any text; cookies of a second key, after a comma, are still good (RFC 7413 §4.1.2). Empty: made of `secret`.',
  },
  {
    word: 'fast-open-queue',
    name: 'fastOpenQueue',
    kind: 'count-or-off',
    range: [0, 1_000_000],
    doc: 'The limit of PendingFastOpenRequests (RFC 7413 §4.2): how many connections of a listener may be open fast and in SYN_RCVD; `off`: as many as its backlog.',
  },
  {
    word: 'fast-open-cookieless',
    name: 'fastOpenCookieless',
    kind: 'choice',
    choices: ['off', 'client', 'server', 'both'],
    doc: 'Who does without cookies (RFC 7413 §7.3): a client that sends text with a plain SYN, a server that takes it.',
  },
  {
    word: 'fast-open-option',
    name: 'fastOpenOption',
    kind: 'choice',
    choices: ['standard', 'both'],
    doc: 'The option kind 34 alone (RFC 7413 §4.1.1), or also the experimental kind 254 that came before it.',
  },
  {
    word: 'fast-open-mss',
    name: 'fastOpenMss',
    kind: 'choice',
    choices: ['default', 'own'],
    doc: 'How much text a SYN may carry to a server whose MSS is not known: as the default MSS of 536 or 1220 lets it (RFC 7413 §4.1.3), or as the own.',
  },
  {
    word: 'fast-open-retry',
    name: 'fastOpenRetry',
    kind: 'duration',
    range: [0, 86_400_000_000],
    doc: 'For how long a path is opened the plain way after a negative response (RFC 7413 §4.1.3.1); 0 tries again at once.',
  },
];
