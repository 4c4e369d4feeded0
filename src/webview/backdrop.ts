/** What lies behind the arrows: the lanes with their states, the time axis, breaks and the cursor's line. */

import type { GapItem, Item, RowsMessage, StateItem, TimeItem } from '../views/contract.js';
import { axisTime } from '../views/words.js';
import { svg } from './dom.js';
import { bandOf, type Geometry } from './geometry.js';
import type { Pixels } from './pixels.js';
import { isPast } from './store.js';

/** Where a break leaves the lanes open, above its lower end. */
const BREAK_FROM = 44;
const BREAK_TO = 14;
const STRIP = 6;
/** The width of a digit of the time axis, roughly. */
const DIGIT = 7;

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Lanes and strips between two heights, in units. */
export function drawLanes(store: Pixels, geometry: Geometry, items: readonly Item[], view: Span) {
  const breaks = items.filter((item) => item.kind === 'gap').map(openingOf);
  const whole = without({ from: view.from, to: Math.min(view.to, store.height) }, breaks);
  const strips = geometry.lanes.flatMap((x, lane) =>
    stripsOf(store, lane, items, view).flatMap(({ state, ...span }) =>
      without(span, breaks).flatMap((part) => drawStrip(x, part, state, store.cursor.y)),
    ),
  );
  const lines = (kind: string, spans: readonly Span[]) =>
    geometry.lanes.map((x) =>
      svg('path', { class: kind, d: spans.map((span) => vertical(x, span)).join('') }),
    );
  return [
    ...lines('lane', whole),
    ...(breaks.length === 0 ? [] : lines('lane open', breaks)),
    ...strips,
  ];
}

/** The grounds of notes: arrows that are on their way pass in front of them. */
export function drawBands(items: readonly Item[], geometry: Geometry) {
  return items.flatMap((item) =>
    item.kind === 'note'
      ? [svg('rect', { class: `band ${item.what}`, ...bandOf(item, geometry) })]
      : [],
  );
}

function openingOf({ y, height }: GapItem): Span {
  return { from: y + height - BREAK_FROM, to: y + height - BREAK_TO };
}

function without(span: Span, holes: readonly Span[]): readonly Span[] {
  const parts: Span[] = [];
  let from = span.from;
  for (const hole of holes) {
    if (hole.to <= from || hole.from >= span.to) continue;
    if (hole.from > from) parts.push({ from, to: hole.from });
    from = hole.to;
  }
  if (from < span.to) parts.push({ from, to: span.to });
  return parts;
}

function vertical(x: number, { from, to }: Span): string {
  return `M${x} ${from}V${to}`;
}

interface Strip extends Span {
  readonly state: RowsMessage['states'][number];
}

/** Which state a lane is in from where to where. The end of the record is the end of the last. */
function stripsOf(
  store: Pixels,
  lane: number,
  items: readonly Item[],
  view: Span,
): readonly Strip[] {
  const changes = items.filter(
    (item): item is StateItem => item.kind === 'state' && item.lane === lane,
  );
  const strips: Strip[] = [];
  let from = Math.max(view.from, store.from);
  let state = store.states[lane];
  const end = Math.min(view.to, Math.max(store.cursor.y, store.end));
  for (const change of [...changes, undefined]) {
    const to = Math.min(change?.y ?? end, end);
    if (state !== undefined && state !== 'CLOSED' && to > from) strips.push({ from, to, state });
    if (change === undefined) break;
    from = Math.max(from, change.y);
    state = change.to;
  }
  return strips;
}

function drawStrip(x: number, { from, to }: Span, state: string, cursor: number): SVGElement[] {
  const rect = (top: number, bottom: number, coming: string) =>
    svg('rect', {
      class: `strip ${state}${coming}`,
      x: x - STRIP / 2,
      y: top,
      width: STRIP,
      height: bottom - top,
    });
  const now = Math.min(to, Math.max(from, cursor));
  return [
    ...(now > from ? [rect(from, now, '')] : []),
    ...(to > now ? [rect(now, to, ' coming')] : []),
  ];
}

/** Times at the left, and breaks with the time that passes in them. */
export function drawAxis(store: Pixels, geometry: Geometry, items: readonly Item[]): SVGElement[] {
  const first = geometry.lanes[0] ?? 0;
  const middle = (first + (geometry.lanes.at(-1) ?? first)) / 2;
  return items.flatMap((item) => {
    if (item.kind === 'gap') return [drawBreak(item, middle, isPast(store, item.place))];
    if (item.kind !== 'time') return [];
    // The cursor's own label stands there.
    const near = item.at === store.cursor.at ? 40 : 14;
    return Math.abs(item.y - store.cursor.y) < near
      ? []
      : [drawTime(item, geometry, isPast(store, item.place))];
  });
}

function drawTime({ y, at }: TimeItem, { axis }: Geometry, past: boolean): SVGElement {
  return axisText(axisTime(at), past ? 'time' : 'time coming', axis - 12, y);
}

/** A time that ends at `x`; a long one is squeezed into the axis. */
function axisText(text: string, className: string, x: number, y: number): SVGElement {
  const room = x - 3;
  const squeezed =
    text.length * DIGIT > room ? { textLength: room, lengthAdjust: 'spacingAndGlyphs' } : {};
  return svg('text', { class: className, x, y: y + 4, ...squeezed }, text);
}

function drawBreak(item: GapItem, x: number, past: boolean): SVGElement {
  const y = item.y + item.height - (BREAK_FROM + BREAK_TO) / 2 + 4;
  return svg('text', { class: past ? 'break' : 'break coming', x, y }, `⋯ ${item.text} ⋯`);
}

/** The line of the cursor's moment, with its time. It does not go through the text of a note. */
export function drawCursor(
  { cursor }: Pixels,
  { axis, width }: Geometry,
  notes: readonly ReturnType<typeof bandOf>[],
): SVGElement[] {
  const { y, at } = cursor;
  const text = axisTime(at);
  const label = Math.max(40, text.length * DIGIT + 8);
  const left = Math.max(1, axis - 6 - label);
  const note = notes.find((box) => y > box.y && y < box.y + box.height);
  const across = note === undefined ? '' : `${note.x}M${note.x + note.width} ${y}H`;
  return [
    svg('path', { class: 'now', d: `M${axis - 4} ${y}H${across}${width}` }),
    svg('path', {
      class: 'now-label',
      d: `M${left} ${y - 9}H${axis - 6}L${axis + 2} ${y}L${axis - 6} ${y + 9}H${left}Z`,
    }),
    axisText(text, 'now-time', axis - 9, y),
  ];
}
