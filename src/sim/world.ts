/** A world: hosts with a TCP, peers without one, links between them, and what is under way. Changed in place. */

import { assert } from '../base/assert.js';
import type { Heap } from '../base/heap.js';
import type { Host } from '../tcp/host.js';
import { copyHost, createHost, nextTimeout } from '../tcp/host.js';
import type { Instant } from '../tcp/rule.js';
import type { Settings } from '../tcp/settings.js';
import type { Delivery } from './delivery.js';
import type { ArmedFault } from './fault.js';
import type { Link, LinkSettings, Way } from './link.js';
import { copyLink, createLink, DEFAULT_LINK, wayFrom } from './link.js';

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

/** How a segment gets from one host or peer to another. */
export interface Route {
  /** The name of who has the address. */
  readonly to: string;
  readonly link: Link;
  readonly way: Way;
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
  /** The names of all hosts and peers in the order of declaration. */
  readonly names: readonly string[];
  /** Hosts that crashed and were not restarted. */
  readonly down: Set<string>;
  /** By `linkKey`: declared ones from the start, others when first used. */
  readonly links: Map<string, Link>;
  /** The routes that were used, by who sends and the address sent to: a faster way to find them. */
  readonly routes: Map<string, Map<string, Route>>;
  readonly queue: Heap<Arrival>;
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
    names: all.map(({ name }) => name),
    down: new Set(),
    links: new Map(),
    routes: new Map(),
    queue: [],
    faults: [],
    held: new Map(),
    lastDelivery: 0,
    ended: undefined,
  };
  assert(new Set(world.names).size === all.length, () => 'two hosts or peers have one name');
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
    names: world.names,
    down: new Set(world.down),
    links: mapValues(world.links, copyLink),
    routes: new Map(),
    queue: world.queue.slice(),
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
  const key = linkKey(a, b);
  const link = world.links.get(key) ?? createLink(world.seed, a, b, DEFAULT_LINK);
  world.links.set(key, link);
  return link;
}

/** The way of a host's or peer's segments to an address; undefined when nobody has it. */
export function routeTo(world: World, from: string, address: string): Route | undefined {
  return world.routes.get(from)?.get(address) ?? findRoute(world, from, address);
}

/** The route of a segment that is under way, or held on it. */
export function routeOf(world: World, { from, destination }: Delivery): Route {
  const route = routeTo(world, from, destination);
  assert(route !== undefined, () => `nobody has the address ${destination}`);
  return route;
}

function findRoute(world: World, from: string, address: string): Route | undefined {
  const to = world.addresses.get(address);
  if (to === undefined) return undefined;
  const link = linkBetween(world, from, to);
  const route = { to, link, way: wayFrom(link, from) };
  const routes = world.routes.get(from) ?? new Map<string, Route>();
  world.routes.set(from, routes.set(address, route));
  return route;
}

/** A host by its name. */
export function hostOf(world: World, name: string): Host {
  const host = world.hosts.get(name);
  if (host === undefined) throw missing('host', name);
  return host;
}

/**
 * The host whose timer goes off next, of two at one instant the one declared first; undefined when none is armed. Hosts are few and
 * their connections are many: looking at all of the former is faster than keeping them in order.
 */
export function nextToWake(world: World): Host | undefined {
  let next: Host | undefined;
  let first = Number.POSITIVE_INFINITY;
  for (const host of world.hosts.values()) {
    const at = nextTimeout(host);
    if (at === undefined || at >= first) continue;
    first = at;
    next = host;
  }
  return next;
}

/** A defect of ours, made apart from where it is noticed: that must cost nothing. */
function missing(what: string, name: string): Error {
  return new Error(`no ${what} is called ${name}`);
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
