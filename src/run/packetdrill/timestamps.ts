/** RFC 7323 §3: the timestamps of a packetdrill script and those on the wire. */

import type { PacketSegment } from '../../lang/packet-operations.js';
import type { Delivery } from '../../sim/delivery.js';
import type { Instant } from '../../tcp/rule.js';
import type { Segment } from '../../tcp/segment.js';
import type { Difference } from '../expectations.js';
import { toleranceOf } from './clock.js';
import { type Flow, type PacketState, withFlow } from './state.js';

function scriptTimestamp({ options }: PacketSegment): number | undefined {
  for (const option of options ?? []) if (option.kind === 'timestamps') return option.val;
  return undefined;
}

/** Keeps which timestamp of the script stands for which on the wire. */
export function noted(
  packets: PacketState,
  wanted: PacketSegment,
  { segment, sentAt }: Delivery,
  flow: Flow,
): PacketState {
  const script = scriptTimestamp(wanted);
  const live = segment.options.timestamps?.val;
  if (script === undefined || live === undefined) return packets;
  return withFlow(packets, packets.current, {
    timestamps: new Map([...flow.timestamps, [script, live]]),
    firstTimestamp: flow.firstTimestamp ?? { script, live, at: sentAt },
  });
}

/** Where the script says how long its ticks are, the host's clock must have gone on as the script's numbers do. */
export function ticks(
  packets: PacketState,
  wanted: PacketSegment,
  { options }: Segment,
  { firstTimestamp }: Flow,
  at: Instant,
): readonly Difference[] {
  const { timestampTick } = packets.script;
  const script = scriptTimestamp(wanted);
  const live = options.timestamps?.val;
  if (timestampTick === undefined || firstTimestamp === undefined) return [];
  if (script === undefined || live === undefined) return [];
  const passed = (live - firstTimestamp.live) >>> 0;
  const expected = (script - firstTimestamp.script) >>> 0;
  // What counts is how far the numbers are apart since the beginning.
  const allowed = toleranceOf({ ...packets, dueBefore: 0 }, { from: at, to: at });
  if (Math.abs((passed - expected) | 0) * timestampTick <= allowed) return [];
  const actual = (firstTimestamp.script + passed) >>> 0;
  return [{ field: 'TS val', expected: String(script), actual: String(actual) }];
}
