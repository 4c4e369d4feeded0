/** What the Variables view shows of a moment, scope by scope. */

import { printDuration, printInstant } from '../base/time.js';
import { SEGMENT } from '../run/environment.js';
import { segmentAt, segmentBasesOf } from '../run/look.js';
import type { Delivery } from '../sim/delivery.js';
import { type Link, percent } from '../sim/link.js';
import type { Step } from '../sim/step.js';
import type { Microstep } from '../tcp/rule.js';
import type { Segment } from '../tcp/segment.js';
import { changedIn, changesAt } from './changes.js';
import { isnItems } from './isn-items.js';
import { type Children, type Item, keyed, named, segmentItem, segmentItems } from './items.js';
import { knowledgeItems } from './knowledge-items.js';
import { arrivingAt, type Entry, type Moment, subjectAt } from './moment.js';
import { type Bases, basesOfDelivery, shownSegment, shownText } from './numbers.js';
import { type Past, queueItems, tableItems } from './table-items.js';
import { tcbItems, timerItems } from './tcb-items.js';

export interface Scope {
  readonly name: string;
  readonly hint?: 'arguments' | 'locals' | 'returnValue';
  /** Made when the scope is opened. */
  readonly children: () => Children;
}

/** The scopes of a host's frames; of the network's when `host` is undefined. The same at every stop: an open one stays open. */
export function scopesAt(moment: Moment, host: string | undefined, past: Past): readonly Scope[] {
  const scope = (name: string, items: () => readonly Item[], hint?: Scope['hint']): Scope => ({
    name,
    ...(hint === undefined ? {} : { hint }),
    children: () => named(items()),
  });
  const flying: Scope = { name: 'In flight', children: () => inFlight(moment) };
  const changed = scope('Changed', () => orNone(changedIn(moment, host), 'nothing'), 'returnValue');
  const segment = () => orNone(segmentScope(moment, host), 'none in this event');
  if (host === undefined) {
    const links = scope('Links', () => orNone(linkItems(moment), 'none used yet'));
    return [scope('Segment', segment, 'arguments'), flying, links, changed];
  }
  const subject = () => subjectAt(moment, host);
  return [
    scope('Segment', segment, 'arguments'),
    scope('Connection', () => connectionItems(moment, subject()), 'locals'),
    scope('Timers', () => timersOf(moment, subject())),
    scope('ISN', () => isnOf(moment, subject())),
    scope('What each side knows', () => knowledgeItems(moment, host, subject(), past)),
    scope('Connection table', () => tableItems(moment, host, past)),
    scope('Listen queues', () => orNone(queueItems(moment, host, past), 'no listener')),
    flying,
    changed,
  ];
}

/** A scope that has nothing to show says so. */
function orNone(items: readonly Item[], text: string): readonly Item[] {
  return items.length > 0 ? items : [{ name: NONE, value: text }];
}

const NONE = '(none)';

const NO_CONNECTION: readonly Item[] = [{ name: NONE, value: 'no connection' }];

function connectionItems(moment: Moment, entry: Entry | undefined): readonly Item[] {
  if (entry === undefined) return NO_CONNECTION;
  return tcbItems(entry.tcb, ownerOf(entry), changesAt(moment).get(entry.ref)?.before);
}

function timersOf(moment: Moment, entry: Entry | undefined): readonly Item[] {
  if (entry === undefined) return NO_CONNECTION;
  const before = changesAt(moment).get(entry.ref)?.before;
  const timers = timerItems(entry.tcb, moment.view.now, ownerOf(entry), before);
  return timers.length > 0 ? timers : [{ name: 'armed', value: 'none' }];
}

function isnOf(moment: Moment, entry: Entry | undefined): readonly Item[] {
  return entry === undefined ? NO_CONNECTION : isnItems(entry.tcb, moment.view.now);
}

function ownerOf({ ref, name }: Entry): string {
  return `${ref.host}.${name}`;
}

// The segment -----------------------------------------------------------------------------------

/** The segment that arrives in this event, and what was sent so far; without an arrival, the one sent last. */
function segmentScope(moment: Moment, host: string | undefined): readonly Item[] {
  const { step, place } = moment;
  if (!step || (host !== undefined && step.host !== host)) return [];
  const sent = sentBy(step.microsteps.slice(0, place.microstep + 1));
  const arrival = step.cause.kind === 'arrival' ? step.cause.delivery : undefined;
  const shown = arrival?.segment ?? sent.at(-1);
  if (shown === undefined) return [];
  // Expressions mean the segment at hand; where that is another one, this one's fields have no name.
  const isNamed = segmentAt(step, place.microstep) === shown;
  const bases = segmentBases(moment, shown);
  const expression = isNamed ? SEGMENT.toUpperCase() : undefined;
  const fields = segmentItems(shown, { expression, bases });
  const others = sent.filter((segment) => segment !== shown);
  const octets = (segment: Segment) => {
    const id = arrival?.segment === segment ? arrival.id : departureOf(step, segment);
    return id === undefined ? {} : { delivery: id };
  };
  const first: Item = {
    name: 'segment',
    value: shownSegment(shown, bases),
    type: 'segment',
    ...octets(shown),
  };
  return [
    first,
    ...fields,
    ...(arrival ? journeyItems(arrival) : []),
    ...others.map((segment) => ({
      ...segmentItem('sends', segment, { bases: segmentBases(moment, segment) }),
      ...octets(segment),
    })),
  ];
}

/** Where the numbers of this event's segment begin: the connection that it concerns knows. */
function segmentBases(moment: Moment, segment: Segment): Bases | undefined {
  const { step } = moment;
  const host = step?.connection?.host ?? step?.host;
  const entry = host === undefined ? undefined : subjectAt(moment, host);
  return entry && segmentBasesOf(entry.tcb, segment);
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

// The network ------------------------------------------------------------------------------------

/** Deliveries on the links, the soonest first, and segments that are held back. */
function inFlight(moment: Moment): Children {
  const { world, now } = moment.view;
  const arriving = arrivingAt(moment);
  const all = () => {
    const moving = [...world.queue]
      .sort((a, b) => a.at - b.at || a.serial - b.serial)
      .map(({ delivery }) => delivery)
      .filter(({ id }) => id !== arriving);
    return [...moving, ...[...world.held.values()].flat()];
  };
  const held = [...world.held.values()].reduce((sum, { length }) => sum + length, 0);
  const count = world.queue.length + held - (arriving === undefined ? 0 : 1);
  if (count === 0) return named(orNone([], 'nothing'));
  const item = (delivery: Delivery) =>
    deliveryItem(delivery, now, basesOfDelivery(world, delivery));
  return keyed(
    count,
    (start, end) => all().slice(start, end).map(item),
    (name) =>
      all()
        .filter(({ id }) => `#${id}` === name)
        .map(item)[0],
  );
}

function deliveryItem(delivery: Delivery, now: number, bases: Bases): Item {
  const { id, from, to, segment, arrivesAt } = delivery;
  const left = arrivesAt === undefined ? 'held back' : printDuration(arrivesAt - now);
  const when = arrivesAt === undefined ? left : `arrives in ${left}`;
  const setName = `#${id}`;
  const arrival: Item = { name: 'arrives in', value: left, setName: `${setName}.arrives` };
  return {
    name: setName,
    delivery: id,
    value: shownText`${from} -> ${to} ${shownSegment(segment, bases)}, ${when}`,
    type: 'delivery',
    children: named([
      ...journeyItems(delivery),
      arrival,
      { ...segmentItem('segment', segment, { setName, bases }), delivery: id },
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
