/** What a host can be told of those who ask for a connection (RFC 9293 §3.10.7.2, RFC 4987 §3): a part of the table of settings. */

import type { Duration } from '../rule.js';
import type { SettingInfo } from '../settings.js';

const second = 1_000_000;

/** Queues have room, and nobody needs a cookie. */
export const USUAL_LISTENING: ListeningSettings = {
  backlog: 128,
  synQueue: 128,
  synCookies: 'off',
  onOverflow: 'drop',
  deferAccept: 0,
};

export interface ListeningSettings {
  readonly backlog: number;
  readonly synQueue: number;
  readonly synCookies: 'off' | 'on-overflow' | 'always';
  readonly onOverflow: 'drop' | 'reset' | 'reset-ack' | 'recycle';
  readonly deferAccept: Duration;
}

export const LISTENING_SETTINGS: readonly SettingInfo[] = [
  {
    word: 'backlog',
    name: 'backlog',
    kind: 'count',
    range: [0, 1_000_000],
    doc: 'How many complete connections may wait for ACCEPT.',
  },
  {
    word: 'syn-queue',
    name: 'synQueue',
    kind: 'count',
    range: [0, 1_000_000],
    doc: 'How many half-open connections a listener keeps (RFC 4987 §2.2).',
  },
  {
    word: 'syncookies',
    name: 'synCookies',
    kind: 'choice',
    choices: ['off', 'on-overflow', 'always'],
    doc: 'Whether SYNs are answered with cookies and not kept: never, when the half-open queue is full, or always (RFC 4987 §3.6).',
  },
  {
    word: 'on-overflow',
    name: 'onOverflow',
    kind: 'choice',
    choices: ['drop', 'reset', 'reset-ack', 'recycle'],
    doc: 'What a SYN meets when a queue is full: silence, a reset, silence while the ACK of a half-open connection meets a reset (`reset-ack`), or the place of the oldest half-open connection (RFC 4987 §2.2, §3.4).',
  },
  {
    word: 'defer-accept',
    name: 'deferAccept',
    kind: 'duration',
    range: [0, 3600 * second],
    doc: 'How long a handshake waits for the first text before it is complete without any; 0 does not wait.',
  },
];
