/** A host's connection table at a moment. Nothing is made of entries that nobody asks for: there may be 100,000. */

import type { Connection, Host } from '../tcp/host/connection-table.js';
import { isHalfOpen, isSynchronized } from '../tcp/states.js';
import type { Tcb } from '../tcp/tcb.js';
import { type Entry, entryByName, entryOf, type Moment, touchedAt } from './moment.js';

/** A part of the table. Its size is known without a look at its entries. */
export interface Group {
  readonly size: number;
  /** Entries from `start` up to `end`, in order of creation (half-open ones: in that in which they became so). */
  readonly slice: (start: number, end: number) => readonly Entry[];
}

/** Of a listener: its half-open children, and the complete ones that wait for ACCEPT, with room for so many. */
export interface Queues {
  readonly halfOpen: Group;
  readonly waiting: Group;
  readonly backlog: number;
}

export interface Table {
  readonly listeners: Group;
  readonly halfOpen: Group;
  readonly complete: Group;
  /** What this event closes: still to be seen until it is over. */
  readonly closing: Group;
  readonly find: (name: string) => Entry | undefined;
  readonly queuesOf: (listener: Entry) => Queues;
}

/** Entries of the world that belong together, before this event touched any. */
interface Base {
  readonly size: number;
  readonly has: (connection: Connection) => boolean;
  readonly all: () => Iterable<Connection>;
}

const NOTHING: Base = { size: 0, has: () => false, all: () => [] };

export function tableAt(moment: Moment, name: string): Table {
  const host = moment.view.world.hosts.get(name);
  const touched = touchedAt(moment, name);
  const group = (base: Base, belongs: (entry: Entry) => boolean): Group =>
    groupOf(moment, host, base, touched, belongs);
  const halfOpen = among(host, host?.halfOpen);
  return {
    listeners: group(listenersOf(host), isListener),
    halfOpen: group(halfOpen, isEntryHalfOpen),
    complete: group(completeOf(host), ({ tcb }) => isSynchronized(tcb.state)),
    closing: group(NOTHING, ({ tcb }) => tcb.state === 'CLOSED'),
    find: (wanted) => entryByName(moment, name, wanted),
    queuesOf: ({ ref, tcb }) => {
      const queues = host?.queues.get(ref.id);
      const own = ({ parent }: Entry) => parent === ref.id;
      return {
        halfOpen: group(among(host, queues?.halfOpen), (one) => own(one) && isEntryHalfOpen(one)),
        waiting: group(
          among(host, queues?.complete),
          (one) => own(one) && isSynchronized(one.tcb.state) && !one.accepted,
        ),
        backlog: queues?.backlog ?? tcb.settings.backlog,
      };
    },
  };
}

function isListener({
  tcb,
  parent,
}: {
  readonly tcb: Tcb;
  readonly parent: number | undefined;
}): boolean {
  return tcb.state === 'LISTEN' && parent === undefined;
}

/** A child that the SYN has not been looked at yet is in LISTEN like its parent, and on its way. */
function isEntryHalfOpen(entry: Entry): boolean {
  return isHalfOpen(entry.tcb.state) || (entry.tcb.state === 'LISTEN' && !isListener(entry));
}

function groupOf(
  moment: Moment,
  host: Host | undefined,
  base: Base,
  touched: ReadonlyMap<number, Entry>,
  belongs: (entry: Entry) => boolean,
): Group {
  const wasIn = ({ ref }: Entry): boolean => {
    const known = host?.connections.get(ref.id);
    return known !== undefined && base.has(known);
  };
  const changed = [...touched.values()];
  const left = changed.filter((one) => wasIn(one) && !belongs(one)).length;
  const come = changed.filter((one) => !wasIn(one) && belongs(one));
  const size = base.size - left + come.length;
  function* members(): Iterable<Connection | Entry> {
    for (const connection of base.all()) {
      const newer = touched.get(connection.ref.id);
      if (newer === undefined) yield connection;
      else if (belongs(newer)) yield newer;
    }
    yield* come;
  }
  const slice = (start: number, end: number): readonly Entry[] => {
    const entries: Entry[] = [];
    let index = 0;
    for (const member of members()) {
      if (index >= end) break;
      if (index++ >= start) entries.push(entryOf(moment, member));
    }
    return entries;
  };
  return { size, slice };
}

/** The entries of these ids. */
function among(host: Host | undefined, ids: ReadonlySet<number> | undefined): Base {
  if (host === undefined || ids === undefined) return NOTHING;
  function* all(known: Host, of: ReadonlySet<number>) {
    for (const id of of) {
      const connection = known.connections.get(id);
      if (connection) yield connection;
    }
  }
  return { size: ids.size, has: ({ ref }) => ids.has(ref.id), all: () => all(host, ids) };
}

function listenersOf(host: Host | undefined): Base {
  const ids = new Set([...(host?.listeners.values() ?? [])].flat());
  return among(host, ids);
}

function completeOf(host: Host | undefined): Base {
  if (host === undefined) return NOTHING;
  const has = ({ tcb }: Connection) => isSynchronized(tcb.state);
  function* all(connections: Iterable<Connection>) {
    for (const one of connections) if (has(one)) yield one;
  }
  const others = host.halfOpen.size + listenersOf(host).size;
  return { size: host.connections.size - others, has, all: () => all(host.connections.values()) };
}
