/** RFC 9293 §3.3.1 and §3.9.1.1: how a segment, a call or a user finds an entry of the connection table. */

import type { Connection, Host } from './connection-table.js';
import { createQueues } from './listen-queues.js';

/** The connection of this four-tuple. */
export function findTuple(
  host: Host,
  localPort: number,
  address: string,
  port: number,
): Connection | undefined {
  const found = host.tuples.get(address);
  if (found === undefined) return undefined;
  if (found instanceof Map) return found.get(portPair(localPort, port));
  return portsOf(found) === portPair(localPort, port) ? found : undefined;
}

/** The listener that a segment from `remote` meets: the one opened for that very socket before the general one. */
export function findListener(
  host: Host,
  localPort: number,
  address: string,
  port: number,
): Connection | undefined {
  let general: Connection | undefined;
  for (const id of host.listeners.get(localPort) ?? []) {
    const listener = host.connections.get(id);
    if (listener === undefined) continue;
    const wanted = listener.tcb.remote;
    if (wanted === undefined) general = listener;
    else if (wanted.port === port && wanted.address === address) return listener;
  }
  return general;
}

/** The living connection of this name: `c1`, `l1`, or what `as` said; one that has a name by `as` answers to its number, too. */
export function findConnection(host: Host, name: string): Connection | undefined {
  const given = host.names.get(name);
  if (given !== undefined) return host.connections.get(given);
  const child = /^c[1-9]\d*$/.test(name) ? Number(name.slice(1)) : undefined;
  const found = child === undefined ? undefined : host.connections.get(idOfChild(host, child));
  return found;
}

/** The number by which a connection is found, whatever its name is: 1 for `c1`; undefined for a listener. */
export function childNumber(host: Host, id: number): number | undefined {
  for (let i = host.numbering.length - 1; i >= 0; i--) {
    const run = host.numbering[i];
    if (run === undefined || run.id > id) continue;
    const child = run.child + id - run.id;
    return idOfChild(host, child) === id ? child : undefined;
  }
  return undefined;
}

function idOfChild({ numbering }: Host, child: number): number {
  for (let i = numbering.length - 1; i >= 0; i--) {
    const run = numbering[i];
    if (run !== undefined && run.child <= child) return run.id + child - run.child;
  }
  return 0;
}

/** Finds a connection by its four-tuple from now on, or a listener by its port. */
export function addIndexes(host: Host, connection: Connection): void {
  const { tcb, ref } = connection;
  if (tcb.state === 'LISTEN') {
    const others = host.listeners.get(tcb.local.port) ?? [];
    host.listeners.set(tcb.local.port, [...others, ref.id]);
    if (!host.queues.has(ref.id)) host.queues.set(ref.id, createQueues(host.settings.backlog));
    return;
  }
  host.latest = connection;
  if (tcb.remote === undefined) return;
  const { address } = tcb.remote;
  const others = host.tuples.get(address);
  if (others instanceof Map) others.set(portsOf(connection), connection);
  else if (others === undefined || portsOf(others) === portsOf(connection)) {
    host.tuples.set(address, connection);
  } else {
    const both = new Map([[portsOf(others), others]]);
    host.tuples.set(address, both.set(portsOf(connection), connection));
  }
}

/** No segment finds this connection by its sockets any more. */
export function dropFromTuples(host: Host, connection: Connection): void {
  const { remote } = connection.tcb;
  if (remote === undefined) return;
  const found = host.tuples.get(remote.address);
  if (found === connection) host.tuples.delete(remote.address);
  if (!(found instanceof Map) || found.get(portsOf(connection)) !== connection) return;
  found.delete(portsOf(connection));
  if (found.size === 0) host.tuples.delete(remote.address);
}

/** No segment and no OPEN finds this listener any more. */
export function dropFromListeners(host: Host, { ref, tcb }: Connection): void {
  const ids = host.listeners.get(tcb.local.port);
  if (!ids?.includes(ref.id)) return;
  const rest = ids.filter((id) => id !== ref.id);
  if (rest.length > 0) host.listeners.set(tcb.local.port, rest);
  else host.listeners.delete(tcb.local.port);
}

/** Two ports as one small integer, which a `Map` finds fastest. */
function portPair(local: number, remote: number): number {
  return (local << 16) | remote;
}

function portsOf({ tcb }: Connection): number {
  return portPair(tcb.local.port, tcb.remote?.port ?? 0);
}
