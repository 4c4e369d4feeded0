/** One large SEND, of which each segment must cost about the same however many there are. */

import { advanceWorld, doCall, nextEventAt } from '../src/sim/sim.js';
import type { World } from '../src/sim/world.js';
import type { Settings } from '../src/tcp/settings.js';
import { cpuMicroseconds } from './measure.js';

const LOCAL = { address: '10.0.0.1', port: 0 };
const REMOTE = { address: '10.0.0.2', port: 80 };

/** The client's connection to port 80 of the server, open. */
export function openClient(world: World, settings: Partial<Settings> = {}): number | undefined {
  const open = { kind: 'OPEN', open: 'active', local: LOCAL, remote: REMOTE, name: 'c' } as const;
  doCall(world, 'client', { ...open, settings }, 1, 0);
  for (let i = 0; i < 3; i++) advanceWorld(world, i);
  return world.hosts.get('client')?.latest?.ref.id;
}

/** Processor microseconds for each of the segments of `octets` that the client of a world sends at once, until all are acknowledged. */
export function costOfSend(
  world: World,
  octets: number,
  segments: number,
  settings: Partial<Settings> = {},
): number {
  const connection = openClient(world, settings);
  const data = new Uint8Array(octets);
  const before = process.cpuUsage();
  doCall(world, 'client', { kind: 'SEND', connection, data }, 2, 0);
  for (let i = 0; nextEventAt(world) !== undefined; i++) advanceWorld(world, i);
  const cost = cpuMicroseconds(before) / segments;
  const end = world.hosts.get('client')?.latest?.tcb;
  if (end?.retransmissions.length !== 0 || end.queued.sends.length !== 0)
    throw new Error('not all went');
  return cost;
}
