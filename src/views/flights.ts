/** Arrows on their way: where each begins, how far it falls, whom it meets. Lanes and texts are the layout's. */

import type { Delivery } from '../sim/delivery.js';
import type { Place, Step } from '../sim/step.js';
import type { Duration } from '../tcp/rule.js';
import { ARROW_GAP, DEFAULT_UNIT, gap, LABEL_ROOM, MIN_SLANT, REMARK } from './scale.js';
import type { Bases, Origin } from './segment-view.js';
import { originOf } from './segment-view.js';

/** An arrow that has left and, as far as the record goes, not arrived. */
export interface Flight {
  readonly delivery: Delivery;
  readonly place: Place;
  readonly y: number;
  readonly from: number;
  readonly to: number;
  readonly reach: number;
  readonly origin: Origin;
}

/** The lanes, by number. */
export interface Lanes {
  readonly laneOf: (name: string) => number | undefined;
  readonly laneCount: number;
}

/** What is in the air, and where arrows of each pair of lanes begin and end. */
export interface Air {
  /** The first delay that was seen: the figure's scale. */
  unit: Duration | undefined;
  /** By delivery id. */
  readonly flights: Map<number, Flight>;
  /** Those that are held back on their way: they may go on. */
  readonly held: Map<number, Flight>;
  /** The lowest tail and head of arrows by `from` and `to`. */
  readonly tails: Map<number, number>;
  readonly heads: Map<number, number>;
  /** How many are in flight, and which of them left after the last one that goes the other way. */
  readonly counts: Map<number, number>;
  readonly fresh: Map<number, Set<number>>;
  readonly bases: Bases;
}

export function createAir(): Air {
  return {
    unit: undefined,
    flights: new Map(),
    held: new Map(),
    tails: new Map(),
    heads: new Map(),
    counts: new Map(),
    fresh: new Map(),
    bases: new Map(),
  };
}

export function copyAir(air: Air): Air {
  return {
    unit: air.unit,
    flights: new Map(air.flights),
    held: new Map(air.held),
    tails: new Map(air.tails),
    heads: new Map(air.heads),
    counts: new Map(air.counts),
    fresh: new Map([...air.fresh].map(([pair, ids]) => [pair, new Set(ids)])),
    bases: new Map(air.bases),
  };
}

export function arrivalOf({ flights, held }: Air, { cause }: Step): Flight | undefined {
  if (cause.kind !== 'arrival') return undefined;
  const { id } = cause.delivery;
  return flights.get(id) ?? held.get(id);
}

/** Below this the labels of arrows that are on their way are past; their lines may go on. */
export function labelsEnd({ flights, tails }: Air): number {
  return flights.size === 0 ? 0 : Math.max(...tails.values()) + LABEL_ROOM;
}

/** The least height, at or below `y`, at which no arrow of this step stands in another's way. */
export function clearOf(
  air: Air,
  step: Step,
  arriving: Flight | undefined,
  y: number,
  lanes: Lanes,
): number {
  let least = y;
  if (arriving !== undefined) {
    const head = air.heads.get(pairOf(arriving.from, arriving.to, lanes));
    least = Math.max(least, arriving.y + MIN_SLANT, (head ?? -ARROW_GAP) + ARROW_GAP);
  }
  for (const delivery of step.departures) {
    const pair = pairOfDelivery(delivery, lanes);
    const tail = pair === undefined ? undefined : air.tails.get(pair);
    if (tail !== undefined) least = Math.max(least, tail + ARROW_GAP);
  }
  return least;
}

/** An arrow arrives at height `y`. */
export function land(air: Air, flight: Flight, y: number, lanes: Lanes): void {
  air.heads.set(leave(air, flight, lanes), y);
}

/** Arrows end on their way. Those that were not under way are left out. */
export function vanish(air: Air, { ended = [] }: Step, lanes: Lanes): readonly Flight[] {
  return ended.flatMap(({ id, fate }) => {
    const flight = air.flights.get(id);
    if (flight === undefined) return [];
    leave(air, flight, lanes);
    if (fate === 'hold') air.held.set(id, flight);
    return [flight];
  });
}

/** Answers with the pair of lanes that has one arrow less. */
function leave(air: Air, { delivery, from, to }: Flight, lanes: Lanes): number {
  const pair = pairOf(from, to, lanes);
  air.held.delete(delivery.id);
  if (!air.flights.delete(delivery.id)) return pair;
  air.counts.set(pair, (air.counts.get(pair) ?? 1) - 1);
  air.fresh.get(pair)?.delete(delivery.id);
  return pair;
}

export interface Departed {
  readonly departed: readonly Flight[];
  /** Flights that one of `departed` meets. */
  readonly met: readonly number[];
}

const NOTHING_LEFT: Departed = { departed: [], met: [] };

/** Draws what leaves in this step: the first at the step's own height `y`, each further one the same way a little lower. */
export function depart(air: Air, step: Step, y: number, lanes: Lanes): Departed {
  if (step.departures.length === 0) return NOTHING_LEFT;
  const departed: Flight[] = [];
  const met = new Set<number>();
  const sends = sendingMicrosteps(step);
  for (const [i, delivery] of step.departures.entries()) {
    const pair = pairOfDelivery(delivery, lanes);
    const [from, to] = [lanes.laneOf(delivery.from), lanes.laneOf(delivery.to)];
    if (pair === undefined || from === undefined || to === undefined) continue;
    const tail = Math.max(y, (air.tails.get(pair) ?? -ARROW_GAP) + ARROW_GAP);
    air.tails.set(pair, tail + (isRemarkable(delivery) ? REMARK : 0));
    const { microstep, tcb } = sends(i, delivery);
    const origin = originOf(delivery, tcb, air.bases);
    const place = { step: step.index, microstep };
    const reach = reachOf(air, delivery);
    const flight: Flight = { delivery, place, y: tail, from, to, reach, origin };
    departed.push(flight);
    for (const id of meet(air, flight, pairOf(to, from, lanes))) met.add(id);
    if (delivery.fate === 'deliver') takeOff(air, flight, pair);
  }
  return { departed, met: [...met] };
}

/** How far an arrow falls until the record says better. The first delay that is seen becomes the figure's scale. */
function reachOf(air: Air, { arrivesAt, sentAt }: Delivery): number {
  const delay = arrivesAt === undefined ? undefined : arrivesAt - sentAt;
  if (air.unit === undefined && delay !== undefined && delay > 0) air.unit = delay;
  const unit = air.unit ?? DEFAULT_UNIT;
  return Math.max(MIN_SLANT, gap(delay ?? unit, unit).height);
}

/** What is unusual about an arrow is written below its line. */
function isRemarkable({ kind, fate, corrupt }: Delivery): boolean {
  return kind !== 'first' || fate !== 'deliver' || corrupt;
}

function takeOff(air: Air, flight: Flight, pair: number): void {
  const { id } = flight.delivery;
  air.flights.set(id, flight);
  air.counts.set(pair, (air.counts.get(pair) ?? 0) + 1);
  const fresh = air.fresh.get(pair);
  if (fresh === undefined) air.fresh.set(pair, new Set([id]));
  else fresh.add(id);
}

/** The arrows that meet another because this one leaves now. Each is named once or twice in its life. */
function meet(air: Air, flight: Flight, opposite: number): readonly number[] {
  if ((air.counts.get(opposite) ?? 0) === 0) return [];
  const fresh = [...(air.fresh.get(opposite) ?? [])];
  air.fresh.get(opposite)?.clear();
  return [flight.delivery.id, ...fresh];
}

/** For each departure the microstep that sent it, and the sender's TCB then. Copies share their original's. */
function sendingMicrosteps(step: Step) {
  const sends = step.microsteps.flatMap(({ effects, after }, microstep) =>
    effects.flatMap((effect) => (effect.kind === 'send' ? [{ microstep, after, effect }] : [])),
  );
  return (index: number, delivery: Delivery) => {
    const send =
      sends.find(({ effect }) => effect.segment === delivery.segment) ??
      (delivery.sender === undefined ? undefined : sends[Math.min(index, sends.length - 1)]);
    return { microstep: send?.microstep ?? 0, tcb: send?.after };
  };
}

function pairOfDelivery(delivery: Delivery, lanes: Lanes): number | undefined {
  const [from, to] = [lanes.laneOf(delivery.from), lanes.laneOf(delivery.to)];
  return from === undefined || to === undefined ? undefined : pairOf(from, to, lanes);
}

function pairOf(from: number, to: number, lanes: Lanes): number {
  return from * lanes.laneCount + to;
}
