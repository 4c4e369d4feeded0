/** When the lines of a packetdrill script are due, and how much they may be off. */

import { printInstant } from '../../base/time.js';
import type { PacketTime } from '../../lang/packet-operations.js';
import type { Instant } from '../../tcp/rule.js';
import type { Difference } from '../expectations.js';
import type { PacketState } from './state.js';

/** From when to when a line is due. */
export interface Due {
  readonly from: Instant;
  readonly to: Instant;
}

/** When a line is due; undefined: whenever. */
export function dueTimes({ base }: PacketState, time: PacketTime): Due | undefined {
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

/** How much a line may be off: the script's tolerance, or a part of the time since the line before. */
export function toleranceOf({ script, dueBefore }: PacketState, { from }: Due): number {
  if (dueBefore === undefined) return script.tolerance;
  return Math.max(script.tolerance, Math.floor((from - dueBefore) * script.tolerancePart));
}

/** What is wrong when something that is due happens at an instant; nothing within the tolerance. */
export function untimely(
  packets: PacketState,
  due: Due | undefined,
  at: Instant,
): readonly Difference[] {
  if (!due) return [];
  const tolerance = toleranceOf(packets, due);
  if (at >= due.from - tolerance && at <= due.to + tolerance) return [];
  const [from, to] = [printInstant(due.from), printInstant(due.to)];
  const expected = from === to ? from : `${from}~${to}`;
  return [{ field: 'time', expected, actual: printInstant(at) }];
}

/** The clock after a line: what comes next is counted from when it was over. */
export function clockAfter(
  { base }: PacketState,
  due: Due | undefined,
  now: Instant,
): Pick<PacketState, 'base' | 'dueBefore'> {
  return { base: now, dueBefore: due?.from ?? base };
}
