/** The ports of a segment that a script injects without naming any. */

import type { World } from '../sim/world.js';
import { addressOf } from '../sim/world.js';
import type { Host } from '../tcp/host.js';
import type { Ports } from './pattern.js';

/** The first port of the dynamic range: what a made-up sender uses. */
const EPHEMERAL = 49152;

/**
 * The ports of the connection between the two, seen from whichever end knows one; else those of the listeners. So an old
 * duplicate belongs to the four-tuple that the script is about.
 */
export function portsBetween(world: World, from: string, to: string): Ports {
  const known = endpoints(world, from, to);
  if (known) return { source: known.local, destination: known.remote };
  const mirrored = endpoints(world, to, from);
  if (mirrored) return { source: mirrored.remote, destination: mirrored.local };
  const source = listenerPort(world.hosts.get(from)) ?? EPHEMERAL;
  return { source, destination: listenerPort(world.hosts.get(to)) ?? EPHEMERAL };
}

/** The latest connection of a host with the other one: first among those that live. */
function endpoints(
  world: World,
  at: string,
  other: string,
): { readonly local: number; readonly remote: number } | undefined {
  const host = world.hosts.get(at);
  if (!host) return undefined;
  const address = addressOf(world, other);
  const latest = host.latest ? [host.latest] : [];
  for (const { tcb } of [...latest, ...[...host.connections.values()].reverse()]) {
    if (tcb.state === 'LISTEN' && tcb.remote === undefined) continue;
    if (tcb.remote?.address === address) return { local: tcb.local.port, remote: tcb.remote.port };
  }
  return undefined;
}

function listenerPort(host: Host | undefined): number | undefined {
  for (const { tcb } of host?.connections.values() ?? []) {
    if (tcb.state === 'LISTEN') return tcb.local.port;
  }
  return undefined;
}
