/**
 * Where everything stands: a fold over the steps of a record. Each step costs what it shows, whatever came before; a copy of the fold's
 * state at some step is enough to lay out all that follows it again, item by item, in the same places.
 */

import type { Delivery } from '../sim/delivery.js';
import type { Place, Step } from '../sim/step.js';
import type { Duration, Instant } from '../tcp/rule.js';
import type { State } from '../tcp/states.js';
import type { Happening } from './happenings.js';
import { happeningsOf } from './happenings.js';
import {
  ARROW_GAP,
  BREAK_ROOM,
  DEFAULT_UNIT,
  gap,
  LINE,
  MIN_GAP,
  MIN_SLANT,
  NOTE_ROOM,
  REMARK,
  TOP,
} from './scale.js';
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

interface LaneLayout {
  /** The lowest text on either side. */
  left: number;
  right: number;
  state: State | undefined;
  /** How many connections it has had, listeners not counted, and the highest id among them. */
  connections: number;
  lastId: number;
}

export interface Layout {
  /** The instant that is being drawn, and the height at which it begins. */
  at: Instant;
  top: number;
  /** Where the last step stands. Steps never go up. */
  y: number;
  unit: Duration | undefined;
  readonly lanes: LaneLayout[];
  /** By delivery id. */
  readonly flights: Map<number, Flight>;
  /** The lowest tail and head of arrows by `from` and `to`. */
  readonly tails: Map<number, number>;
  readonly heads: Map<number, number>;
  /** How many are in flight, and which of them left after the last one that goes the other way. */
  readonly counts: Map<number, number>;
  readonly fresh: Map<number, Set<number>>;
  readonly bases: Bases;
}

/** What laying out needs to know besides the record. */
export interface Stage {
  readonly laneOf: (name: string) => number | undefined;
  readonly laneCount: number;
  readonly statement: (index: number) => string;
}

/** Where one step stands, with all it shows. */
export interface Placed {
  readonly step: Step;
  readonly y: number;
  readonly time: { readonly y: number } | undefined;
  readonly gap:
    | { readonly y: number; readonly height: number; readonly wait: Duration }
    | undefined;
  readonly arrived: Flight | undefined;
  readonly departed: readonly Flight[];
  /** Flights that one of `departed` meets. */
  readonly met: readonly number[];
  readonly happenings: readonly PlacedHappening[];
}

export interface PlacedHappening {
  readonly happening: Happening;
  readonly y: number;
  readonly textY: number;
  readonly lane: number;
  readonly side: 'left' | 'right';
  /** Whether the host has had more than one connection. */
  readonly several: boolean;
}

export function createLayout(stage: Stage): Layout {
  return {
    at: 0,
    top: TOP,
    y: TOP,
    unit: undefined,
    lanes: Array.from({ length: stage.laneCount }, () => ({
      left: 0,
      right: 0,
      state: undefined,
      connections: 0,
      lastId: -1,
    })),
    flights: new Map(),
    tails: new Map(),
    heads: new Map(),
    counts: new Map(),
    fresh: new Map(),
    bases: new Map(),
  };
}

export function copyLayout(layout: Layout): Layout {
  return {
    ...layout,
    lanes: layout.lanes.map((lane) => ({ ...lane })),
    flights: new Map(layout.flights),
    tails: new Map(layout.tails),
    heads: new Map(layout.heads),
    counts: new Map(layout.counts),
    fresh: new Map([...layout.fresh].map(([pair, ids]) => [pair, new Set(ids)])),
    bases: new Map(layout.bases),
  };
}

/** Puts the next step in its place. Changes `layout`. */
export function placeStep(layout: Layout, step: Step, stage: Stage): Placed {
  const first = step.index === 0;
  const wait = step.at - layout.at;
  const before = layout.y;
  const arriving = arrivalOf(layout, step);
  const broken = wait > 0 ? passTime(layout, step.at, arriving) : undefined;
  const time = first || wait > 0 ? { y: layout.top } : undefined;
  const seen = happeningsOf(step, stage.statement);
  const y = heightOf(layout, step, seen, arriving, stage);
  layout.y = y;
  if (arriving !== undefined) {
    land(layout, arriving, pairOf(arriving.from, arriving.to, stage));
    layout.heads.set(pairOf(arriving.from, arriving.to, stage), y);
  }
  const { departed, met } = depart(layout, step, y, stage);
  const happenings = seen.flatMap((one) => placeHappening(layout, one, y, step, stage));
  const gapItem = broken && { y: before, height: layout.top - before, wait };
  return { step, y, time, gap: gapItem, arrived: arriving, departed, met, happenings };
}

/**
 * Moves down to a new instant; true when the wait is not drawn to scale. The first arrow that arrives then falls as far as its delay
 * is long, however low it left.
 */
function passTime(layout: Layout, at: Instant, arriving: Flight | undefined): true | undefined {
  const { height, broken } = gap(at - layout.at, layout.unit ?? DEFAULT_UNIT);
  const least = broken ? lowestOf(layout) + BREAK_ROOM : layout.y + MIN_GAP;
  const landing = arriving === undefined ? 0 : arriving.y + arriving.reach;
  layout.top = Math.max(layout.top + height, least, landing);
  layout.at = at;
  layout.y = layout.top;
  return broken ? true : undefined;
}

/** The lowest of all that is drawn so far. */
function lowestOf({ lanes, y }: Layout): number {
  return lanes.reduce((low, lane) => Math.max(low, lane.left, lane.right), y);
}

function arrivalOf(layout: Layout, step: Step): Flight | undefined {
  return step.cause.kind === 'arrival' ? layout.flights.get(step.cause.delivery.id) : undefined;
}

/** The least height at which nothing of this step stands in another's way. */
function heightOf(
  layout: Layout,
  step: Step,
  seen: readonly Happening[],
  arriving: Flight | undefined,
  stage: Stage,
): number {
  let y = layout.y;
  if (arriving !== undefined) {
    const head = layout.heads.get(pairOf(arriving.from, arriving.to, stage));
    y = Math.max(y, arriving.y + MIN_SLANT, (head ?? -ARROW_GAP) + ARROW_GAP);
  }
  for (const delivery of step.departures) {
    const pair = pairOfDelivery(delivery, stage);
    const tail = pair === undefined ? undefined : layout.tails.get(pair);
    if (tail !== undefined) y = Math.max(y, tail + ARROW_GAP);
  }
  for (const one of seen) {
    if (one.kind === 'note') continue;
    const lane = layout.lanes[stage.laneOf(one.host) ?? -1];
    if (lane === undefined) continue;
    const side = sideOf(one.host, step, stage);
    y = Math.max(y, lane[side] + LINE);
  }
  return y;
}

type Departed = Pick<Placed, 'departed' | 'met'>;

const NOTHING_LEFT: Departed = { departed: [], met: [] };

/** Draws what leaves in this step: the first at the step's own height, each further one the same way a little lower. */
function depart(layout: Layout, step: Step, y: number, stage: Stage): Departed {
  if (step.departures.length === 0) return NOTHING_LEFT;
  const departed: Flight[] = [];
  const met = new Set<number>();
  const sends = sendingMicrosteps(step);
  for (const [i, delivery] of step.departures.entries()) {
    const pair = pairOfDelivery(delivery, stage);
    const [from, to] = [stage.laneOf(delivery.from), stage.laneOf(delivery.to)];
    if (pair === undefined || from === undefined || to === undefined) continue;
    const tail = Math.max(y, (layout.tails.get(pair) ?? -ARROW_GAP) + ARROW_GAP);
    layout.tails.set(pair, tail + (isRemarkable(delivery) ? REMARK : 0));
    layout.y = Math.max(layout.y, tail);
    const { microstep, tcb } = sends(i, delivery);
    const origin = originOf(delivery, tcb, layout.bases);
    const place = { step: step.index, microstep };
    const reach = reachOf(layout, delivery);
    const flight: Flight = { delivery, place, y: tail, from, to, reach, origin };
    departed.push(flight);
    for (const id of meet(layout, flight, pairOf(to, from, stage))) met.add(id);
    if (delivery.fate === 'deliver') takeOff(layout, flight, pair);
  }
  return { departed, met: [...met] };
}

/** How far an arrow falls until the record says better. The first delay that is seen becomes the figure's scale. */
function reachOf(layout: Layout, { arrivesAt, sentAt }: Delivery): number {
  const delay = arrivesAt === undefined ? undefined : arrivesAt - sentAt;
  if (layout.unit === undefined && delay !== undefined && delay > 0) layout.unit = delay;
  const unit = layout.unit ?? DEFAULT_UNIT;
  return Math.max(MIN_SLANT, gap(delay ?? unit, unit).height);
}

/** What is unusual about an arrow is written below its line. */
function isRemarkable({ kind, fate, corrupt }: Delivery): boolean {
  return kind !== 'first' || fate !== 'deliver' || corrupt;
}

function takeOff(layout: Layout, flight: Flight, pair: number): void {
  const { id } = flight.delivery;
  layout.flights.set(id, flight);
  layout.counts.set(pair, (layout.counts.get(pair) ?? 0) + 1);
  const fresh = layout.fresh.get(pair);
  if (fresh === undefined) layout.fresh.set(pair, new Set([id]));
  else fresh.add(id);
}

function land(layout: Layout, { delivery }: Flight, pair: number): void {
  layout.flights.delete(delivery.id);
  layout.counts.set(pair, (layout.counts.get(pair) ?? 1) - 1);
  layout.fresh.get(pair)?.delete(delivery.id);
}

/** The arrows that meet another because this one leaves now. Each is named once or twice in its life. */
function meet(layout: Layout, flight: Flight, opposite: number): readonly number[] {
  if ((layout.counts.get(opposite) ?? 0) === 0) return [];
  const fresh = [...(layout.fresh.get(opposite) ?? [])];
  layout.fresh.get(opposite)?.clear();
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

function placeHappening(
  layout: Layout,
  happening: Happening,
  y: number,
  step: Step,
  stage: Stage,
): readonly PlacedHappening[] {
  if (happening.kind === 'note') {
    const textY = lowestOf(layout) + NOTE_ROOM;
    layout.y = textY + NOTE_ROOM - MIN_GAP;
    for (const lane of layout.lanes) lane.left = lane.right = textY + 4;
    return [{ happening, y: textY, textY, lane: 0, side: 'left', several: false }];
  }
  const index = stage.laneOf(happening.host);
  const lane = index === undefined ? undefined : layout.lanes[index];
  if (index === undefined || lane === undefined) return [];
  const side = sideOf(happening.host, step, stage);
  const textY = Math.max(y, lane[side] + LINE);
  lane[side] = textY;
  if (happening.kind === 'state') {
    lane.state = happening.to;
    if (happening.to !== 'LISTEN' && happening.connection.id > lane.lastId) {
      lane.lastId = happening.connection.id;
      lane.connections += 1;
    }
  }
  return [{ happening, y, textY, lane: index, side, several: lane.connections > 1 }];
}

/** On which side of a lane texts stand: outside for the outer ones, else where fewer arrows of this step are. */
function sideOf(host: string, step: Step, stage: Stage): 'left' | 'right' {
  const lane = stage.laneOf(host) ?? 0;
  if (lane === 0) return 'left';
  if (lane === stage.laneCount - 1) return 'right';
  const others = step.departures
    .filter(({ from }) => from === host)
    .map(({ to }) => stage.laneOf(to) ?? lane);
  if (step.cause.kind === 'arrival') others.push(stage.laneOf(step.cause.delivery.from) ?? lane);
  const left = others.filter((other) => other < lane).length;
  const right = others.filter((other) => other > lane).length;
  return right > left ? 'left' : 'right';
}

function pairOfDelivery(delivery: Delivery, stage: Stage): number | undefined {
  const [from, to] = [stage.laneOf(delivery.from), stage.laneOf(delivery.to)];
  return from === undefined || to === undefined ? undefined : pairOf(from, to, stage);
}

function pairOf(from: number, to: number, stage: Stage): number {
  return from * stage.laneCount + to;
}
