/** RFC 9293 §3.3.1 Key Connection State Variables: a host's connection records and the indexes over them. */

import type { Heap, Timed } from '../base/heap.js';
import { peek, pop, push } from '../base/heap.js';
import { stream } from '../base/random.js';
import type { FastOpenCache } from './fast-open-cache.js';
import { EMPTY_CACHE } from './fast-open-cache.js';
import type { IsnPosition } from './isn.js';
import type { ConnectionRef, Instant } from './rule.js';
import type { Settings } from './settings.js';
import { isHalfOpen } from './states.js';
import type { Tcb } from './tcb.js';
import { soonestInstant } from './tcb.js';

/** An entry of the table. Changed in place, by this folder only; `tcb` is replaced as a whole. */
export interface Connection {
  readonly ref: ConnectionRef;
  /** Unique among the living: what `as` said, else c1, c2, ... and l1, l2, ... for listeners. */
  name: string;
  tcb: Tcb;
  /** The id of the listener that it is a child of. */
  readonly parent: number | undefined;
  readonly createdAt: Instant;
  /** When a segment last arrived for it. */
  heardAt: Instant;
  /** A child that the user has taken by ACCEPT, or by naming it in a call. */
  accepted: boolean;
  /** The entry was deleted; `tcb` is as it was last. */
  closed: boolean;
  /** The instant for which the host's heap has this connection's valid entry. */
  wakeAt: Instant | undefined;
  /** The TIME_WAIT that this incarnation took the place of: it returns if the SYN was an old duplicate (MAY-2). */
  readonly previous: Tcb | undefined;
  /** What its world notes of it: the statement that it last heard of, which a time-out goes back to. */
  origin: number;
}

/** The children of a listener that are not yet the user's, in order of arrival, and the ACCEPTs that wait. */
export interface ListenQueues {
  readonly halfOpen: Set<number>;
  readonly complete: Set<number>;
  /** PendingFastOpenRequests (RFC 7413 §4.2): children in SYN_RCVD that were opened fast. */
  readonly early: Set<number>;
  accepts: readonly PendingAccept[];
  /** What OPEN or SET said, or the host's setting. */
  backlog: number;
  /** When the last SYN cookie was given out. */
  cookieAt: Instant | undefined;
}

export interface PendingAccept {
  readonly call: number;
  readonly name: string | undefined;
}

/** A host's TCP. Holds many immutable TCBs; changed in place by the functions of this folder. */
export interface Host {
  readonly name: string;
  readonly address: string;
  readonly settings: Settings;
  readonly seed: number;
  /** Living entries in order of creation, listeners included. */
  readonly connections: Map<number, Connection>;
  /** The youngest connection that is no listener, kept when its entry is deleted. */
  latest: Connection | undefined;
  /** Remote address to its only connection, or to several by their pairs of ports. */
  readonly tuples: Map<string, Connection | Map<number, Connection>>;
  /** Local port to the ids of its listeners. */
  readonly listeners: Map<number, readonly number[]>;
  readonly queues: Map<number, ListenQueues>;
  /** Names that were given, and those of listeners, to an id. */
  readonly names: Map<string, number>;
  /** The ids of c1, c2, ... go up by one, but for listeners between them: where they begin anew, the last one last. */
  readonly numbering: { readonly child: number; readonly id: number }[];
  /** Possible instants of time-outs; `serial` is a connection's id. Cleaned when somebody looks. */
  readonly wakeUps: Heap<Timed>;
  isn: IsnPosition;
  /** Cookies of servers. */
  fastOpen: FastOpenCache;
  /** How many entries are in TIME_WAIT. */
  timeWaits: number;
  /** The ids of half-open entries (SYN_SENT, SYN_RCVD), in the order in which they became so. */
  readonly halfOpen: Set<number>;
  nextId: number;
  /** The numbers of the next c1, c2, ... and l1, l2, ... */
  nextChild: number;
  nextListener: number;
  nextPort: number;
}

/** A host with an empty table. Its randomness is the run's seed with the host's name. */
export function createHost(name: string, address: string, settings: Settings, seed: number): Host {
  return {
    name,
    address,
    settings,
    seed,
    connections: new Map(),
    latest: undefined,
    tuples: new Map(),
    listeners: new Map(),
    queues: new Map(),
    names: new Map(),
    numbering: [{ child: 1, id: 1 }],
    wakeUps: [],
    timeWaits: 0,
    halfOpen: new Set(),
    fastOpen: EMPTY_CACHE,
    isn: { taken: 0, random: stream(seed, `isn ${name}`) },
    nextId: 1,
    nextChild: 1,
    nextListener: 1,
    nextPort: settings.firstPort,
  };
}

/** A copy that shares nothing that is changed in place. O(connections). */
export function copyHost(host: Host): Host {
  const connections = new Map<number, Connection>();
  for (const [id, connection] of host.connections) connections.set(id, { ...connection });
  const { latest } = host;
  return {
    ...host,
    connections,
    latest: latest && (connections.get(latest.ref.id) ?? { ...latest }),
    tuples: copyTuples(host.tuples, connections),
    listeners: new Map(host.listeners),
    queues: new Map([...host.queues].map(([id, queues]) => [id, copyQueues(queues)])),
    names: new Map(host.names),
    numbering: host.numbering.slice(),
    wakeUps: host.wakeUps.slice(),
    halfOpen: new Set(host.halfOpen),
  };
}

function copyTuples(tuples: Host['tuples'], connections: Host['connections']): Host['tuples'] {
  const own = (connection: Connection) => connections.get(connection.ref.id) ?? connection;
  const copies: Host['tuples'] = new Map();
  for (const [address, found] of tuples) {
    if (!(found instanceof Map)) {
      copies.set(address, own(found));
      continue;
    }
    const copy = new Map<number, Connection>();
    for (const [pair, connection] of found) copy.set(pair, own(connection));
    copies.set(address, copy);
  }
  return copies;
}

function copyQueues(queues: ListenQueues): ListenQueues {
  return {
    ...queues,
    halfOpen: new Set(queues.halfOpen),
    complete: new Set(queues.complete),
    early: new Set(queues.early),
  };
}

/** The host after a crash: an empty table. ISNs, names and ids go on, so that nothing is mistaken for what was. */
export function rebootHost(host: Host): Host {
  const { name, address, settings, seed } = host;
  const { isn, nextId, nextChild, nextListener, nextPort, numbering } = host;
  const fresh = createHost(name, address, settings, seed);
  return { ...fresh, isn, nextId, nextChild, nextListener, nextPort, numbering };
}

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

/** The living connection of this name: `c1`, `l1`, or what `as` said. */
export function findConnection(host: Host, name: string): Connection | undefined {
  const given = host.names.get(name);
  if (given !== undefined) return host.connections.get(given);
  const child = /^c[1-9]\d*$/.test(name) ? Number(name.slice(1)) : undefined;
  const found = child === undefined ? undefined : host.connections.get(idOfChild(host, child));
  return found?.name === name ? found : undefined;
}

function idOfChild({ numbering }: Host, child: number): number {
  for (let i = numbering.length - 1; i >= 0; i--) {
    const run = numbering[i];
    if (run !== undefined && run.child <= child) return run.id + child - run.child;
  }
  return 0;
}

/** What is known of a new entry besides its TCB. */
export interface Entry {
  readonly id: number;
  readonly name: string | undefined;
  readonly parent: number | undefined;
  readonly createdAt: Instant;
  readonly previous?: Tcb | undefined;
}

/** Enters a connection or a listener into the table and the indexes. Its id must be `host.nextId`. */
export function addConnection(host: Host, tcb: Tcb, entry: Entry): Connection {
  const listens = tcb.state === 'LISTEN';
  const number = listens ? `l${host.nextListener}` : `c${host.nextChild}`;
  const connection: Connection = {
    ref: { host: host.name, id: entry.id },
    name: entry.name ?? number,
    tcb,
    parent: entry.parent,
    createdAt: entry.createdAt,
    heardAt: entry.createdAt,
    accepted: entry.parent === undefined,
    closed: false,
    wakeAt: undefined,
    previous: entry.previous,
    origin: -1,
  };
  host.nextId = Math.max(host.nextId, entry.id + 1);
  if (listens) skipNumber(host);
  else host.nextChild += 1;
  host.connections.set(entry.id, connection);
  if (tcb.state === 'TIME_WAIT') host.timeWaits += 1;
  if (isHalfOpen(tcb.state)) host.halfOpen.add(entry.id);
  if (listens || entry.name !== undefined) host.names.set(connection.name, entry.id);
  addIndexes(host, connection);
  schedule(host, connection);
  return connection;
}

/** A listener has taken an id. */
function skipNumber(host: Host): void {
  host.nextListener += 1;
  if (host.numbering.at(-1)?.child === host.nextChild) host.numbering.pop();
  host.numbering.push({ child: host.nextChild, id: host.nextId });
}

/** A new listener's queues. */
export function createQueues(backlog: number): ListenQueues {
  return {
    halfOpen: new Set(),
    complete: new Set(),
    early: new Set(),
    accepts: [],
    backlog,
    cookieAt: undefined,
  };
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

/** Takes an entry out of the table. Its final TCB stays readable as `latest`. */
export function removeConnection(host: Host, connection: Connection): void {
  const { ref, name } = connection;
  connection.closed = true;
  host.connections.delete(ref.id);
  host.halfOpen.delete(ref.id);
  if (host.names.get(name) === ref.id) host.names.delete(name);
  host.queues.delete(ref.id);
  dropFromTuples(host, connection);
  dropFromListeners(host, connection);
}

/** Gives a connection another name. */
export function renameConnection(host: Host, connection: Connection, name: string): void {
  if (host.names.get(connection.name) === connection.ref.id) host.names.delete(connection.name);
  connection.name = name;
  host.names.set(name, connection.ref.id);
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

/** Sees to it that the host wakes up at the connection's soonest timer. */
export function schedule(host: Host, connection: Connection): void {
  const at = soonestInstant(connection.tcb.timers);
  if (at === undefined) return;
  if (connection.wakeAt !== undefined && connection.wakeAt <= at) return;
  connection.wakeAt = at;
  push(host.wakeUps, { at, serial: connection.ref.id });
}

/** The connection whose timer goes off next; of two at the same instant, the one created first. */
export function nextWakeUp(host: Host): Connection | undefined {
  for (let top = peek(host.wakeUps); top !== undefined; top = peek(host.wakeUps)) {
    const connection = host.connections.get(top.serial);
    const current = connection !== undefined && connection.wakeAt === top.at;
    if (current && soonestInstant(connection.tcb.timers) === top.at) return connection;
    // A timer that was stopped or moved on since: booked anew at the instant that holds now.
    pop(host.wakeUps);
    if (!current) continue;
    connection.wakeAt = undefined;
    schedule(host, connection);
  }
  return undefined;
}
