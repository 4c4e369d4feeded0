/** Whole short connections: opened, closed, TIME_WAIT over, the entries gone; recorded, and with nothing kept. */

import { advanceWorld, doCall, nextEventAt } from '../src/sim/sim.js';
import { stepOf } from '../src/sim/step.js';
import type { Machine } from '../src/sim/timeline.js';
import { createTimeline } from '../src/sim/timeline.js';
import type { World } from '../src/sim/world.js';
import { copyWorld, createWorld, sizeOfWorld } from '../src/sim/world.js';
import type { UserCall } from '../src/tcp/calls.js';
import { settings } from '../src/tcp/settings.js';
import { shortConnections } from './bound.js';
import { perSecond, report } from './measure.js';

const count = 3_000;

/** A world in which `client` opens and closes one connection after the other, and `server` closes when it is closed. */
interface Churn {
  readonly world: World;
  /** Connections that were opened. */
  opened: number;
  phase: 'open' | 'close' | 'answer';
  calls: number;
}

function start(): Churn {
  const config = settings({ msl: 1_000 });
  const hosts = [
    { name: 'client', address: '10.0.0.1', settings: config },
    { name: 'server', address: '10.0.0.2', settings: config },
  ];
  const world = createWorld({ seed: 1, hosts, links: [{ a: 'client', b: 'server', delay: 100 }] });
  const local = { address: '10.0.0.2', port: 80 };
  doCall(
    world,
    'server',
    { kind: 'OPEN', open: 'passive', local, remote: undefined, backlog: 9 },
    0,
    0,
  );
  return { world, opened: 0, phase: 'open', calls: 0 };
}

/** The next event, or when there is none the next call. Undefined when all connections were opened and are gone. */
function advance(churn: Churn, index: number) {
  const { world } = churn;
  if (nextEventAt(world) !== undefined && !isDue(churn)) return advanceWorld(world, index);
  const next = nextCall(churn);
  if (next === undefined) return undefined;
  churn.calls += 1;
  const part = doCall(world, next.host, next.call, churn.calls, 0);
  const cause = { kind: 'statement', statement: 0 } as const;
  return stepOf(part, { index, at: world.now, cause, origin: 0 });
}

/** A connection is closed as soon as it is open; the other half as soon as it is closed. */
function isDue({ world, phase }: Churn): boolean {
  const state = (name: string) => world.hosts.get(name)?.latest?.tcb.state;
  if (phase === 'close') return state('server') === 'ESTABLISHED';
  return phase === 'answer' && state('server') === 'CLOSE_WAIT';
}

function nextCall(churn: Churn): { readonly host: string; readonly call: UserCall } | undefined {
  const host = churn.phase === 'answer' ? 'server' : 'client';
  const connection = churn.world.hosts.get(host)?.latest?.ref.id;
  switch (churn.phase) {
    case 'open': {
      if (churn.opened === count) return undefined;
      churn.opened += 1;
      churn.phase = 'close';
      const local = { address: '10.0.0.1', port: 0 };
      const remote = { address: '10.0.0.2', port: 80 };
      return { host, call: { kind: 'OPEN', open: 'active', local, remote, name: undefined } };
    }
    case 'close':
      churn.phase = 'answer';
      return { host, call: { kind: 'CLOSE', connection } };
    case 'answer':
      churn.phase = 'open';
      return { host, call: { kind: 'CLOSE', connection } };
  }
}

const machine: Machine<Churn> = {
  start,
  copy: (churn) => ({ ...churn, world: copyWorld(churn.world) }),
  advance,
  size: ({ world }) => sizeOfWorld(world),
};

function headless(): void {
  const churn = start();
  let index = 0;
  while (advance(churn, index) !== undefined) index += 1;
  check(churn, index);
}

function recorded(): void {
  const timeline = createTimeline(machine);
  while (timeline.extend() !== undefined);
  check(timeline.stateBefore(timeline.length()), timeline.length());
}

/** Three calls, seven segments and one time-out for each connection, and nothing is left. */
function check({ world }: Churn, steps: number): void {
  const left = [...world.hosts.values()].map(({ connections }) => connections.size);
  if (steps !== count * 11 || left.join() !== '0,1')
    throw new Error(`${steps} steps, ${left} left`);
}

const bound = () => perSecond(20 * count, () => shortConnections(20 * count));

report({
  name: 'short connections, recorded, against plain objects',
  unit: 'connections/s',
  measured: () => perSecond(count, recorded),
  bound,
});
report({
  name: 'short connections, nothing kept, against plain objects',
  unit: 'connections/s',
  measured: () => perSecond(count, headless),
  bound,
});
