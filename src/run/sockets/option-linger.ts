/** SO_LINGER: whether a close waits, and how long. */

import type { Duration } from '../../tcp/rule.js';
import { done } from './context.js';
import { keep } from './option-keep.js';
import { both, type OwnOption } from './option-kinds.js';
import type { OptionValue, System } from './socket-calls.js';
import type { BsdSocket } from './table.js';

const SECOND: Duration = 1_000_000;

/** By which FreeBSD tells that it is on. */
const LINGER_BIT = 0x80;

type Linger = Extract<OptionValue, { readonly onoff: number }>;

/** The seconds that Linux tells of a linger without an end: as much of the longest time, in ticks of 4 ms, as an integer holds. */
const ENDLESS = -1_752_346_657;

export const LINGER: OwnOption = {
  level: 'SOL_SOCKET',
  systems: both,
  set: (ctx, socket, { fd, name, value }) => {
    if (typeof value !== 'object' || !('onoff' in value)) return undefined;
    keep(ctx, fd, socket, name, lingerOf(value, ctx.table.system, socket), {});
    return done(0);
  },
  tell: (_, { options }) => done(0, { value: options.SO_LINGER ?? { onoff: 0, linger: 0 } }),
};

/** What is kept of it. Linux takes the time of a linger that is on alone; one below 0 has no end. */
function lingerOf({ onoff, linger }: Linger, system: System, { options }: BsdSocket): Linger {
  const known = options.SO_LINGER;
  if (system === 'freebsd') return { onoff: onoff === 0 ? 0 : LINGER_BIT, linger };
  if (onoff !== 0) return { onoff: 1, linger: linger < 0 ? ENDLESS : linger };
  return { onoff: 0, linger: typeof known === 'object' && 'linger' in known ? known.linger : 0 };
}

/** How long a close waits; undefined: until nothing is outstanding. */
export function lingerTime({ options }: BsdSocket): Duration | undefined {
  const { SO_LINGER: option } = options;
  const seconds = typeof option === 'object' && 'onoff' in option ? option.linger : 0;
  return seconds < 0 ? undefined : seconds * SECOND;
}
