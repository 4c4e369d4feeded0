/** Whole short connections in a world: opened, closed, TIME_WAIT over, the entries gone. What P1 and P2 are measured by. */

import { advanceWorld, doCall } from '../src/sim/sim.js';
import { stepOf } from '../src/sim/step.js';
import type { Machine } from '../src/sim/timeline.js';
import { createTimeline } from '../src/sim/timeline.js';
import type { World } from '../src/sim/world.js';
import { copyWorld, createWorld, sizeOfWorld } from '../src/sim/world.js';
import type { UserCall } from '../src/tcp/calls.js';
import type { Host } from '../src/tcp/host.js';
import { recording } from '../src/tcp/rule.js';
import type { Settings } from '../src/tcp/settings.js';
import { settings } from '../src/tcp/settings.js';

/** A world in which `client` opens and closes one connection after the other, and `server` closes when it is closed. */
export interface Churn {
  readonly world: World;
  readonly client: Host;
  readonly server: Host;
  readonly count: number;
  /** Connections that were opened. */
  opened: number;
  phase: 'open' | 'close' | 'answer';
  calls: number;
}

const CLIENT = { address: '10.0.0.1', port: 0 };
const SERVER = { address: '10.0.0.2', port: 80 };
const STATEMENT = { kind: 'statement', statement: 0 } as const;
const OPEN: UserCall = {
  kind: 'OPEN',
  open: 'active',
  local: CLIENT,
  remote: SERVER,
  name: undefined,
};

/** A world of two hosts alike, with a listener at port 80 of `server` that lets `backlog` connections wait. */
export function createPair(
  backlog: number,
  changes: Partial<Settings> = { msl: 1_000 },
  link: { readonly delay: number; readonly loss?: number } = { delay: 100 },
): World {
  const config = settings(changes);
  const hosts = [
    { name: 'client', address: CLIENT.address, settings: config },
    { name: 'server', address: SERVER.address, settings: config },
  ];
  const world = createWorld({ seed: 1, hosts, links: [{ a: 'client', b: 'server', ...link }] });
  listen(world, SERVER.port, backlog);
  return world;
}

/** One listener more at `server`. */
export function listen(world: World, port: number, backlog: number): void {
  const local = { address: SERVER.address, port };
  doCall(
    world,
    'server',
    { kind: 'OPEN', open: 'passive', local, remote: undefined, backlog },
    0,
    0,
  );
}

/** `count` connections to come, in this world. */
export function churnOn(world: World, count: number): Churn {
  const [client, server] = [world.hosts.get('client'), world.hosts.get('server')];
  if (client === undefined || server === undefined) throw new Error('client and server');
  return { world, client, server, count, opened: 0, phase: 'open', calls: 0 };
}

/** The next event, or when there is none the next call. Undefined when all connections were opened and are gone. */
export function advance(churn: Churn, index: number) {
  const { world } = churn;
  const event = isDue(churn) ? undefined : advanceWorld(world, index);
  if (event !== undefined) return event;
  if (churn.phase === 'open' && churn.opened === churn.count) return undefined;
  const host = churn.phase === 'answer' ? 'server' : 'client';
  churn.calls += 1;
  const part = doCall(world, host, nextCall(churn), churn.calls, 0);
  return stepOf(part, { index, at: world.now, cause: STATEMENT, origin: 0 });
}

/** A connection is closed as soon as it is open; the other half as soon as it is closed. */
function isDue({ server, phase }: Churn): boolean {
  if (phase === 'open') return false;
  const state = server.latest?.tcb.state;
  return phase === 'close' ? state === 'ESTABLISHED' : state === 'CLOSE_WAIT';
}

function nextCall(churn: Churn): UserCall {
  switch (churn.phase) {
    case 'open':
      churn.opened += 1;
      churn.phase = 'close';
      return OPEN;
    case 'close':
      churn.phase = 'answer';
      return { kind: 'CLOSE', connection: churn.client.latest?.ref.id };
    case 'answer':
      churn.phase = 'open';
      return { kind: 'CLOSE', connection: churn.server.latest?.ref.id };
  }
}

/** Runs `count` connections with nothing recorded. */
export function headless(count: number): void {
  check(recording('nothing', () => drain(churnOn(createPair(9), count))));
}

/** Advances to the end; returns the churn and how many events that took. */
export function drain(churn: Churn): { readonly churn: Churn; readonly steps: number } {
  let steps = 0;
  while (advance(churn, steps) !== undefined) steps += 1;
  return { churn, steps };
}

/** Runs `count` connections under a timeline, which can go back to every one of their events. */
export function recorded(count: number): void {
  const machine: Machine<Churn> = {
    start: () => churnOn(createPair(9), count),
    copy: copyChurn,
    advance,
    size: ({ world }) => sizeOfWorld(world),
  };
  const timeline = createTimeline(machine);
  while (timeline.extend('places') !== undefined);
  const steps = timeline.length();
  check({ churn: timeline.stateBefore(steps), steps });
}

function copyChurn({ world, count, opened, phase, calls }: Churn): Churn {
  return { ...churnOn(copyWorld(world), count), opened, phase, calls };
}

/** Three calls, seven segments and one time-out for each connection, and nothing is left. */
function check({ churn, steps }: ReturnType<typeof drain>): void {
  const left = `${churn.client.connections.size} and ${churn.server.connections.size}`;
  if (steps !== churn.count * 11 || left !== '0 and 1')
    throw new Error(`${steps} steps, ${left} left`);
}
