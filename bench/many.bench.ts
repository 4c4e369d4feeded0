/** S1, S2: what it costs to establish a connection, and to have one, when there are many. */

import { advanceWorld, doCall, nextEventAt } from '../src/sim/sim.js';
import type { World } from '../src/sim/world.js';
import { churnOn, createPair, drain, listen } from './churn.js';
import { cpuMicroseconds, heapInUse, median, print } from './measure.js';

const long = process.argv.includes('--long');
const [firstPort, ports] = [1_024, 60_000];

/** Establishes connections until `until` are: at most `ports` with each port of the server. */
function establish(world: World, from: number, until: number): void {
  for (let i = from; i < until; i++) {
    const port = 1_000 + Math.floor(i / ports);
    if (i % ports === 0) listen(world, port, 2 * ports);
    const local = { address: '10.0.0.1', port: firstPort + (i % ports) };
    const remote = { address: '10.0.0.2', port };
    doCall(world, 'client', { kind: 'OPEN', open: 'active', local, remote, name: undefined }, i, 0);
    for (let events = 0; events < 3; events++) advanceWorld(world, 0);
  }
}

function check(world: World, count: number): void {
  const client = world.hosts.get('client')?.connections.size;
  if (client !== count || nextEventAt(world) !== undefined)
    throw new Error(`${client} of ${count} connections are established`);
}

/** Processor microseconds for each connection, of `count` established in a world of their own. */
function costOf(count: number): number {
  const world = createPair(9);
  const before = process.cpuUsage();
  establish(world, 0, count);
  const cost = cpuMicroseconds(before) / count;
  check(world, count);
  return cost;
}

/** Processor microseconds for each of a thousand, as often as makes a measurement. */
function costOfFew(): number {
  return median(Array.from({ length: 20 }, () => costOf(1_000)));
}

for (let i = 0; i < 5; i++) costOf(5_000);
const sizes = long ? [100_000, 1_000_000] : [100_000];
const few = costOfFew();
for (const count of sizes) {
  const measured = costOf(count);
  const goal = count === 100_000 ? { must: 2, aim: 1.3 } : { must: 3, aim: 2 };
  print({
    name: `S1 establishing ${count.toLocaleString('en')}, against 1,000`,
    unit: 'us a connection',
    measured,
    peer: few,
    ratio: measured / few,
    goal: { ...goal, better: 'less' },
  });
}

const empty = createPair(9);
const before = heapInUse();
const world = createPair(9);
establish(world, 0, 100_000);
const octets = (heapInUse() - before) / 200_000;
check(world, 100_000);
print({
  name: 'S2 memory of an established end',
  unit: 'octets',
  measured: octets,
  goal: { must: 700, aim: 320, better: 'less' },
});

/** Short connections a second beside those that stand. */
function churnRate(standing: World): number {
  const count = 5_000;
  return median(
    Array.from({ length: 5 }, () => {
      const began = process.cpuUsage();
      drain(churnOn(standing, count));
      return count / (cpuMicroseconds(began) / 1e6);
    }),
  );
}

let established = 100_000;
const alone = churnRate(empty);
for (const standing of [0, ...sizes]) {
  if (standing > established) establish(world, established, standing);
  if (standing > established) established = standing;
  const rate = standing === 0 ? churnRate(empty) : churnRate(world);
  if (standing === 0) continue;
  const goal = { must: 1 / 3, aim: 1 / 2, better: 'more' } as const;
  print({
    name: `S1 short connections beside ${standing.toLocaleString('en')} that stand`,
    unit: 'connections/s',
    measured: rate,
    peer: alone,
    ratio: rate / alone,
    goal,
  });
}
