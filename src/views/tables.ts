/** The connection tables of hosts at a moment, as `ss` would print them: plain rows. */

import type { ConnectionRef, Instant } from '../tcp/rule.js';
import { distance } from '../tcp/seq.js';
import { isSynchronized } from '../tcp/states.js';
import type { Socket, Tcb } from '../tcp/tcb.js';
import type { ConnectionRow, HostTable, Lane, ListenerRow } from './contract.js';

/** An entry of a host's connection table. Listeners are those in LISTEN. */
export interface TableEntry {
  readonly ref: ConnectionRef;
  readonly name: string;
  readonly tcb: Tcb;
  /** The id of the listener that it came from. */
  readonly parent: number | undefined;
  readonly accepted: boolean;
}

/** Rows of one page: what a step sends stays small, however many connections there are. */
export const PAGE = 8;

/** One host's table at `now`, and what changed since `before`. Shows `PAGE` connections from number `from` on. */
export function hostTable(
  { name, address }: Lane,
  before: readonly TableEntry[],
  entries: readonly TableEntry[],
  now: Instant,
  from = 0,
): HostTable {
  const old = new Map(before.map((entry) => [entry.ref.id, entry]));
  const alive = new Set(entries.map(({ ref }) => ref.id));
  const halfOpen = entries.filter(({ tcb }) => isHalfOpen(tcb));
  const complete = entries.filter(({ tcb }) => !isListener(tcb) && !isHalfOpen(tcb));
  const all = [...halfOpen, ...complete];
  const first = Math.max(0, Math.min(from, Math.floor((all.length - 1) / PAGE) * PAGE));
  const gone = before.filter(({ ref, tcb }) => !alive.has(ref.id) && !isListener(tcb));
  return {
    name,
    address,
    listeners: entries.filter(({ tcb }) => isListener(tcb)).map((one) => listenerRow(one, entries)),
    connections: all
      .slice(first, first + PAGE)
      .map((entry) => connectionRow(entry, old.get(entry.ref.id), now)),
    from: first,
    total: all.length,
    halfOpen: halfOpen.length,
    deleted: gone.slice(0, PAGE).map((entry) => connectionRow(entry, entry, now)),
  };
}

function isListener(tcb: Tcb): boolean {
  return tcb.state === 'LISTEN' && tcb.remote === undefined;
}

function isHalfOpen(tcb: Tcb): boolean {
  return !isListener(tcb) && !isSynchronized(tcb.state);
}

function listenerRow({ ref, name, tcb }: TableEntry, entries: readonly TableEntry[]): ListenerRow {
  const children = entries.filter(({ parent }) => parent === ref.id);
  return {
    name,
    local: printSocket(tcb.local),
    halfOpen: children.filter((child) => isHalfOpen(child.tcb)).length,
    waiting: children.filter((child) => !child.accepted && isSynchronized(child.tcb.state)).length,
    synQueue: tcb.settings.synQueue,
    backlog: tcb.settings.backlog,
  };
}

function connectionRow(
  { name, tcb }: TableEntry,
  before: TableEntry | undefined,
  now: Instant,
): ConnectionRow {
  const knowsPeer = tcb.state !== 'SYN_SENT' && tcb.state !== 'LISTEN';
  return {
    name,
    state: tcb.state,
    halfOpen: isHalfOpen(tcb),
    local: printSocket(tcb.local),
    remote: tcb.remote === undefined ? '*:*' : printSocket(tcb.remote),
    ...countersOf(tcb),
    ...(knowsPeer ? { irs: tcb.irs, rcvNxt: tcb.rcv.nxt } : {}),
    timers: timersOf(tcb).map(({ name: timer, at }) => ({ name: timer, left: at - now })),
    changed: before === undefined ? [] : changedColumns(before.tcb, tcb),
    isNew: before === undefined,
  };
}

/** The columns that are plain numbers. */
function countersOf(tcb: Tcb) {
  const waiting = tcb.sends.reduce((sum, { data }) => sum + data.length, 0);
  return {
    iss: tcb.iss as number,
    una: tcb.snd.una as number,
    nxt: tcb.snd.nxt as number,
    sndWnd: tcb.snd.wnd,
    rcvWnd: tcb.rcv.wnd,
    recvQueue: tcb.received.reduce((sum, data) => sum + data.length, 0),
    sendQueue: waiting + distance(tcb.snd.una, tcb.snd.nxt),
  };
}

function changedColumns(before: Tcb, after: Tcb): readonly string[] {
  if (before === after) return [];
  const [old, now] = [countersOf(before), countersOf(after)];
  const columns: string[] = Object.keys(now).filter(
    (name) => old[name as keyof typeof old] !== now[name as keyof typeof now],
  );
  if (before.state !== after.state) columns.push('state');
  if (before.irs !== after.irs) columns.push('irs');
  if (before.rcv.nxt !== after.rcv.nxt) columns.push('rcvNxt');
  const timers = (tcb: Tcb) => JSON.stringify(timersOf(tcb));
  if (timers(before) !== timers(after)) columns.push('timers');
  return columns;
}

function timersOf({ timers }: Tcb): readonly { readonly name: string; readonly at: Instant }[] {
  return Object.entries(timers)
    .flatMap(([name, at]) => (at === undefined ? [] : [{ name, at }]))
    .sort((a, b) => a.at - b.at);
}

/** `10.0.0.1:80`, `[2001:db8::1]:80`. */
function printSocket({ address, port }: Socket): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
