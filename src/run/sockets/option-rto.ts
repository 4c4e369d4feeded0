/** Linux's bounds of one connection's timers, which are whole ticks: TCP_RTO_MAX_MS, TCP_RTO_MIN_US, TCP_DELACK_MAX_US. */

import type { Duration } from '../../tcp/rule.js';
import { settingsOf } from './context.js';
import { linux, type Option } from './option-kinds.js';

const MILLISECOND: Duration = 1_000;
const SECOND: Duration = 1_000_000;

/** A tick at 250 Hz. */
const TICK: Duration = 4 * MILLISECOND;

/** What either may be at least and at most. */
const RTO_MIN = [2 * TICK, SECOND / 5] as const;
const RTO_MAX = [SECOND, 120 * SECOND] as const;
const ACK_MAX = [2 * TICK, SECOND / 5] as const;

const wholeTicks = (time: Duration) => Math.ceil(time / TICK) * TICK;

type Bounds = readonly [least: Duration, most: Duration];

const isWithin = (time: Duration, [least, most]: Bounds) => time >= least && time <= most;

/** Microseconds that are a setting, in whole ticks. */
function microseconds(name: 'rtoMin' | 'interactiveAckMax', bounds: Bounds): Option {
  return {
    level: 'IPPROTO_TCP',
    systems: linux,
    apply: (value) => {
      const time = wholeTicks(value);
      return isWithin(time, bounds) ? { [name]: time } : undefined;
    },
    told: wholeTicks,
    get: (ctx, socket) => settingsOf(ctx, socket)[name],
  };
}

export const RTO_OPTIONS: Readonly<Record<string, Option>> = {
  TCP_RTO_MAX_MS: {
    level: 'IPPROTO_TCP',
    systems: linux,
    apply: (value) => {
      const time = value * MILLISECOND;
      return isWithin(time, RTO_MAX) ? { rtoMax: wholeTicks(time) } : undefined;
    },
    told: (value) => wholeTicks(value * MILLISECOND) / MILLISECOND,
    get: (ctx, socket) => settingsOf(ctx, socket).rtoMax / MILLISECOND,
  },
  TCP_DELACK_MAX_US: microseconds('interactiveAckMax', ACK_MAX),
  TCP_RTO_MIN_US: microseconds('rtoMin', RTO_MIN),
};
