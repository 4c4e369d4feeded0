/** S3: what a million connections leave behind when they are gone. */

import { churnOn, createPair, drain } from './churn.js';
import { heapInUse, print } from './measure.js';

const count = process.argv.includes('--long') ? 1_000_000 : 200_000;

const world = createPair(9);
drain(churnOn(world, 10_000));
const before = heapInUse();
drain(churnOn(world, count));
const kept = heapInUse() - before;
print({
  name: `S3 memory kept by ${count.toLocaleString('en')} closed connections`,
  unit: 'kB',
  measured: kept / 1_000,
  goal: { must: 1_000, aim: 100, better: 'less' },
});
if (world.hosts.get('client')?.connections.size !== 0) throw new Error('connections are left');
