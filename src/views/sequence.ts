/**
 * The sequence diagram of a record: laid out step by step as the record grows, read window by window. Kept per step: one height; per arrow: its
 * arrival. The items of a window are made again from the record when somebody looks.
 */

import { countWhile } from '../base/bisect.js';
import type { Place, Step } from '../sim/step.js';
import type { ConnectionRef } from '../tcp/rule.js';
import type { State } from '../tcp/states.js';
import type { Item, Lane } from './contract.js';
import type { Flight } from './flights.js';
import type { Facts } from './items.js';
import { arrowItem, itemsOf } from './items.js';
import type { Layout, Placed, Stage } from './layout.js';
import { copyLayout, createLayout, placeStep } from './layout.js';
import { BOTTOM, TOP } from './scale.js';

/** Where the record is read from. Steps need not be stored: each is asked for as seldom and as much in order as can be. */
export interface Source {
  /** The scenario. */
  readonly title: string;
  /** Hosts and peers in the order of declaration. */
  readonly lanes: readonly Lane[];
  readonly length: () => number;
  readonly step: (index: number) => Step;
  /** The text of a statement, as written: `client: connect server:80`. */
  readonly statement: (index: number) => string;
  /** What a connection is called: `c1`. */
  readonly connectionName: (connection: ConnectionRef) => string;
}

/** All items that touch a part of the diagram. */
export interface Window {
  readonly from: number;
  readonly to: number;
  /** The state beside each lane at `from`. */
  readonly states: readonly State[];
  readonly items: readonly Item[];
}

export interface Sequence {
  /** Lays out what was recorded since the last call, at most `most` steps of it. */
  readonly extend: (most?: number) => void;
  /** How many steps are laid out. */
  readonly length: () => number;
  /** Forgets step `index` and all after it: the record was forked there. */
  readonly truncate: (index: number) => void;
  readonly height: () => number;
  /** Where a step stands. */
  readonly stepY: (index: number) => number;
  /** Where the cursor's line stands: at the lowest of what has happened in its step. */
  readonly placeY: (place: Place) => number;
  readonly window: (from: number, to: number) => Window;
  /** Items that steps `[from, length)` made or changed. */
  readonly since: (from: number) => readonly Item[];
}

/** Steps between two copies of the fold's state; more when many arrows are in flight, so that copies cost O(1) a step. */
const INTERVAL = 64;
/** How far a step's texts may reach below it, and its break above it. */
const BELOW = 120;
const ABOVE = 160;

interface Checkpoint {
  readonly index: number;
  readonly layout: Layout;
}

type Noted = 'arrivals' | 'crossings' | 'drops' | 'holds' | 'byHand' | 'damages' | 'changes';

interface Model {
  readonly source: Source;
  readonly stage: Stage;
  layout: Layout;
  /** By step. */
  readonly heights: number[];
  /**
   * By delivery id: the step of its arrival, the one in which it was first seen to meet another, those that dropped it
   * or held it back, those of them that the user made by hand, and those in which it was found to be damaged or changed.
   */
  readonly steps: Readonly<Record<Noted, (number | undefined)[]>>;
  readonly checkpoints: Checkpoint[];
  readonly facts: Facts;
}

/** The diagram of a record, empty until `extend` is called. */
export function createSequence(source: Source): Sequence {
  const model = createModel(source);
  return {
    extend: (most) => extend(model, most),
    length: () => model.heights.length,
    truncate: (index) => truncate(model, index),
    height: () => model.layout.y + BOTTOM,
    stepY: (index) => model.heights[index] ?? model.layout.y,
    placeY: (place) => placeY(model, place),
    window: (from, to) => windowOf(model, from, to),
    since: (from) => changesSince(model, from),
  };
}

function createModel(source: Source): Model {
  const lanes = new Map(source.lanes.map(({ name }, i) => [name, i]));
  const stage: Stage = {
    laneOf: (name) => lanes.get(name),
    laneCount: source.lanes.length,
    statement: source.statement,
  };
  const heights: number[] = [];
  const steps: Model['steps'] = {
    arrivals: [],
    crossings: [],
    drops: [],
    holds: [],
    byHand: [],
    damages: [],
    changes: [],
  };
  const facts = factsOf(heights, steps, source);
  const layout = createLayout(stage);
  const checkpoints = [{ index: 0, layout: copyLayout(layout) }];
  return { source, stage, layout, heights, steps, checkpoints, facts };
}

function factsOf(
  heights: readonly number[],
  { arrivals, crossings, drops, holds, byHand, damages, changes }: Model['steps'],
  { connectionName }: Source,
): Facts {
  return {
    arrivalOf: (delivery) => {
      const step = arrivals[delivery];
      return step === undefined ? undefined : { step, y: heights[step] ?? TOP };
    },
    isCrossing: (delivery) => crossings[delivery] !== undefined,
    endOf: (delivery) => {
      const isDropped = drops[delivery] !== undefined;
      const isOver = isDropped || holds[delivery] !== undefined;
      if (arrivals[delivery] !== undefined || !isOver) return undefined;
      const by = byHand[delivery] === undefined ? 'script' : 'you';
      return { fate: isDropped ? 'lose' : 'hold', by };
    },
    isDamaged: (delivery) => damages[delivery] !== undefined,
    isChanged: (delivery) => changes[delivery] !== undefined,
    connectionName,
  };
}

function extend(model: Model, most = Number.POSITIVE_INFINITY): void {
  const { source, heights, checkpoints, layout, stage } = model;
  const end = Math.min(source.length(), heights.length + most);
  for (let index = heights.length; index < end; index++) {
    const last = checkpoints.at(-1);
    // Farther apart as the record grows: a few thousand copies in all.
    const interval = Math.max(INTERVAL, layout.flights.size, index >> 10);
    if (last && index - last.index >= interval) {
      prune(layout);
      checkpoints.push({ index, layout: copyLayout(layout) });
    }
    note(model, placeStep(layout, source.step(index), stage));
  }
}

function note({ heights, steps }: Model, placed: Placed): void {
  heights.push(placed.y);
  const { index, cause, ended = [] } = placed.step;
  if (placed.arrived) steps.arrivals[placed.arrived.delivery.id] = index;
  if (placed.arrived && placed.isChanged) steps.changes[placed.arrived.delivery.id] = index;
  for (const { id, fate } of ended) {
    steps[fate === 'hold' ? 'holds' : 'drops'][id] = index;
    steps.byHand[id] = cause.kind === 'edit' ? index : undefined;
  }
  if (cause.kind === 'arrival' && cause.delivery.corrupt) steps.damages[cause.delivery.id] = index;
  for (const id of placed.met) steps.crossings[id] ??= index;
}

/** Drops what is too high up to be in anything's way. */
function prune(layout: Layout): void {
  for (const map of [layout.tails, layout.heads]) {
    for (const [pair, y] of map) if (y < layout.top - BELOW) map.delete(pair);
  }
}

function truncate(model: Model, index: number): void {
  if (index >= model.heights.length) return;
  const { checkpoints, heights, steps } = model;
  while ((checkpoints.at(-1)?.index ?? 0) > index) checkpoints.pop();
  const last = checkpoints.at(-1);
  if (last === undefined) return;
  heights.length = last.index;
  for (const known of Object.values(steps)) {
    known.forEach((step, id) => {
      if (step !== undefined && step >= last.index) known[id] = undefined;
    });
  }
  model.layout = replay(model, last, index, (placed) => note(model, placed));
}

/** Lays out steps `[start.index, end)` again and hands each on. Answers with the layout before `end`. */
function replay(
  { source, stage }: Model,
  start: Checkpoint,
  end: number,
  visit: (placed: Placed, layout: Layout) => void,
): Layout {
  const layout = copyLayout(start.layout);
  for (let index = start.index; index < end; index++) {
    visit(placeStep(layout, source.step(index), stage), layout);
  }
  return layout;
}

function windowOf(model: Model, from: number, to: number): Window {
  const start = checkpointBefore(model, stepAt(model, from - BELOW));
  const end = Math.min(model.heights.length, stepAt(model, to + ABOVE) + 2);
  const states = start.layout.lanes.map(({ state = 'CLOSED' }) => state);
  const items: Item[] = [];
  const take = (item: Item): void => {
    if (touches(item, from, to)) items.push(item);
    if (item.kind === 'state' && item.y <= from) states[item.lane] = item.to;
  };
  for (const flight of start.layout.flights.values()) take(arrowItem(flight, model.facts));
  replay(model, start, end, (placed) => itemsOf(placed, model.facts).forEach(take));
  return { from, to, states, items };
}

function changesSince(model: Model, from: number): readonly Item[] {
  const items = new Map<string, Item>();
  const arrow = (flight: Flight | undefined): void => {
    if (flight === undefined) return;
    const item = arrowItem(flight, model.facts);
    items.set(item.id, item);
  };
  replay(model, checkpointBefore(model, from), model.heights.length, (placed, layout) => {
    if (placed.step.index < from) return;
    arrow(placed.arrived);
    placed.vanished.forEach(arrow);
    for (const id of placed.met) arrow(layout.flights.get(id));
    for (const item of itemsOf(placed, model.facts)) items.set(item.id, item);
  });
  return [...items.values()];
}

function placeY(model: Model, { step, microstep }: Place): number {
  const { heights, layout } = model;
  if (step >= heights.length) return layout.y;
  let y = heights[step] as number;
  if (microstep < 0) return y;
  replay(model, checkpointBefore(model, step), step + 1, (placed) => {
    if (placed.step.index !== step) return;
    for (const flight of placed.departed) {
      if (flight.place.microstep <= microstep) y = Math.max(y, flight.y);
    }
    for (const { happening, textY } of placed.happenings) {
      if (happening.kind === 'note' && happening.microstep <= microstep) y = Math.max(y, textY);
    }
  });
  return y;
}

function touches(item: Item, from: number, to: number): boolean {
  switch (item.kind) {
    case 'arrow': {
      const flying = item.fate === 'deliver' && item.arrival === undefined;
      const end = flying ? Number.POSITIVE_INFINITY : (item.arrival?.y ?? item.y + item.reach);
      return item.y <= to && end >= from;
    }
    case 'gap':
      return item.y <= to && item.y + item.height >= from;
    case 'mark':
    case 'state':
      return item.y <= to && item.textY >= from;
    case 'time':
    case 'note':
      return item.y <= to && item.y >= from;
  }
}

/** The last step that stands at `y` or higher; 0 when there is none. */
function stepAt({ heights }: Model, y: number): number {
  return Math.max(0, countWhile(heights.length, (i) => (heights[i] as number) <= y) - 1);
}

/** The first one's index is 0. */
function checkpointBefore({ checkpoints }: Model, index: number): Checkpoint {
  const at = (i: number) => checkpoints[i] as Checkpoint;
  return at(countWhile(checkpoints.length, (i) => at(i).index <= index) - 1);
}
