/** RFC 9293 §3.7.1 and §3.8.6, RFC 5681 §4.1: what a host can be told of windows and segments that the RFCs recommend otherwise, a part of the table of settings. */

import type { SettingInfo } from '../settings.js';

/** As the RFCs recommend it. */
export const USUAL_WINDOWS: WindowSettings = {
  idleWindow: 'halve',
  reorderingDegree: 3,
  windowRetract: false,
  mssUntold: 0,
  mtuProbing: 'off',
  mtuProbeBase: 1_024,
};

export interface WindowSettings {
  readonly idleWindow: 'halve' | 'keep';
  readonly reorderingDegree: number;
  readonly windowRetract: boolean;
  readonly mssUntold: number;
  readonly mtuProbing: 'off' | 'black-hole' | 'always';
  readonly mtuProbeBase: number;
}

export const WINDOW_SETTINGS: readonly SettingInfo[] = [
  {
    word: 'idle-window',
    name: 'idleWindow',
    kind: 'choice',
    choices: ['halve', 'keep'],
    doc: 'What each RTO in which no text was sent does to the congestion window (with `initial-window`): halve it (RFC 5681 §4.1), or nothing (Linux, `tcp_slow_start_after_idle`).',
  },
  {
    word: 'reordering-degree',
    name: 'reorderingDegree',
    kind: 'count',
    range: [1, 300],
    doc: 'DupThresh: how many duplicate ACKs show a loss without SACK, and with `loss-recovery rack` how many segments that have arrived (RFC 5681 §3.2, RFC 8985 §6.2; Linux, `tcp_reordering`).',
  },
  {
    word: 'window-retract',
    name: 'windowRetract',
    kind: 'switch',
    doc: 'Tell a smaller window than before when there is less memory, which SHLD-14 advises against (§3.8.6; with `receive-space memory` and a window scale; Linux, `tcp_shrink_window`).',
  },
  {
    word: 'mss-untold',
    name: 'mssUntold',
    kind: 'octets',
    range: [0, 65_535],
    doc: 'The MSS that is believed of who is connected to and tells none; 0: the default, but no more than ours (§3.7.1, MUST-15).',
  },
  {
    word: 'mtu-probing',
    name: 'mtuProbing',
    kind: 'choice',
    choices: ['off', 'black-hole', 'always'],
    doc: 'Find out what the path takes by segments that are longer than the others (RFC 4821; Linux, `tcp_mtu_probing`): never, once retransmissions have been in vain so often that the path may swallow long ones, or always.',
  },
  {
    word: 'mtu-probe-base',
    name: 'mtuProbeBase',
    kind: 'octets',
    range: [48, 65_535],
    doc: 'The text of a segment that every path is believed to take (RFC 4821 §7.2): the search begins there, and segments are no longer in a black hole (Linux, `tcp_base_mss`).',
  },
];
