/** SENDs that wait for a window, and text that nobody reads: what one more costs must hardly grow with how many there are. */

import { advanceWorld, doCall, nextEventAt } from '../src/sim/sim.js';
import type { World } from '../src/sim/world.js';
import type { Settings } from '../src/tcp/settings.js';
import { createPair } from './churn.js';
import { cpuMicroseconds, print } from './measure.js';
import { costOfSend, openClient } from './one-send.js';

const [FEW, MANY] = [2_000, 20_000];

/** Two hosts whose windows are made of memory, and a listener. */
function createWith(changes: Partial<Settings>): World {
  return createPair(9, { sack: true, mss: 64, windowScale: 10, ...changes }, { delay: 10_000 });
}

/** Processor microseconds a SEND, of `count` that come at one instant, until all are acknowledged. */
function costOfPile(count: number): number {
  const world = createWith({ mss: 1_460 });
  const connection = openClient(world);
  const data = new Uint8Array(2);
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++)
    doCall(world, 'client', { kind: 'SEND', connection, data }, 2 + i, 0);
  for (let i = 0; nextEventAt(world) !== undefined; i++) advanceWorld(world, i);
  const end = world.hosts.get('client')?.latest?.tcb;
  if (end === undefined || end.queued.unacknowledged.length > 0) throw new Error('not all went');
  return cpuMicroseconds(before) / count;
}

/** Processor microseconds a segment, of `count` that are received and not read. */
function costOfUnread(count: number): number {
  const space = { receiveSpace: 'memory', window: 40_000_000, sendBuffer: 4_000_000 } as const;
  return costOfSend(createWith(space), 64 * count, count);
}

for (const [name, cost] of [
  ['SENDs that wait', costOfPile],
  ['segments that nobody reads', costOfUnread],
] as const) {
  cost(MANY);
  const few = Math.min(cost(FEW), cost(FEW), cost(FEW));
  const many = cost(MANY);
  print({
    name: `20,000 ${name}, against 2,000`,
    unit: 'us each',
    measured: many,
    peer: few,
    ratio: many / few,
    goal: { must: 4, aim: 2, better: 'less' },
  });
}
