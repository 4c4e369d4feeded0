/** A SEND of many segments: its cost for each segment must not grow with how many there are. */

import { advanceWorld, doCall, nextEventAt } from '../src/sim/sim.js';
import { createPair } from './churn.js';
import { cpuMicroseconds, print } from './measure.js';

/** Processor microseconds a segment, of a SEND of `count` full segments until all are acknowledged. */
function costOf(count: number): number {
  const world = createPair(9);
  const local = { address: '10.0.0.1', port: 0 };
  const remote = { address: '10.0.0.2', port: 80 };
  const settings = { mss: 64 };
  doCall(
    world,
    'client',
    { kind: 'OPEN', open: 'active', local, remote, name: 'c', settings },
    1,
    0,
  );
  for (let i = 0; i < 3; i++) advanceWorld(world, i);
  const connection = world.hosts.get('client')?.latest?.ref.id;
  const data = new Uint8Array(64 * count);
  const before = process.cpuUsage();
  doCall(world, 'client', { kind: 'SEND', connection, data }, 2, 0);
  for (let i = 0; nextEventAt(world) !== undefined; i++) advanceWorld(world, i);
  const cost = cpuMicroseconds(before) / count;
  const end = world.hosts.get('client')?.latest?.tcb;
  if (end?.retransmissions.length !== 0 || end.queued.sends.length !== 0)
    throw new Error('not all went');
  return cost;
}

costOf(100);
const few = costOf(100);
const many = costOf(1_000);
print({
  name: 'a SEND of 1,000 segments, against 100',
  unit: 'us a segment',
  measured: many,
  peer: few,
  ratio: many / few,
  goal: { must: 2, aim: 1.3, better: 'less' },
});
