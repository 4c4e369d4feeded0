/** Each item of the diagram as SVG elements. */

import type { ArrowItem, Item, MarkItem, NoteItem, StateItem } from '../views/contract.js';
import { shortText } from '../views/words.js';
import type { Box } from './boxes.js';
import { svg } from './dom.js';
import type { Geometry, Point, Run } from './geometry.js';
import { arrowPath, bandOf, pointAt, runOf, tenth } from './geometry.js';
import { drawLabel, type Scene, wrapped } from './label.js';

/** What can be pointed at and reached by keyboard. */
export type Drawn = Exclude<Item, { readonly kind: 'time' | 'gap' }>;

/** The width of a character of texts, roughly, and how much a text may be squeezed before it is cut. */
const TEXT = 6.6;
const SQUEEZED = 1.18;
const PILL_HEIGHT = 18;
const NOTE_LINE = 16;

/** The parts of an item, to be put into its group. Heights are pixels of the drawing. */
export function draw(item: Drawn, scene: Scene): readonly SVGElement[] {
  switch (item.kind) {
    case 'arrow':
      return drawArrow(item, scene);
    case 'mark':
      return drawMark(item, scene);
    case 'state':
      return drawState(item, scene);
    case 'note':
      return drawNote(item, scene);
  }
}

/** Words for the style sheet. */
export function classOf(item: Drawn): string {
  switch (item.kind) {
    case 'arrow': {
      const reset = item.segment.flags.includes('RST') ? ' reset' : '';
      return `arrow ${item.fate} ${item.how}${reset}${item.corrupt ? ' corrupt' : ''}`;
    }
    case 'mark':
    case 'note':
      return `${item.kind} ${item.what}`;
    case 'state':
      return `state ${item.to}`;
  }
}

function drawArrow(item: ArrowItem, scene: Scene): readonly SVGElement[] {
  const run = runOf(item, scene.geometry.lanes, scene.end);
  const { tail, tip, corner } = run;
  const head = item.fate === 'deliver' ? 'head' : 'none';
  const parts: SVGElement[] = [
    svg('path', { class: 'hit', d: arrowPath(tail, tip, 'none', corner) }),
  ];
  // What of its way it has gone by the cursor's moment is drawn full, the rest is still to come.
  const gone = isGone(run, scene.cursor);
  if (gone) {
    parts.push(svg('path', { class: 'line', d: arrowPath(tail, tip, head, corner) }));
  } else {
    const begun = scene.cursor > tail.y;
    const now = begun ? pointAt(run, scene.cursor) : tail;
    if (begun) parts.push(svg('path', { class: 'line', d: arrowPath(tail, now, 'none', corner) }));
    parts.push(svg('path', { class: 'line coming', d: arrowPath(now, tip, head, corner) }));
  }
  if (item.fate !== 'deliver') parts.push(drawEnd(item, tip, !gone));
  const label = scene.labels.get(item.id);
  if (label) parts.push(...drawLabel(label));
  return parts;
}

function isGone({ tip, target }: Run, cursor: number): boolean {
  return cursor >= Math.min(tip.y, target.y);
}

/** The cross of a lost segment, the two bars of one that is held back. */
function drawEnd(item: ArrowItem, { x, y }: Point, coming: boolean): SVGElement {
  const shape = item.fate === 'hold' ? 'M-3-7V7M3-7V7' : 'M-6-6L6 6M-6 6L6-6';
  const transform = `translate(${x} ${y})`;
  return svg('path', { class: coming ? 'end coming' : 'end', d: shape, transform });
}

function drawMark(item: MarkItem, { geometry, below }: Scene): readonly SVGElement[] {
  const x = geometry.lanes[item.lane] ?? 0;
  const shape = svg('path', {
    class: 'sign',
    d: SIGNS[item.what],
    transform: `translate(${x} ${geometry.margin === 0 ? item.y : item.textY})`,
  });
  const lines = linesBeside(item, geometry, below.get(item.id));
  if (lines.length === 0) return [shape];
  const left = item.side === 'left';
  const start = left ? x - 13 : x + 13;
  const anchor = left ? 'end' : 'start';
  const box = boxBeside(item, geometry, lines);
  return [
    hitBox(box.x, box.y, box.width, box.height),
    shape,
    ...lines.map(({ text, ...squeezed }, i) => {
      const y = item.textY + 4 + i * MARK_LINE;
      return svg('text', { class: 'text', x: start, y, 'text-anchor': anchor, ...squeezed }, text);
    }),
  ];
}

/** Between two lines of a text beside a lane, and what two need up to the next text. */
const MARK_LINE = 14;
const TWO_LINES = 30;

interface Beside {
  readonly text: string;
  readonly textLength?: number;
  readonly lengthAdjust?: string;
}

/** A text beside a lane: squeezed where it is a little too long, on two lines where those below leave room, else shorter. */
function linesBeside(
  item: MarkItem,
  geometry: Geometry,
  below = Number.POSITIVE_INFINITY,
): readonly Beside[] {
  const room = roomBeside(geometry, item);
  if (room === 0) return [];
  const quoted = (text: string) => (item.what === 'signal' ? `“${text}”` : text);
  const width = item.text.length * TEXT;
  if (width <= room) return [{ text: quoted(item.text) }];
  if (width <= room * SQUEEZED) {
    return [{ text: quoted(item.text), textLength: room, lengthAdjust: 'spacingAndGlyphs' }];
  }
  const words = quoted(item.text).split(' ');
  if (below >= TWO_LINES && words.length > 1) {
    const lines = wrapped(words, Math.floor(room / TEXT), 2);
    return lines.map((line) => ({ text: shorten(line, room) }));
  }
  return [{ text: shorten(quoted(shortText(item)), room) }];
}

/** What the text of a mark covers. */
function boxBeside(item: MarkItem, geometry: Geometry, lines: readonly Beside[]): Box {
  const x = geometry.lanes[item.lane] ?? 0;
  const room = roomBeside(geometry, item);
  const longest = Math.max(...lines.map(({ text }) => text.length));
  const width = Math.min(room, longest * TEXT) + 12;
  const height = 18 + MARK_LINE * (lines.length - 1);
  return { x: item.side === 'left' ? x - 8 - width : x + 8, y: item.textY - 9, width, height };
}

/** What a mark or a state covers beside its lane; undefined where it stands on it. */
export function boxOf(
  item: MarkItem | StateItem,
  geometry: Geometry,
  below: number | undefined,
): Box | undefined {
  if (item.kind === 'state') return pillOf(item, geometry);
  const lines = linesBeside(item, geometry, below);
  return lines.length === 0 ? undefined : boxBeside(item, geometry, lines);
}

/** A dot for a call, a clock for a time-out, a ring for what the user is told, a bar across for what is discarded, a diamond for what was changed. */
const SIGNS: Readonly<Record<MarkItem['what'], string>> = {
  call: 'M4 0A4 4 0 1 1-4 0A4 4 0 1 1 4 0Z',
  timeout: 'M6.5 0A6.5 6.5 0 1 1-6.5 0A6.5 6.5 0 1 1 6.5 0ZM0-4V0L3 2',
  signal: 'M4.5 0A4.5 4.5 0 1 1-4.5 0A4.5 4.5 0 1 1 4.5 0Z',
  discard: 'M5.5 0A5.5 5.5 0 1 1-5.5 0A5.5 5.5 0 1 1 5.5 0ZM-3.9-3.9L3.9 3.9',
  change: 'M0-6L6 0L0 6L-6 0Z',
  crash: 'M0-7L2-1H6L-1 7L0 1H-5Z',
};

function drawState(item: StateItem, { geometry }: Scene): readonly SVGElement[] {
  const pill = pillOf(item, geometry);
  const box = { ...pill, x: tenth(pill.x), rx: PILL_HEIGHT / 2 };
  const [x, y] = [tenth(pill.x + pill.width / 2), pill.y + PILL_HEIGHT / 2 + 4];
  return [
    svg('rect', { class: 'ground', ...box }),
    svg('rect', { class: 'pill hit', ...box }),
    svg('text', { class: 'name', x, y }, pillText(item)),
  ];
}

function pillText({ connection, to }: StateItem): string {
  return connection === '' ? to : `${connection} ${to}`;
}

function pillOf(item: StateItem, geometry: Geometry): Box {
  const lane = geometry.lanes[item.lane] ?? 0;
  const width = Math.round(pillText(item).length * 7.2) + 14;
  const onLane = geometry.margin === 0;
  const y = onLane ? item.textY + 14 : item.textY;
  const middle = onLane ? middleOnLane(geometry, item, width) : besideLane(lane, item.side, width);
  return { x: middle - width / 2, y: y - PILL_HEIGHT / 2, width, height: PILL_HEIGHT };
}

function besideLane(lane: number, side: 'left' | 'right', width: number): number {
  return side === 'left' ? lane - 13 - width / 2 : lane + 13 + width / 2;
}

/** In a narrow panel a pill stands on its lane; the outer ones reach outward, away from the arrows. */
function middleOnLane({ lanes, width: whole }: Geometry, item: StateItem, width: number): number {
  const lane = lanes[item.lane] ?? 0;
  if (item.lane === 0) return Math.max(width / 2 + 2, lane + 12 - width / 2);
  if (item.lane === lanes.length - 1) return Math.min(whole - 2 - width / 2, lane - 12 + width / 2);
  return lane;
}

function drawNote(item: NoteItem, { geometry }: Scene): readonly SVGElement[] {
  const box = bandOf(item, geometry);
  const room = box.width - 24;
  const words = (item.text.split('\n')[0] ?? '').split(' ');
  const most = item.what === 'failure' ? 2 : 1;
  const lines = wrapped(words, Math.floor(room / TEXT), most);
  const x = box.x + box.width / 2;
  const text = svg('text', { class: 'text', 'text-anchor': 'middle' });
  const shown = lines.map((line) => shorten(line, room));
  shown.forEach((line, i) => {
    const y = item.y + 4 + (i - (shown.length - 1) / 2) * NOTE_LINE;
    text.append(svg('tspan', { x, y }, line));
  });
  return [groundOf(shown, x, item.y), svg('rect', { class: 'hit', ...box }), text];
}

/** Behind the words of a note: an arrow that passes it does not show between them. */
function groundOf(lines: readonly string[], x: number, y: number): SVGElement {
  const width = Math.max(0, ...lines.map(({ length }) => length)) * TEXT;
  const height = lines.length * NOTE_LINE - 2;
  return svg('rect', {
    class: 'ground',
    x: tenth(x - width / 2),
    y: y - height / 2,
    width,
    height,
  });
}

/** How wide a text beside a lane may be. */
function roomBeside({ margin, spacing, lanes }: Geometry, { lane, side }: MarkItem): number {
  if (margin === 0) return 0;
  const outer = (lane === 0 && side === 'left') || (lane === lanes.length - 1 && side === 'right');
  return outer ? margin : Math.round(spacing * 0.55);
}

function shorten(text: string, room: number): string {
  const most = Math.max(4, Math.floor(room / TEXT));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function hitBox(x: number, y: number, width: number, height: number): SVGElement {
  return svg('rect', { class: 'hit', x: tenth(x), y, width: tenth(width), height, rx: 3 });
}
