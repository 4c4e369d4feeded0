/** A world: hosts with a TCP, peers without one, links between them, and what is under way. Changed in place. */

import { assert } from '../base/assert.js';
import type { Heap } from '../base/heap.js';
import type { Host } from '../tcp/host.js';
import { copyHost, createHost, nextTimeout } from '../tcp/host.js';
import type { Instant } from '../tcp/rule.js';
import type { Settings } from '../tcp/settings.js';
import type { Delivery } from './delivery.js';
import type { ArmedFault } from './fault.js';
import type { Link, LinkSettings } from './link.js';
import { copyLink, createLink, DEFAULT_LINK } from './link.js';
import type { Alarm } from './wake.js';
import { book, createAlarm, nextWakeUp } from './wake.js';

/** What a world is made of. Names are unique over hosts and peers, and so are addresses. */
export interface WorldConfig {
  readonly seed: number;
  readonly hosts: readonly HostConfig[];
  readonly peers?: readonly PeerConfig[];
  /** Pairs without a link are joined by `DEFAULT_LINK`. */
  readonly links?: readonly LinkConfig[];
  readonly limits?: Partial<Limits>;
}

export interface HostConfig {
  readonly name: string;
  readonly address: string;
  readonly settings: Settings;
}

export interface PeerConfig {
  readonly name: string;
  readonly address: string;
}

export interface LinkConfig extends Partial<LinkSettings> {
  readonly a: string;
  readonly b: string;
}

/** Reaching one is an ordinary end of the run, with a reason. */
export interface Limits {
  /** Deliveries under way in the whole world. */
  readonly queue: number;
  /** Deliveries under way on one link in one direction. */
  readonly link: number;
}

const LIMITS: Limits = { queue: 1_000_000, link: 250_000 };

/** A host without a TCP. What reached it is in the record; here is how much of it. */
export interface Peer {
  readonly name: string;
  readonly address: string;
  received: number;
  latest: Delivery | undefined;
}

/** A delivery under way, as the queue holds it. */
export interface Arrival {
  readonly at: Instant;
  readonly serial: number;
  readonly delivery: Delivery;
}

export interface World {
  /** Virtual microseconds since the run began. */
  now: Instant;
  readonly seed: number;
  readonly limits: Limits;
  readonly hosts: Map<string, Host>;
  readonly peers: Map<string, Peer>;
  /** Who has an address: the name of a host or peer. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Each host's and peer's place in the order of declaration. */
  readonly order: ReadonlyMap<string, number>;
  /** Their names in that order. */
  readonly names: readonly string[];
  /** Hosts that crashed and were not restarted. */
  readonly down: Set<string>;
  /** By `linkKey`: declared ones from the start, others when first used. */
  readonly links: Map<string, Link>;
  /** The links that were used, by their two ends: a faster way to find them. */
  readonly routes: Map<string, Map<string, Link>>;
  readonly queue: Heap<Arrival>;
  readonly alarm: Alarm;
  /** Faults that wait for their segment, oldest first. */
  faults: readonly ArmedFault[];
  /** Segments kept back, by the name of the hold. */
  readonly held: Map<string, readonly Delivery[]>;
  /** The id of the delivery made last. */
  lastDelivery: number;
  /** Why the world came to an end before it was quiet; undefined while it goes on. */
  ended: string | undefined;
}

/** A fresh world at time 0. */
export function createWorld(config: WorldConfig): World {
  const { seed, hosts, peers = [], links = [] } = config;
  const all = [...hosts, ...peers];
  const world: World = {
    now: 0,
    seed,
    limits: { ...LIMITS, ...config.limits },
    hosts: new Map(
      hosts.map((host) => [host.name, createHost(host.name, host.address, host.settings, seed)]),
    ),
    peers: new Map(
      peers.map(({ name, address }) => [name, { name, address, received: 0, latest: undefined }]),
    ),
    addresses: new Map(all.map(({ name, address }) => [address, name])),
    order: new Map(all.map(({ name }, i) => [name, i])),
    names: all.map(({ name }) => name),
    down: new Set(),
    links: new Map(),
    routes: new Map(),
    queue: [],
    alarm: createAlarm(all.length),
    faults: [],
    held: new Map(),
    lastDelivery: 0,
    ended: undefined,
  };
  assert(world.order.size === all.length, () => 'two hosts or peers have one name');
  assert(world.addresses.size === all.length, () => 'two hosts or peers have one address');
  for (const { a, b, ...settings } of links) {
    world.links.set(linkKey(a, b), createLink(seed, a, b, { ...DEFAULT_LINK, ...settings }));
  }
  return world;
}

/** A copy that shares nothing that changes. O(everything held). Made field by field: a spread's shape would be another. */
export function copyWorld(world: World): World {
  return {
    now: world.now,
    seed: world.seed,
    limits: world.limits,
    hosts: mapValues(world.hosts, copyHost),
    peers: mapValues(world.peers, copyPeer),
    addresses: world.addresses,
    order: world.order,
    names: world.names,
    down: new Set(world.down),
    links: mapValues(world.links, copyLink),
    routes: new Map(),
    queue: world.queue.slice(),
    alarm: world.alarm.slice(),
    faults: world.faults,
    held: new Map(world.held),
    lastDelivery: world.lastDelivery,
    ended: world.ended,
  };
}

function copyPeer({ name, address, received, latest }: Peer): Peer {
  return { name, address, received, latest };
}

/** How much `copyWorld` copies, in entries of tables: those of connections weigh the most. */
export function sizeOfWorld(world: World): number {
  let size = world.queue.length + world.peers.size + 8 * world.links.size;
  for (const host of world.hosts.values()) {
    size += 16 + 4 * host.connections.size + (host.wakeUps.length >> 2);
  }
  return size;
}

/** The link between two hosts or peers; made with `DEFAULT_LINK` when nobody declared one. */
export function linkBetween(world: World, a: string, b: string): Link {
  return world.routes.get(a)?.get(b) ?? findRoute(world, a, b);
}

function findRoute(world: World, a: string, b: string): Link {
  const key = linkKey(a, b);
  const link = world.links.get(key) ?? createLink(world.seed, a, b, DEFAULT_LINK);
  world.links.set(key, link);
  const routes = world.routes.get(a) ?? new Map<string, Link>();
  world.routes.set(a, routes.set(b, link));
  return link;
}

/** A host by its name. */
export function hostOf(world: World, name: string): Host {
  const host = world.hosts.get(name);
  if (host === undefined) throw missing('host', name);
  return host;
}

/** Books the host's next timer: to be called after everything that may have set, moved or stopped one. */
export function bookTimer(world: World, host: Host): void {
  book(world.alarm, world.order.get(host.name) ?? 0, nextTimeout(host));
}

/** The place of the host whose timer goes off next, at the instant that `alarm` has there; -1 when none is armed. */
export function nextToWake(world: World): number {
  return nextWakeUp(world.alarm);
}

/** A defect of ours, made apart from where it is noticed: that must cost nothing. */
function missing(what: string, name: string): Error {
  return new Error(`no ${what} is called ${name}`);
}

/** The host at this place in the order of declaration. */
export function hostAt(world: World, place: number): Host {
  return hostOf(world, world.names[place] as string);
}

/** The address of a host or peer by its name. */
export function addressOf(world: World, name: string): string {
  const address = world.hosts.get(name)?.address ?? world.peers.get(name)?.address;
  assert(address !== undefined, () => `no host or peer is called ${name}`);
  return address;
}

/** The same for both directions. */
function linkKey(a: string, b: string): string {
  return a < b ? `${a}--${b}` : `${b}--${a}`;
}

function mapValues<V>(map: ReadonlyMap<string, V>, copy: (value: V) => V): Map<string, V> {
  const copies = new Map<string, V>();
  for (const [key, value] of map) copies.set(key, copy(value));
  return copies;
}
