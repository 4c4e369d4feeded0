/** What the Variables view shows of a moment, scope by scope. */

import { printDuration, printInstant } from '../base/time.js';
import { SEGMENT, segmentAt } from '../run/look.js';
import type { Delivery } from '../sim/delivery.js';
import { type Link, percent } from '../sim/link.js';
import type { Step } from '../sim/step.js';
import type { ConnectionRef, Microstep } from '../tcp/rule.js';
import { printSegment, type Segment } from '../tcp/segment.js';
import { isSynchronized } from '../tcp/states.js';
import type { Tcb } from '../tcp/tcb.js';
import { type Children, type Item, named, numbered, segmentItem, segmentItems } from './items.js';
import { type Entry, entriesAt, entryByRef, type Moment, subjectAt } from './moment.js';
import { changedItems, isnItems, tcbItems, tcbSummary, tcbTree, timerItems } from './tcb-items.js';

export interface Scope {
  readonly name: string;
  readonly hint?: 'arguments' | 'locals' | 'returnValue';
  readonly children: Children;
}

/** The scopes of a host's frames; of the network's when `host` is undefined. Empty ones are left out. */
export function scopesAt(moment: Moment, host: string | undefined): readonly Scope[] {
  const own = host === undefined ? [] : connectionScopes(moment, host);
  const scopes: readonly Scope[] = [
    { name: 'Segment', hint: 'arguments', children: named(segmentScope(moment, host)) },
    ...own,
    { name: 'In flight', children: inFlight(moment) },
    ...(host === undefined ? [{ name: 'Links', children: named(linkItems(moment)) }] : []),
    { name: 'Changed', hint: 'returnValue', children: named(changed(moment, host)) },
  ];
  return scopes.filter(({ children }) => children.size > 0);
}

function connectionScopes(moment: Moment, host: string): readonly Scope[] {
  const entry = subjectAt(moment, host);
  const { now } = moment.view;
  const table: readonly Scope[] = [
    { name: 'Connection table', children: named(tableItems(moment, host)) },
    { name: 'Listen queues', children: named(queueItems(moment, host)) },
  ];
  if (entry === undefined) return table;
  const owner = ownerOf(entry);
  const isn = entry.tcb.isn;
  const timers = timerItems(entry.tcb, now, owner);
  return [
    { name: 'Connection', hint: 'locals', children: named(tcbItems(entry.tcb, owner)) },
    { name: 'Timers', children: named(timers.length > 0 ? timers : [NO_TIMER]) },
    { name: 'ISN', children: named(isn ? isnItems(isn) : []) },
    ...table,
  ];
}

const NO_TIMER: Item = { name: 'armed', value: 'none' };

function ownerOf({ ref, name }: Entry): string {
  return `${ref.host}.${name}`;
}

// The segment -----------------------------------------------------------------------------------

/** The segment that arrives in this event, and what was sent so far; without an arrival, the one sent last. */
function segmentScope(moment: Moment, host: string | undefined): readonly Item[] {
  const { step, microstep, place } = moment;
  if (!step || (host !== undefined && step.host !== host)) return [];
  const sent = sentBy(step.microsteps.slice(0, place.microstep + 1));
  const arrival = step.cause.kind === 'arrival' ? step.cause.delivery : undefined;
  const shown = arrival?.segment ?? sent.at(-1);
  if (shown === undefined) return [];
  // Expressions mean the segment at hand; where that is another one, this one's fields have no name.
  const isNamed = segmentAt(step, microstep) === shown;
  const fields = segmentItems(shown, isNamed ? SEGMENT.toUpperCase() : undefined);
  const others = sent.filter((segment) => segment !== shown);
  const octets = (segment: Segment) => {
    const id = arrival?.segment === segment ? arrival.id : departureOf(step, segment);
    return id === undefined ? {} : { delivery: id };
  };
  const first: Item = {
    name: 'segment',
    value: printSegment(shown),
    type: 'segment',
    ...octets(shown),
  };
  return [
    first,
    ...fields,
    ...(arrival ? journeyItems(arrival) : []),
    ...others.map((segment) => ({ ...segmentItem('sends', segment), ...octets(segment) })),
  ];
}

/** The number of the delivery that carries a segment which this step sent. */
function departureOf({ departures }: Step, segment: Segment): number | undefined {
  return departures.find((one) => one.segment === segment)?.id;
}

function sentBy(microsteps: readonly Microstep[]): readonly Segment[] {
  return microsteps.flatMap(({ effects }) =>
    effects.flatMap((effect) => (effect.kind === 'send' ? [effect.segment] : [])),
  );
}

function journeyItems(delivery: Delivery): readonly Item[] {
  const { from, to, source, destination, segment, sentAt, kind } = delivery;
  return [
    { name: 'from', value: `${from}, ${source}:${segment.sourcePort}` },
    { name: 'to', value: `${to}, ${destination}:${segment.destinationPort}` },
    { name: 'sent at', value: `${printInstant(sentAt)} s` },
    { name: 'kind', value: kind },
  ];
}

// The tables ------------------------------------------------------------------------------------

function tableItems(moment: Moment, host: string): readonly Item[] {
  const entries = entriesAt(moment, host);
  const group = (name: string, belongs: (entry: Entry) => boolean): Item =>
    entryGroup(moment, name, entries.filter(belongs));
  return [
    group('listening', isListener),
    group('half-open', isHalfOpen),
    group('complete', ({ tcb }) => isSynchronized(tcb.state)),
    ...closedGroup(moment, entries),
  ];
}

function isListener({ tcb, parent }: Entry): boolean {
  return tcb.state === 'LISTEN' && parent === undefined;
}

/** A child that the SYN has not been looked at yet is in LISTEN like its parent, and on its way. */
function isHalfOpen(entry: Entry): boolean {
  const { state } = entry.tcb;
  return !isListener(entry) && state !== 'CLOSED' && !isSynchronized(state);
}

/** An entry that this event closes is still to be seen until the event is over. */
function closedGroup(moment: Moment, entries: readonly Entry[]): readonly Item[] {
  const closed = entries.filter(({ tcb }) => tcb.state === 'CLOSED');
  return closed.length === 0 ? [] : [entryGroup(moment, 'being deleted', closed)];
}

function entryGroup(moment: Moment, name: string, entries: readonly Entry[]): Item {
  if (entries.length === 0) return { name, value: 'none' };
  const [first] = entries;
  const value = entries.length === 1 && first ? `1: ${tcbSummary(first.tcb)}` : `${entries.length}`;
  return { name, value, children: numbered(entries, (entry) => connectionItem(moment, entry)) };
}

/** A connection as one variable. */
export function connectionItem(moment: Moment, entry: Entry): Item {
  const owner = ownerOf(entry);
  return {
    name: entry.name,
    value: tcbSummary(entry.tcb),
    type: 'connection',
    evaluateName: owner,
    children: named(tcbTree(entry.tcb, moment.view.now, owner)),
  };
}

function queueItems(moment: Moment, host: string): readonly Item[] {
  const entries = entriesAt(moment, host);
  return entries.filter(isListener).flatMap((listener) => {
    const { tcb, ref } = listener;
    const from = entries.filter(({ parent }) => parent === ref.id);
    const half = from.filter(isHalfOpen);
    const waiting = from.filter(
      ({ tcb: { state }, accepted }) => isSynchronized(state) && !accepted,
    );
    const queue = (name: string, members: readonly Entry[], limit: number): Item => ({
      ...entryGroup(moment, name, members),
      value: `${members.length} of at most ${limit}`,
    });
    const value = `${half.length} half-open, ${waiting.length} waiting for accept`;
    const queues = [
      queue('half-open', half, tcb.settings.synQueue),
      queue('waiting for accept', waiting, tcb.settings.backlog),
    ];
    return [{ name: `port ${tcb.local.port}`, value, children: named(queues) }];
  });
}

/** Deliveries on the links, the soonest first, and segments that are held back. */
function inFlight({ view: { world, now }, step, place }: Moment): Children {
  const arriving =
    step?.cause.kind === 'arrival' && place.microstep >= 0 ? step.cause.delivery.id : 0;
  const moving = [...world.queue]
    .sort((a, b) => a.at - b.at || a.serial - b.serial)
    .map(({ delivery }) => delivery)
    .filter(({ id }) => id !== arriving);
  const held = [...world.held.values()].flat();
  return numbered([...moving, ...held], (delivery) => deliveryItem(delivery, now));
}

function deliveryItem(delivery: Delivery, now: number): Item {
  const { id, from, to, segment, arrivesAt } = delivery;
  const left = arrivesAt === undefined ? 'held back' : printDuration(arrivesAt - now);
  const when = arrivesAt === undefined ? left : `arrives in ${left}`;
  const setName = `#${id}`;
  const arrival: Item = { name: 'arrives in', value: left, setName: `${setName}.arrives` };
  return {
    name: setName,
    delivery: id,
    value: `${from} -> ${to} ${printSegment(segment)}, ${when}`,
    type: 'delivery',
    children: named([
      ...journeyItems(delivery),
      arrival,
      { ...segmentItem('segment', segment, setName), delivery: id },
    ]),
  };
}

/** How each link treats what it carries; those that nobody declared are known once they are used. */
function linkItems({ view: { world } }: Moment): readonly Item[] {
  return [...world.links.values()].map((link) => ({
    name: `${link.a} -- ${link.b}`,
    value: `delay ${printDuration(link.settings.delay)}${link.cut ? ', cut' : ''}`,
    children: named(linkParts(link)),
  }));
}

function linkParts({ a, b, settings, cut }: Link): readonly Item[] {
  const { delay, jitter, loss, duplicate, reorder, rate, mtu } = settings;
  const part = (name: string, value: string | number): Item => ({
    name,
    value,
    setName: `${a}--${b}.${name}`,
  });
  return [
    part('delay', printDuration(delay)),
    part('jitter', printDuration(jitter)),
    part('loss', `${percent(loss)}%`),
    part('duplicate', `${percent(duplicate)}%`),
    part('reorder', `${percent(reorder)}%`),
    part('rate', rate ?? 'none'),
    part('mtu', mtu),
    { name: 'cut', value: String(cut) },
  ];
}

// What changed ----------------------------------------------------------------------------------

interface Change {
  readonly ref: ConnectionRef;
  readonly before: Tcb | undefined;
  after: Tcb | undefined;
}

/** How far back the search for the last statement goes: what is shown is what one step changed. */
const SPAN = 1000;

/** What this event changed up to here; at a statement, what the events since the statement before it changed. */
function changed(moment: Moment, host: string | undefined): readonly Item[] {
  const changes = [...changesOf(recent(moment)).values()];
  const shown = changes.filter(({ ref }) => host === undefined || ref.host === host);
  return shown.flatMap(({ ref, before, after }) => {
    const name = entryByRef(moment, ref)?.name ?? `c${ref.id}`;
    const owner = `${ref.host}.${name}`;
    if (!after) return [];
    if (!before) return [{ name: owner, value: `new: ${tcbSummary(after)}` }];
    const items = changedItems(before, after, owner);
    if (shown.length === 1 || items.length === 0) return items;
    return [
      { name: owner, value: items.map((item) => item.name).join(', '), children: named(items) },
    ];
  });
}

function recent({ run, place, step }: Moment): readonly Microstep[] {
  if (step && place.microstep >= 0) return step.microsteps.slice(0, place.microstep + 1);
  let from = place.step;
  while (from > 0 && place.step - from < SPAN) {
    from--;
    if (run.timeline.step(from).cause.kind === 'statement') break;
  }
  const microsteps: Microstep[] = [];
  for (let i = from; i < place.step; i++) microsteps.push(...run.timeline.step(i).microsteps);
  return microsteps;
}

function changesOf(microsteps: readonly Microstep[]): ReadonlyMap<string, Change> {
  const changes = new Map<string, Change>();
  for (const { connection, before, after } of microsteps) {
    if (!connection || before === after) continue;
    const key = `${connection.host}#${connection.id}`;
    const known = changes.get(key);
    if (known) known.after = after;
    else changes.set(key, { ref: connection, before, after });
  }
  return changes;
}
