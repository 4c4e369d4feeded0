/** The drawing of a part of the diagram. Elements are kept as long as what they show: a click may fall between two drawings. */

import type { Item } from '../views/contract.js';
import { itemSentence } from '../views/words.js';
import { drawAxis, drawBands, drawCursor, drawLanes } from './backdrop.js';
import { setAttributes, svg } from './dom.js';
import { classOf, type Drawn, draw } from './draw.js';
import { bandOf } from './geometry.js';
import type { Scene } from './label.js';
import { inPixels } from './pixels.js';
import { type Ground, NEAR, placeTexts, type Texts } from './placement.js';
import { inOrder, isPast, type Store } from './store.js';

/** What is to be seen: heights in pixels of the drawing, and which item has the focus. */
export interface Sight {
  readonly from: number;
  readonly to: number;
  readonly focus: string | undefined;
}

export interface Figure {
  readonly element: SVGSVGElement;
  readonly render: (
    store: Store,
    scene: Omit<Scene, 'cursor' | 'end' | 'labels' | 'below'>,
    sight: Sight,
  ) => void;
  /** The group that shows an item, if it is drawn. */
  readonly groupOf: (id: string) => SVGGElement | undefined;
}

interface Kept {
  readonly group: SVGGElement;
  item: Drawn;
  stamp: string;
}

/** Coordinates count from a multiple of this: they stay small in a diagram of any height. */
const PAGE = 2_000;

export function createFigure(): Figure {
  const lanes = svg('g', { class: 'lanes', 'aria-hidden': 'true' });
  const axis = svg('g', { class: 'axis', 'aria-hidden': 'true' });
  const cursor = svg('g', { class: 'cursor', 'aria-hidden': 'true' });
  const items = svg('g', { class: 'items' });
  const element = svg('svg', { class: 'figure', role: 'group', 'aria-label': 'Sequence diagram' });
  element.append(lanes, axis, cursor, items);
  const kept = new Map<string, Kept>();
  const placed = createPlacing();
  const render: Figure['render'] = (store, scene, sight) => {
    const base = Math.floor(sight.from / PAGE) * PAGE;
    const { geometry } = scene;
    const local = inPixels(store, geometry.stretch, base);
    const all = [...local.items.values()].sort(inPaint);
    const span = { from: sight.from - base, to: sight.to - base };
    const seen = all.filter((one) => touches(one, span.from, span.to));
    const height = sight.to - sight.from;
    setAttributes(element, {
      viewBox: `0 ${span.from} ${geometry.width} ${height}`,
      width: geometry.width,
      height,
    });
    lanes.replaceChildren(...drawLanes(local, geometry, all, span), ...drawBands(seen, geometry));
    axis.replaceChildren(...drawAxis(local, geometry, seen));
    const boxes = seen.flatMap((one) => (one.kind === 'note' ? [bandOf(one, geometry)] : []));
    cursor.replaceChildren(...drawCursor(local, geometry, boxes));
    const drawn = all.filter(isDrawn);
    const wanted = drawn.filter((one) => one.id === sight.focus || seen.includes(one));
    const near = all.filter((one) => touches(one, span.from - NEAR, span.to + NEAR));
    const texts = placed(store, base, near, { ...scene, end: local.end });
    const full = { ...scene, ...texts, cursor: local.cursor.y, end: local.end };
    update(items, kept, wanted, { store, scene: full, base, focus: sight.focus });
  };
  return { element, render, groupOf: (id) => kept.get(id)?.group };
}

/** What comes later is painted over what came before. What a state change sends leaves below its name: no line goes through it. */
function inPaint(a: Item, b: Item): number {
  return inOrder(a, b) || Number(a.kind === 'state') - Number(b.kind === 'state');
}

/** Places the texts of the items in and near sight. None moves that was in sight before: others find their places around it. */
function createPlacing() {
  let key: readonly unknown[] = [];
  let labels: Texts['labels'] = new Map();
  return (store: Store, base: number, items: readonly Item[], ground: Ground): Texts => {
    const { geometry, style, end } = ground;
    const now = [store.items, base, geometry, style.numbers, style.hex, end];
    if (!now.every((one, i) => one === key[i])) labels = new Map();
    key = now;
    const texts = placeTexts(items, ground, labels);
    labels = texts.labels;
    return texts;
  };
}

/** Whether an item is one that can be pointed at. */
export function isDrawn(item: Item): item is Drawn {
  return item.kind !== 'time' && item.kind !== 'gap';
}

interface Context {
  readonly store: Store;
  readonly scene: Scene;
  readonly base: number;
  readonly focus: string | undefined;
}

/** Brings the groups in line with the items: new ones are made, changed ones filled anew, others left alone. */
function update(
  layer: SVGGElement,
  kept: Map<string, Kept>,
  wanted: readonly Drawn[],
  context: Context,
): void {
  const { store, focus } = context;
  const ids = new Set(wanted.map(({ id }) => id));
  for (const [id, { group }] of kept) {
    if (ids.has(id)) continue;
    group.remove();
    kept.delete(id);
  }
  const stop = focus !== undefined && ids.has(focus) ? focus : tabStop(store, wanted);
  let previous: Element | undefined;
  for (const item of wanted) {
    const known = kept.get(item.id);
    const entry = known ?? { group: newGroup(item), item, stamp: '' };
    if (known === undefined) kept.set(item.id, entry);
    fill(entry, item, context);
    setAttributes(entry.group, {
      tabindex: item.id === stop ? 0 : -1,
      'aria-current': isCurrent(store, item) ? 'step' : undefined,
    });
    const next = previous === undefined ? layer.firstChild : previous.nextSibling;
    if (next !== entry.group) layer.insertBefore(entry.group, next);
    previous = entry.group;
  }
}

/** Draws an item anew, where what its group shows is not this item, or not as it is to be seen now. */
function fill(entry: Kept, item: Drawn, { store, scene, base }: Context): void {
  const past = isPast(store, item.place);
  const original = store.items.get(item.id);
  const stamp = [
    base,
    scene.style.numbers,
    scene.style.hex,
    scene.geometry.width,
    scene.geometry.spacing,
    past,
    reached(item, scene),
  ].join();
  if (entry.stamp === stamp && original !== undefined && entry.item === original) return;
  entry.stamp = stamp;
  entry.item = original as Drawn;
  entry.group.replaceChildren(...draw(item, scene));
  setAttributes(entry.group, {
    class: `item ${classOf(item)}${past ? '' : ' coming'}`,
    'aria-label': itemSentence(item, store.lanes, scene.style),
  });
}

function newGroup(item: Drawn): SVGGElement {
  return svg('g', { role: 'button', 'data-id': item.id, 'aria-keyshortcuts': 'Enter o' });
}

/** How much of an arrow the cursor's moment has come to, and where its texts stand; part of what decides whether it is drawn anew. */
function reached(item: Drawn, { cursor, end, labels, below }: Scene): string {
  if (item.kind !== 'arrow') return `${below.get(item.id) ?? ''}`;
  const flying = item.fate === 'deliver' && item.arrival === undefined;
  const last = item.arrival?.y ?? item.y + item.reach;
  const { middle, lines = [] } = labels.get(item.id) ?? {};
  const label = `${middle?.x} ${middle?.y} ${lines.join(' ')}`;
  return `${Math.max(item.y, Math.min(cursor, last))} ${flying ? end : ''} ${label}`;
}

/** Where Tab enters the diagram: at the cursor's moment. */
function tabStop(store: Store, wanted: readonly Drawn[]): string | undefined {
  const past = wanted.filter(({ place }) => isPast(store, place));
  return (past.at(-1) ?? wanted[0])?.id;
}

function isCurrent({ cursor }: Store, { place }: Drawn): boolean {
  return place.step === cursor.place.step && place.microstep === cursor.place.microstep;
}

function touches(item: Item, from: number, to: number): boolean {
  if (item.kind === 'gap') return item.y <= to && item.y + item.height >= from;
  if (item.kind !== 'arrow') return item.y <= to + 20 && item.y >= from - 120;
  const flying = item.fate === 'deliver' && item.arrival === undefined;
  return item.y <= to && (flying || (item.arrival?.y ?? item.y + item.reach) >= from);
}
