/** What a script leaves out of a segment that it injects, or that an ICMP message quotes. */

import type { FieldName } from '../lang/segment-tree.js';
import type { World } from '../sim/world.js';
import { addressOf } from '../sim/world.js';
import { findTuple } from '../tcp/host/lookup.js';
import type { Host, IcmpMessage } from '../tcp/host.js';
import { seq } from '../tcp/seq.js';
import { numberIn, type Ports } from './made-segments.js';
import type { Wanted } from './pattern.js';

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

/** A segment from one to the other as an ICMP message quotes it: the first that is not acknowledged, unless it is said. */
export function quoting(
  world: World,
  wanted: Wanted,
  ports: Ports,
): Pick<IcmpMessage, 'source' | 'destination' | 'seq'> {
  const numberOf = (name: FieldName) => numberIn(wanted, name);
  const source = { address: addressOf(world, wanted.from), port: numberOf('from') ?? ports.source };
  const destination = {
    address: addressOf(world, wanted.to),
    port: numberOf('to') ?? ports.destination,
  };
  const host = world.hosts.get(wanted.from);
  const connection = host && findTuple(host, source.port, destination.address, destination.port);
  const quoted = numberOf('seq');
  const first = connection?.tcb.snd.una ?? seq(0);
  return { source, destination, seq: quoted === undefined ? first : seq(quoted) };
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
