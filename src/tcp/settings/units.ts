/** RFC 9293 §3.8: how much text an interface is given as one, at what pace, and what waits for more (deviation initial-window); a part of the table of settings. */

import type { Duration } from '../rule.js';
import type { SettingInfo } from '../settings.js';

/** As Linux has it. */
export const USUAL_UNITS: UnitSettings = {
  unitLeast: 2,
  unitNearby: 512,
  unitWait: 3,
  paceSlowStart: 200,
  paceAvoidance: 120,
};

export interface UnitSettings {
  readonly unitLeast: number;
  readonly unitNearby: Duration;
  readonly unitWait: number;
  readonly paceSlowStart: number;
  readonly paceAvoidance: number;
}

export const UNIT_SETTINGS: readonly SettingInfo[] = [
  {
    word: 'unit-least',
    name: 'unitLeast',
    kind: 'count',
    range: [1, 45],
    doc: 'How many segments go to the interface as one even if the pace is slow (with `initial-window`; Linux, `tcp_min_tso_segs`).',
  },
  {
    word: 'unit-nearby',
    name: 'unitNearby',
    kind: 'duration',
    range: [1, 2 ** 31],
    doc: 'A peer is near: what goes to the interface as one may be longer by 65343 octets, and by half as much for each such time of the shortest round trip (with `initial-window`; Linux, `tcp_tso_rtt_log`).',
  },
  {
    word: 'unit-wait',
    name: 'unitWait',
    kind: 'count',
    range: [0, 255],
    doc: 'What would go to the interface as one waits for more room until there is such a part of the window, a third of it by 3; 0: more than three segments (with `initial-window`; Linux, `tcp_tso_win_divisor`).',
  },
  {
    word: 'pace-slow-start',
    name: 'paceSlowStart',
    kind: 'count',
    range: [0, 1_000],
    doc: 'The pace that is aimed at in slow start, in percent of a congestion window in a round trip (with `initial-window`; Linux, `tcp_pacing_ss_ratio`).',
  },
  {
    word: 'pace-avoidance',
    name: 'paceAvoidance',
    kind: 'count',
    range: [0, 1_000],
    doc: 'The same after slow start (Linux, `tcp_pacing_ca_ratio`).',
  },
];
