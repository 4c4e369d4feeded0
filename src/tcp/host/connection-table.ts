/** RFC 9293 §3.3.1 Key Connection State Variables: a host's connection records. */

import type { Heap, Timed } from '../../base/heap.js';
import { stream } from '../../base/random.js';
import type { FastOpenCache } from '../fast-open/cache.js';
import { EMPTY_CACHE } from '../fast-open/cache.js';
import type { Paths } from '../icmp/paths.js';
import { NO_PATHS } from '../icmp/paths.js';
import type { IsnPosition } from '../isn.js';
import type { ConnectionRef, Instant } from '../rule.js';
import type { Settings } from '../settings.js';
import { isHalfOpen } from '../states.js';
import type { Tcb } from '../tcb.js';
import { isMereRecord } from '../timers/fin-wait-2.js';
import { copyQueues, type ListenQueues } from './listen-queues.js';
import { addIndexes, dropFromListeners, dropFromTuples } from './lookup.js';
import { schedule, unschedule } from './wake-ups.js';

/** An entry of the table. Changed in place, by this folder only; `tcb` is replaced as a whole. */
export interface Connection {
  readonly ref: ConnectionRef;
  /** What it is called, as `nameOf` says it: the number of c1, c2, ... takes less room than the name. */
  called: string | number;
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

/** A connection's name, unique among the living: what `as` said, else c1, c2, ... and l1, l2, ... for listeners. */
export function nameOf({ called }: Connection): string {
  return typeof called === 'number' ? `c${called}` : called;
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
  /** Instants of time-outs, of which the soonest holds and others may not; `serial` is a connection's id. */
  readonly wakeUps: Heap<Timed>;
  /** The source address that was last found to be one host's: most segments come from where the one before came from. */
  soundSource: string | undefined;
  isn: IsnPosition;
  /** Cookies of servers. */
  fastOpen: FastOpenCache;
  /** What ICMP has told of the ways to peers. */
  paths: Paths;
  /** How many entries are no more than records: in TIME_WAIT, or as little (deviation closed-fin-wait-2). */
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
    soundSource: undefined,
    fastOpen: EMPTY_CACHE,
    paths: NO_PATHS,
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
  for (const [id, connection] of host.connections) connections.set(id, copyConnection(connection));
  const { latest } = host;
  return {
    name: host.name,
    address: host.address,
    settings: host.settings,
    seed: host.seed,
    connections,
    latest: latest && (connections.get(latest.ref.id) ?? copyConnection(latest)),
    tuples: copyTuples(host.tuples, connections),
    listeners: new Map(host.listeners),
    queues: new Map([...host.queues].map(([id, queues]) => [id, copyQueues(queues)])),
    names: new Map(host.names),
    numbering: host.numbering.slice(),
    wakeUps: host.wakeUps.slice(),
    timeWaits: host.timeWaits,
    halfOpen: new Set(host.halfOpen),
    soundSource: host.soundSource,
    fastOpen: host.fastOpen,
    paths: host.paths,
    isn: host.isn,
    nextId: host.nextId,
    nextChild: host.nextChild,
    nextListener: host.nextListener,
    nextPort: host.nextPort,
  };
}

/** Field by field, as all copies here: what a spread makes has another shape, and what runs on both is slower. */
function copyConnection(connection: Connection): Connection {
  return {
    ref: connection.ref,
    called: connection.called,
    tcb: connection.tcb,
    parent: connection.parent,
    createdAt: connection.createdAt,
    heardAt: connection.heardAt,
    accepted: connection.accepted,
    closed: connection.closed,
    wakeAt: connection.wakeAt,
    previous: connection.previous,
    origin: connection.origin,
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

/** The host after a crash: an empty table. ISNs, names and ids go on, so that nothing is mistaken for what was. */
export function rebootHost(host: Host): Host {
  const { name, address, settings, seed } = host;
  const { isn, nextId, nextChild, nextListener, nextPort, numbering } = host;
  const fresh = createHost(name, address, settings, seed);
  return { ...fresh, isn, nextId, nextChild, nextListener, nextPort, numbering };
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
  const usual = listens ? `l${host.nextListener}` : host.nextChild;
  const connection: Connection = {
    ref: { host: host.name, id: entry.id },
    called: entry.name ?? usual,
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
  if (isMereRecord(tcb)) host.timeWaits += 1;
  if (isHalfOpen(tcb.state)) host.halfOpen.add(entry.id);
  const { called } = connection;
  if (typeof called === 'string') host.names.set(called, entry.id);
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

/** Takes an entry out of the table. Its final TCB stays readable as `latest`. */
export function removeConnection(host: Host, connection: Connection): void {
  const { ref, called } = connection;
  connection.closed = true;
  host.connections.delete(ref.id);
  unschedule(host, connection);
  host.halfOpen.delete(ref.id);
  forgetName(host, called, ref.id);
  host.queues.delete(ref.id);
  dropFromTuples(host, connection);
  dropFromListeners(host, connection);
}

function forgetName({ names }: Host, called: string | number, id: number): void {
  if (typeof called === 'string' && names.get(called) === id) names.delete(called);
}

/** Gives a connection another name. */
export function renameConnection(host: Host, connection: Connection, name: string): void {
  forgetName(host, connection.called, connection.ref.id);
  connection.called = name;
  host.names.set(name, connection.ref.id);
}
