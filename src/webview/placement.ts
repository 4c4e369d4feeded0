/** Where the texts of the diagram stand, so that none covers another: labels find their places one after the other. */

import type { ArrowItem, Item, MarkItem, StateItem } from '../views/contract.js';
import { overlap, type Shape, shapeOf, turned, upright } from './boxes.js';
import { boxOf } from './draw.js';
import { bandOf, between, type Geometry, type Run, runOf, slantOf } from './geometry.js';
import { type Label, labelOf, type Scene, type Taken } from './label.js';

/** What is placed together: the scene without what comes of it. */
export type Ground = Pick<Scene, 'geometry' | 'style' | 'end'>;

/** What comes of it. */
export type Texts = Pick<Scene, 'labels' | 'below'>;

/** How far from an arrow something may be, up or down, that its label has to avoid. */
export const NEAR = 60;

/** The places of all texts of these items, which stand from top to bottom. Labels that are `known` stay where they are. */
export function placeTexts(
  items: readonly Item[],
  ground: Ground,
  known: ReadonlyMap<string, Label>,
): Texts {
  const below = distances(items);
  const arrows = items.filter(isArrow);
  if (arrows.every(({ id }) => known.has(id))) return { labels: known, below };
  const texts = items.flatMap((item) => textShape(item, ground.geometry, below) ?? []);
  return { labels: placeLabels(arrows, ground, texts, known), below };
}

function isArrow(item: Item): item is ArrowItem {
  return item.kind === 'arrow';
}

/** How far below the text of each mark the next one beside the same lane stands. */
function distances(items: readonly Item[]): ReadonlyMap<string, number> {
  const below = new Map<string, number>();
  const last = new Map<string, MarkItem | StateItem>();
  for (const item of items) {
    if (item.kind !== 'mark' && item.kind !== 'state') continue;
    const where = `${item.lane} ${item.side}`;
    const above = last.get(where);
    if (above !== undefined) below.set(above.id, item.textY - above.textY);
    last.set(where, item);
  }
  return below;
}

/** What a text other than a label covers. */
function textShape(
  item: Item,
  geometry: Geometry,
  below: ReadonlyMap<string, number>,
): Shape | undefined {
  if (item.kind === 'note') return upright(bandOf(item, geometry));
  if (item.kind !== 'mark' && item.kind !== 'state') return undefined;
  const box = boxOf(item, geometry, below.get(item.id));
  return box && upright(box);
}

// Labels ------------------------------------------------------------------------------------------------

/** An arrow whose label looks for a place. */
interface Placing {
  readonly item: ArrowItem;
  readonly run: Run;
  readonly line: Shape;
  /** What stands in the band above its line is read as its label. */
  readonly band: Shape;
  readonly slant: number;
}

function placeLabels(
  arrows: readonly ArrowItem[],
  { geometry, style, end }: Ground,
  texts: readonly Shape[],
  before: ReadonlyMap<string, Label>,
): ReadonlyMap<string, Label> {
  const all = arrows.map((item) => placingOf(item, runOf(item, geometry.lanes, end)));
  const fixed = [...texts, ...all.flatMap((one) => endOf(one) ?? [])];
  const labels = new Map(before);
  const place = ({ own, near, texts: around, along, across }: Neighbours): boolean => {
    const others = near.flatMap(({ item }) => labels.get(item.id)?.shape ?? []);
    const known = labels.get(own.item.id);
    // Once more only where it is in the way of another, now that all others stand.
    if (known && !others.some((other) => overlap(known.shape, other))) return false;
    const taken = { texts: [...around, ...others], along, across };
    labels.set(own.item.id, labelOf(own.item, own.run, geometry, style, taken));
    return true;
  };
  // What ends on its way has less room: it chooses first.
  const isShort = ({ item }: Placing) => item.fate !== 'deliver';
  const fresh = all.filter(({ item }) => !before.has(item.id));
  const inTurn = [...fresh.filter(isShort), ...fresh.filter((one) => !isShort(one))];
  const placing = inTurn.map((own) => neighboursOf(own, all, fixed));
  for (let turn = 0; turn < TURNS; turn++) {
    if (placing.filter(place).length === 0) break;
  }
  return labels;
}

/** What does not move near an arrow, and the arrows there, whose labels may. */
interface Neighbours extends Taken {
  readonly own: Placing;
  readonly near: readonly Placing[];
}

function neighboursOf(own: Placing, all: readonly Placing[], fixed: readonly Shape[]): Neighbours {
  const near = all.filter((one) => one !== own && isNear(one.line, own.line));
  return {
    own,
    near,
    texts: fixed.filter((one) => isNear(one, own.line)),
    along: near.filter((one) => isBeside(one, own)).map(({ band }) => band),
    across: near.filter((one) => !isBeside(one, own)).map(({ line }) => line),
  };
}

/** How often labels look for a place: those that stay in the way of another give way in the next turn. */
const TURNS = 4;

/** How high the band above a line is. */
const BAND = 12;

function placingOf(item: ArrowItem, run: Run): Placing {
  const { tail, tip, corner } = run;
  const slant = slantOf(tail, tip);
  if (corner !== undefined) {
    const line = shapeOf([tail, { x: corner, y: tail.y }, { x: corner, y: tip.y }, tip]);
    return { item, run, line, band: line, slant };
  }
  const size = { width: Math.hypot(tip.x - tail.x, tip.y - tail.y), above: BAND, below: 0 };
  const band = turned(between(tail, tip, 0.5), slant, size);
  return { item, run, line: shapeOf([tail, tip]), band, slant };
}

/** The sign where an arrow ends on its way. */
function endOf({ item, run: { tip } }: Placing): Shape | undefined {
  if (item.fate === 'deliver') return undefined;
  return upright({ x: tip.x - 6, y: tip.y - 6, width: 12, height: 12 });
}

/** Lines that differ by no more degrees go beside each other. */
const PARALLEL = 10;

function isBeside(one: Placing, other: Placing): boolean {
  const isSameWay = one.item.from === other.item.from && one.item.to === other.item.to;
  return isSameWay && Math.abs(one.slant - other.slant) <= PARALLEL;
}

function isNear(one: Shape, other: Shape): boolean {
  return one.bottom > other.top - NEAR && one.top < other.bottom + NEAR;
}
