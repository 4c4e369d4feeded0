/**
 * Where everything stands: a fold over the steps of a record. Each step costs what it shows, whatever came before; a copy of the fold's
 * state at some step is enough to lay out all that follows it again, item by item, in the same places.
 */

import type { Step } from '../sim/step.js';
import type { Duration, Instant } from '../tcp/rule.js';
import type { State } from '../tcp/states.js';
import {
  type Air,
  arrivalOf,
  clearOf,
  copyAir,
  createAir,
  type Departed,
  depart,
  type Flight,
  type Lanes,
  labelsEnd,
  land,
  vanish,
} from './flights.js';
import type { Happening } from './happenings.js';
import { changeMark, happeningsOf } from './happenings.js';
import {
  BREAK_ROOM,
  DEFAULT_UNIT,
  gap,
  LINE,
  MIN_GAP,
  NOTE_ROOM,
  noteHalf,
  REMARK,
  TOP,
} from './scale.js';
import { changesOf } from './segment-view.js';

interface LaneLayout {
  /** The lowest text on either side. */
  left: number;
  right: number;
  state: State | undefined;
  /** How many connections it has had, listeners not counted, and the highest id among them. */
  connections: number;
  lastId: number;
}

export interface Layout extends Air {
  /** The instant that is being drawn, and the height at which it begins. */
  at: Instant;
  top: number;
  /** Where the last step stands. Steps never go up. */
  y: number;
  readonly lanes: LaneLayout[];
}

/** What laying out needs to know besides the record. */
export interface Stage extends Lanes {
  readonly statement: (index: number) => string;
}

/** Where one step stands, with all it shows. */
export interface Placed extends Departed {
  readonly step: Step;
  readonly y: number;
  readonly time: { readonly y: number } | undefined;
  readonly gap:
    | { readonly y: number; readonly height: number; readonly wait: Duration }
    | undefined;
  readonly arrived: Flight | undefined;
  /** Whether it arrived with other fields than it was sent with. */
  readonly isChanged: boolean;
  /** The arrow that ends on its way in this step. */
  readonly vanished: readonly Flight[];
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
    ...createAir(),
    lanes: Array.from({ length: stage.laneCount }, () => ({
      left: 0,
      right: 0,
      state: undefined,
      connections: 0,
      lastId: -1,
    })),
  };
}

export function copyLayout(layout: Layout): Layout {
  const lanes = layout.lanes.map((lane) => ({ ...lane }));
  return { ...layout, ...copyAir(layout), lanes };
}

/** Puts the next step in its place. Changes `layout`. */
export function placeStep(layout: Layout, step: Step, stage: Stage): Placed {
  const first = step.index === 0;
  const wait = step.at - layout.at;
  const before = layout.y;
  const arriving = arrivalOf(layout, step);
  const broken = wait > 0 ? passTime(layout, step.at, arriving) : undefined;
  const time = first || wait > 0 ? { y: layout.top } : undefined;
  const changed = arriving && changeOf(arriving, step);
  const seen = [...(changed ? [changed] : []), ...happeningsOf(step, stage.statement)];
  const y = heightOf(layout, step, seen, arriving, stage);
  layout.y = y;
  if (arriving !== undefined) land(layout, arriving, y, stage);
  const { departed, met } = depart(layout, step, y, stage);
  for (const { y: tail } of departed) layout.y = Math.max(layout.y, tail);
  // What ends on its way keeps its room: what is said of it stands below.
  const vanished = vanish(layout, step, stage);
  for (const { y: tail, reach } of vanished) layout.y = Math.max(layout.y, tail + reach);
  const happenings = seen.flatMap((one) => placeHappening(layout, one, y, step, stage));
  const gapItem = broken && { y: before, height: layout.top - before, wait };
  const isChanged = changed !== undefined;
  return {
    ...{ step, y, time, gap: gapItem, arrived: arriving, isChanged },
    ...{ vanished, departed, met, happenings },
  };
}

/** What is otherwise about a segment that arrives than when it was sent. */
function changeOf({ delivery: { segment, to } }: Flight, { cause }: Step): Happening | undefined {
  if (cause.kind !== 'arrival') return undefined;
  const changes = changesOf(segment, cause.delivery.segment);
  return changes === ''
    ? undefined
    : changeMark(to, changes, changesOf(cause.delivery.segment, segment));
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

/** The least height at which nothing of this step stands in another's way. */
function heightOf(
  layout: Layout,
  step: Step,
  seen: readonly Happening[],
  arriving: Flight | undefined,
  stage: Stage,
): number {
  let y = clearOf(layout, step, arriving, layout.y, stage);
  for (const one of seen) {
    if (one.kind === 'note') continue;
    const lane = layout.lanes[stage.laneOf(one.host) ?? -1];
    if (lane === undefined) continue;
    const side = sideOf(one.host, step, stage);
    y = Math.max(y, lane[side] + LINE);
  }
  return y;
}

function placeHappening(
  layout: Layout,
  happening: Happening,
  y: number,
  step: Step,
  stage: Stage,
): readonly PlacedHappening[] {
  if (happening.kind === 'note') {
    const half = noteHalf(happening.what);
    const textY = Math.max(lowestOf(layout) + NOTE_ROOM, labelsEnd(layout)) + half;
    layout.y = textY + half + 6;
    for (const lane of layout.lanes) lane.left = lane.right = textY + half - 6;
    return [{ happening, y: textY, textY, lane: 0, side: 'left', several: false }];
  }
  const index = stage.laneOf(happening.host);
  const lane = index === undefined ? undefined : layout.lanes[index];
  if (index === undefined || lane === undefined) return [];
  const side = sideOf(happening.host, step, stage);
  const textY = Math.max(y, lane[side] + LINE);
  // What was changed may take two lines.
  const isChange = happening.kind === 'mark' && happening.what === 'change';
  lane[side] = isChange ? textY + REMARK : textY;
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
