/** The world as seen from a place: its hosts and connections, with what has happened so far within the step. */

import type { Step } from '../sim/step.js';
import type { World } from '../sim/world.js';
import type { Connection, Host } from '../tcp/host.js';
import { findConnection, nameOf } from '../tcp/host.js';
import type { ConnectionRef, Instant } from '../tcp/rule.js';
import type { State } from '../tcp/states.js';
import type { Tcb } from '../tcp/tcb.js';

/** A world, and what the microsteps looked at have changed since. */
export interface View {
  readonly world: World;
  readonly now: Instant;
  /** TCBs newer than the world's, by `host#id`. */
  readonly newer: ReadonlyMap<string, Tcb>;
}

/** A connection as seen from a place. */
export interface Seen {
  readonly ref: ConnectionRef;
  /** `c1`, or what `as` said. */
  readonly name: string;
  readonly tcb: Tcb;
  /** Its entry has been deleted; `tcb` is as it was last. */
  readonly closed: boolean;
}

/** What a fact, a call or an expression is about. `port` is already calculated. */
export interface Subject {
  readonly host: string;
  readonly connection: string | undefined;
  readonly port: number | undefined;
}

const NONE: ReadonlyMap<string, Tcb> = new Map();

/** The world as it stands. */
export function viewOf(world: World): View {
  return { world, now: world.now, newer: NONE };
}

/**
 * The world before a step, with the step's microsteps up to and including number `last` on top. A connection that a later one is
 * the first to tell of is as that one found it, also where `world` is already that after the step.
 */
export function viewWithin(world: World, step: Step, last: number): View {
  const newer = new Map<string, Tcb>();
  step.microsteps.forEach(({ connection, before, after }, i) => {
    const key = connection && refKey(connection);
    if (key === undefined) return;
    if (i <= last) {
      if (after) newer.set(key, after);
    } else if (before && !newer.has(key)) newer.set(key, before);
  });
  return { world, now: step.at, newer };
}

/** `server#3`: a connection's key in maps. */
export function refKey(ref: ConnectionRef): string {
  return `${ref.host}#${ref.id}`;
}

function seen(view: View, connection: Connection): Seen {
  const { ref } = connection;
  const tcb = view.newer.get(refKey(ref)) ?? connection.tcb;
  return { ref, name: nameOf(connection), tcb, closed: connection.closed };
}

/**
 * The connection that is meant: by name, by local port (a connection before a listener), or the host's latest one, else its
 * listener. Undefined: there is none.
 */
export function seenConnection(view: View, subject: Subject): Seen | undefined {
  const host = view.world.hosts.get(subject.host);
  if (!host) return undefined;
  const connection = lookUp(host, subject);
  return connection && seen(view, connection);
}

function lookUp(host: Host, { connection: name, port }: Subject): Connection | undefined {
  if (name !== undefined) {
    const found = findConnection(host, name);
    if (found !== undefined) return found;
    return host.latest && nameOf(host.latest) === name ? host.latest : undefined;
  }
  if (port !== undefined) return atPort(host, port);
  return host.latest ?? lastListener(host);
}

/** The most recent connection at this local port, else the listener there. */
function atPort(host: Host, port: number): Connection | undefined {
  let listener: Connection | undefined;
  let found: Connection | undefined;
  for (const connection of host.connections.values()) {
    if (connection.tcb.local.port !== port) continue;
    if (connection.tcb.state === 'LISTEN') listener = connection;
    else found = connection;
  }
  const latest = host.latest?.tcb.local.port === port ? host.latest : undefined;
  return found ?? latest ?? listener;
}

function lastListener(host: Host): Connection | undefined {
  let listener: Connection | undefined;
  for (const connection of host.connections.values()) {
    if (connection.tcb.state === 'LISTEN') listener = connection;
  }
  return listener;
}

/**
 * The connection that a call without a name is made on: the latest if it is still there, else the last that is, else the
 * listener. Undefined: none, and the rules of CLOSED answer.
 */
export function calledConnection(view: View, subject: Subject): Connection | undefined {
  const host = view.world.hosts.get(subject.host);
  if (!host) return undefined;
  if (subject.connection !== undefined) return findConnection(host, subject.connection);
  if (subject.port !== undefined) {
    const found = atPort(host, subject.port);
    return found?.closed ? undefined : found;
  }
  if (host.latest && !host.latest.closed && host.latest.tcb.state !== 'LISTEN') return host.latest;
  let last: Connection | undefined;
  for (const connection of host.connections.values()) {
    if (last === undefined || last.tcb.state === 'LISTEN' || connection.tcb.state !== 'LISTEN') {
      last = connection;
    }
  }
  return last;
}

/** The state that a fact is about: CLOSED where no connection is. */
export function seenState(view: View, subject: Subject): State {
  return seenConnection(view, subject)?.tcb.state ?? 'CLOSED';
}

/** `server`, `server.c1`, `server:80`. */
export function subjectText({ host, connection, port }: Subject): string {
  if (connection !== undefined) return `${host}.${connection}`;
  return port === undefined ? host : `${host}:${port}`;
}
