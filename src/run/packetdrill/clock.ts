/** When the lines of a packetdrill script are due. */

import type { PacketTime } from '../../lang/packet-operations.js';
import type { Instant } from '../../tcp/rule.js';
import type { PacketState } from './state.js';

/** From when to when a line is due; undefined: whenever. */
export function dueTimes(
  { base }: PacketState,
  time: PacketTime,
): { readonly from: Instant; readonly to: Instant } | undefined {
  switch (time.kind) {
    case 'any':
      return undefined;
    case 'absolute':
      return { from: time.at, to: time.at };
    case 'relative':
      return { from: base + time.at, to: base + time.at };
    case 'absolute-range':
      return { from: time.from, to: time.to };
    case 'relative-range':
      return { from: base + time.from, to: base + time.to };
  }
}
