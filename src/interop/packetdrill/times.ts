/** When the lines of a packetdrill script happen, and what about their times cannot be. */

import type { Message } from '../../lang/diagnostics.js';
import type { PacketTime } from '../../lang/packet-operations.js';
import type { Range } from '../../lang/range.js';
import type { EventLine } from './ast.js';
import { commandWithoutTime, firstNotAtZero, timeGoesBack, timeOfExpected } from './messages.js';

/** Takes note of what is wrong at a place. */
export type Report = (message: Message, range: Range) => void;

/** The time of a line that does not say any. */
export const AT_ONCE: PacketTime = { kind: 'relative', at: 0 };

/** A time, or the first of a range; undefined when it may be any. */
export function startOf(time: PacketTime): number | undefined {
  if ('at' in time) return time.at;
  return time.kind === 'any' ? undefined : time.from;
}

/** The first event is at time 0; commands without a time stand before all events, or after them. */
export function checkFirstTime(lines: readonly EventLine[], report: Report): void {
  const timed = lines.filter(({ time }) => time !== undefined);
  const [first, last] = [timed[0], timed.at(-1)];
  if (first?.time === undefined || last === undefined) return;
  const at = startOf(first.time) ?? 0;
  if (at !== 0) report(firstNotAtZero(at / 1_000_000), first.range);
  for (const line of lines.slice(lines.indexOf(first), lines.indexOf(last))) {
    if (line.time === undefined) report(commandWithoutTime(), line.range);
  }
}

/** Absolute times go forward, and only what is expected may come whenever; returns the latest that is known. */
export function checkTime(
  { time = AT_ONCE, event, range }: EventLine,
  latest: number,
  report: Report,
): number {
  if (event.kind !== 'segment-out' && !('at' in time)) {
    report(timeOfExpected(time.kind === 'any' ? 'A time `*`' : 'A range of times'), range);
  }
  const [from, to] =
    time.kind === 'any' ? [0, 0] : 'at' in time ? [time.at, time.at] : [time.from, time.to];
  if (to < from) report(timeGoesBack(), range);
  if (time.kind === 'relative') return latest + time.at;
  if (time.kind !== 'absolute' && time.kind !== 'absolute-range') return latest;
  if (to < latest) report(timeGoesBack(), range);
  return Math.max(latest, from);
}
