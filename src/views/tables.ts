/** The connection tables of hosts at a moment, as `ss` would print them: plain rows. */

import type { Place } from '../sim/step.js';
import type { ConnectionRef, Instant } from '../tcp/rule.js';
import { ACK, has, printCtl } from '../tcp/segment.js';
import { unsentOctets } from '../tcp/sending/queued.js';
import { distance, num } from '../tcp/seq.js';
import { isSynchronized } from '../tcp/states.js';
import { knowsPeer, printSocket, type Tcb } from '../tcp/tcb.js';
import { armedTimers } from '../tcp/timers.js';
import { heldForUser } from '../tcp/window.js';
import type { Lane } from './contract.js';
import { CLAIMS, type Knowledge, knowledgeOf, type Proofs, type Steps } from './knowledge.js';
import type {
  ConnectionRow,
  GoneRow,
  Happened,
  HostTable,
  Known,
  ListenerRow,
} from './table-rows.js';

/** An entry of a host's connection table. */
export interface TableEntry {
  readonly ref: ConnectionRef;
  readonly name: string;
  readonly tcb: Tcb;
  /** The id of the listener that it came from. */
  readonly parent: number | undefined;
  readonly accepted: boolean;
}

/** A part of a table; its size is known without a look at its entries. */
export interface EntryList {
  readonly size: number;
  /** Entries from `start` up to `end`. */
  readonly slice: (start: number, end: number) => readonly TableEntry[];
}

/** A host's table at a place, and its past. */
export interface TableSource {
  readonly listeners: EntryList;
  readonly halfOpen: EntryList;
  readonly complete: EntryList;
  /** Half-open children of a listener, and complete ones that wait for ACCEPT, with room for so many. */
  readonly queuesOf: (listener: TableEntry) => {
    readonly halfOpen: EntryList;
    readonly waiting: EntryList;
    readonly backlog: number;
  };
  readonly created: (ref: ConnectionRef) => Place | undefined;
  readonly deleted: (ref: ConnectionRef) => Place | undefined;
  /** How many entries were deleted by now. */
  readonly goneCount: number;
  /** Those, the last one first, from the `start`-th on, at most `count`. */
  readonly gone: (start: number, count: number) => readonly ConnectionRef[];
  readonly nameOf: (ref: ConnectionRef) => string;
  /** Where a side came to know what it knows. */
  readonly proofs: (ref: ConnectionRef, place: Place, now: Knowledge) => Proofs;
}

/** Where in a table a page looks. */
export interface Page {
  readonly from: number;
  readonly goneFrom: number;
}

/** The moment that a table shows. */
export interface TableMoment {
  readonly place: Place;
  readonly now: Instant;
  /** The step of the last event: what it changed is marked. */
  readonly event: number;
  readonly record: Steps;
}

/** Rows of one page: what a step sends stays small, however many connections there are. */
export const PAGE = 8;

/** One host's table, and what the last event changed in it. */
export function hostTable(
  { name, address }: Lane,
  source: TableSource,
  moment: TableMoment,
  page: Page = { from: 0, goneFrom: 0 },
): HostTable {
  const { listeners, halfOpen, complete, goneCount } = source;
  const total = halfOpen.size + complete.size;
  const from = pageStart(page.from, total);
  const goneFrom = pageStart(page.goneFrom, goneCount);
  const shown = [
    ...halfOpen.slice(from, from + PAGE),
    ...complete.slice(Math.max(0, from - halfOpen.size), Math.max(0, from + PAGE - halfOpen.size)),
  ];
  const touched = touchedBy(moment, name);
  return {
    name,
    address,
    listeners: listeners.slice(0, PAGE).map((one) => listenerRow(one, source)),
    connections: shown.map((entry) => connectionRow(entry, source, moment, touched)),
    from,
    total,
    halfOpen: halfOpen.size,
    gone: source.gone(goneFrom, PAGE).flatMap((ref) => goneRow(ref, source, moment)),
    goneFrom,
    goneTotal: goneCount,
  };
}

function pageStart(from: number, total: number): number {
  return Math.max(0, Math.min(from, Math.floor((total - 1) / PAGE) * PAGE));
}

/** The connections that the last event touched, by id, each as it was before; undefined: it was made. */
function touchedBy(
  { event, place, record }: TableMoment,
  host: string,
): ReadonlyMap<number, Tcb | undefined> {
  const touched = new Map<number, Tcb | undefined>();
  if (event >= record.length()) return touched;
  const { microsteps } = record.step(event);
  const end = place.step === event ? place.microstep + 1 : microsteps.length;
  for (const { connection, before } of microsteps.slice(0, end)) {
    if (connection?.host === host && !touched.has(connection.id))
      touched.set(connection.id, before);
  }
  return touched;
}

function happened({ record }: TableMoment, place: Place): Happened {
  const step = record.step(place.step);
  return { place, at: step.at, rule: step.microsteps[place.microstep]?.rule.id ?? '' };
}

function goneRow(ref: ConnectionRef, source: TableSource, moment: TableMoment): readonly GoneRow[] {
  const [created, deleted] = [source.created(ref), source.deleted(ref)];
  const last = deleted && moment.record.step(deleted.step).microsteps[deleted.microstep]?.before;
  if (deleted === undefined || last === undefined) return [];
  const row = {
    name: source.nameOf(ref),
    state: last.state,
    ...socketsOf(last),
    ...(created ? { created: happened(moment, created) } : {}),
    deleted: happened(moment, deleted),
    isNew: deleted.step === moment.event,
  };
  return [row];
}

function listenerRow(listener: TableEntry, source: TableSource): ListenerRow {
  const { name, tcb } = listener;
  const { halfOpen, waiting, backlog } = source.queuesOf(listener);
  return {
    name,
    local: printSocket(tcb.local),
    halfOpen: halfOpen.size,
    waiting: waiting.size,
    synQueue: tcb.settings.synQueue,
    backlog,
  };
}

function connectionRow(
  { ref, name, tcb }: TableEntry,
  source: TableSource,
  moment: TableMoment,
  touched: ReadonlyMap<number, Tcb | undefined>,
): ConnectionRow {
  const created = source.created(ref);
  const before = touched.get(ref.id) ?? tcb;
  return {
    name,
    state: tcb.state,
    halfOpen: !isSynchronized(tcb.state),
    ...socketsOf(tcb),
    ...countersOf(tcb),
    ...(knowsPeer(tcb) ? { irs: num(tcb.irs), rcvNxt: num(tcb.rcv.nxt) } : {}),
    timers: armedTimers(tcb.timers).map(({ name: timer, at }) => ({
      name: timer,
      left: at - moment.now,
    })),
    changed: changedColumns(before, tcb),
    isNew: created !== undefined && created.step === moment.event,
    ...(created ? { created: happened(moment, created) } : {}),
    knows: knownRows(ref, tcb, source, moment),
  };
}

function socketsOf({ local, remote }: Tcb) {
  return {
    local: printSocket(local),
    remote: remote === undefined ? '*:*' : printSocket(remote),
  };
}

function knownRows(
  ref: ConnectionRef,
  tcb: Tcb,
  source: TableSource,
  { place }: TableMoment,
): readonly Known[] {
  const knowledge = knowledgeOf(tcb);
  const proofs = source.proofs(ref, place, knowledge);
  return CLAIMS.map((claim) => {
    const { segment, ...proof } = proofs[claim] ?? {};
    const ack = segment && has(segment, ACK) ? { ack: num(segment.ack) } : {};
    return {
      standing: knowledge[claim],
      ...(segment
        ? { segment: { flags: printCtl(segment.ctl), seq: num(segment.seq), ...ack } }
        : {}),
      ...('place' in proof ? { proof } : {}),
    };
  });
}

/** The columns that are plain numbers. */
function countersOf(tcb: Tcb) {
  return {
    iss: num(tcb.iss),
    una: num(tcb.snd.una),
    nxt: num(tcb.snd.nxt),
    sndWnd: tcb.snd.wnd,
    rcvWnd: tcb.rcv.wnd,
    recvQueue: heldForUser(tcb),
    sendQueue: unsentOctets(tcb.queued) + distance(tcb.snd.una, tcb.snd.nxt),
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
  const timers = (tcb: Tcb) => JSON.stringify(armedTimers(tcb.timers));
  if (timers(before) !== timers(after)) columns.push('timers');
  return columns;
}
