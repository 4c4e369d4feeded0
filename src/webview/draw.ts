/** Each item of the diagram as SVG elements. */

import type { ArrowItem, Item, MarkItem, NoteItem, StateItem } from '../views/contract.js';
import { flagsLabel, type NumberStyle, numbersLabel, remarks } from '../views/words.js';
import { svg } from './dom.js';
import type { Geometry, Point, Run } from './geometry.js';
import { arrowPath, bandOf, between, NOTE_HALF, pointAt, runOf, slantOf } from './geometry.js';

/** What drawing an item depends on besides the item. */
export interface Scene {
  readonly geometry: Geometry;
  readonly style: NumberStyle;
  /** Where the cursor's line and the end of the record are. */
  readonly cursor: number;
  readonly end: number;
  /** The middles of the notes across the figure. */
  readonly notes: readonly number[];
}

/** What can be pointed at and reached by keyboard. */
export type Drawn = Exclude<Item, { readonly kind: 'time' | 'gap' }>;

/** The width of a character of the label's and of the text's font, roughly. */
const LABEL = 7.25;
const TEXT = 6.1;
const PILL_HEIGHT = 18;
/** How far a label reaches above its line, and each further line of it below. */
const LINE_ABOVE = 18;
const LINE_BELOW = 14;
/** Shares of an arrow's way where its label may stand instead. */
const ELSEWHERE = [0.44, 0.38, 0.32, 0.56, 0.62, 0.68, 0.25, 0.75];

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
  parts.push(...drawLabel(item, run, scene));
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

/** Flags and numbers above the line, along it; what is unusual below. Two lines where one is too long. */
function drawLabel(item: ArrowItem, run: Run, scene: Scene): readonly SVGElement[] {
  const { segment } = item;
  const { tail, tip, corner } = run;
  const flags = flagsLabel(segment);
  const [seq, ...others] = numbersLabel(segment, scene.style).split(' ');
  const length = Math.hypot(tip.x - tail.x, tip.y - tail.y);
  const whole = [seq, ...others].join(' ');
  const room = roomAlong(item, run, length, scene.geometry);
  const fits = (flags.length + 1 + whole.length) * LABEL <= room;
  const [above, below] = fits ? [whole, ''] : [seq ?? '', others.join(' ')];
  const width = Math.max(flags.length + 1 + above.length, below.length) * LABEL;
  const share = item.crossing && length > width ? Math.max(0.26, (width / 2 + 14) / length) : 0.5;
  const slant = corner === undefined ? slantOf(tail, tip) : 0;
  const usual = Math.min(0.5, share);
  const remark = remarks(item);
  const lines = [below, remark].filter((line) => line !== '');
  const rise = (Math.sin((Math.abs(slant) * Math.PI) / 180) * width) / 2;
  const span = { above: rise + LINE_ABOVE, below: rise + LINE_BELOW * lines.length };
  const { x, y } =
    corner === undefined
      ? between(tail, tip, freeShare(usual, run, span, scene.notes))
      : besideLoop(run, corner, width);
  const transform = `translate(${round(x)} ${round(y)}) rotate(${slant})`;
  const kind = width > room ? 'label small' : 'label';
  const label = svg('text', { class: kind, y: -6, transform });
  label.append(svg('tspan', { class: 'flags' }, flags), svg('tspan', { dx: 7 }, above));
  if (lines.length === 0) return [label];
  const under = svg('text', { class: kind, transform });
  lines.forEach((line, i) => {
    const className = line === remark ? 'remark' : undefined;
    under.append(svg('tspan', { class: className, x: 0, y: 14 + 13 * i }, line));
  });
  return [label, under];
}

/** Where along an arrow its label stands: at the usual share of the way, unless a note is there. */
function freeShare(
  usual: number,
  { tail, tip }: Run,
  span: { readonly above: number; readonly below: number },
  notes: readonly number[],
): number {
  const isFree = (share: number) => {
    const { y } = between(tail, tip, share);
    return notes.every(
      (note) => y + span.below < note - NOTE_HALF || y - span.above > note + NOTE_HALF,
    );
  };
  return [usual, ...ELSEWHERE].find(isFree) ?? usual;
}

/** How wide a label along an arrow may be. */
function roomAlong({ fate }: ArrowItem, run: Run, length: number, geometry: Geometry): number {
  const whole = run.corner === undefined && fate === 'deliver' ? length : geometry.spacing;
  const loop = run.corner === undefined ? 0 : Math.abs(run.corner - run.target.x) + 8;
  return whole - loop - 36;
}

/** The middle of a label outside an arrow that comes back to its lane. */
function besideLoop({ tail, target }: Run, corner: number, width: number): Point {
  const out = Math.sign(corner - target.x);
  return { x: corner + out * (width / 2 + 8), y: (tail.y + target.y) / 2 };
}

function drawMark(item: MarkItem, { geometry }: Scene): readonly SVGElement[] {
  const x = geometry.lanes[item.lane] ?? 0;
  const shape = svg('path', {
    class: 'sign',
    d: SIGNS[item.what],
    transform: `translate(${x} ${geometry.margin === 0 ? item.y : item.textY})`,
  });
  const room = roomBeside(geometry, item);
  if (room === 0) return [shape];
  const text = shorten(item.what === 'signal' ? `“${item.text}”` : item.text, room);
  const left = item.side === 'left';
  const start = left ? x - 13 : x + 13;
  const width = text.length * TEXT + 20;
  return [
    hitBox(left ? x - width : x + 8, item.textY - 9, width - 8, 18),
    shape,
    svg(
      'text',
      { class: 'text', x: start, y: item.textY + 4, 'text-anchor': left ? 'end' : 'start' },
      text,
    ),
  ];
}

/** A dot for a call, a clock for a time-out, a ring for what the user is told, a bar across for what is discarded. */
const SIGNS: Readonly<Record<MarkItem['what'], string>> = {
  call: 'M4 0A4 4 0 1 1-4 0A4 4 0 1 1 4 0Z',
  timeout: 'M6.5 0A6.5 6.5 0 1 1-6.5 0A6.5 6.5 0 1 1 6.5 0ZM0-4V0L3 2',
  signal: 'M4.5 0A4.5 4.5 0 1 1-4.5 0A4.5 4.5 0 1 1 4.5 0Z',
  discard: 'M5.5 0A5.5 5.5 0 1 1-5.5 0A5.5 5.5 0 1 1 5.5 0ZM-3.9-3.9L3.9 3.9',
  crash: 'M0-7L2-1H6L-1 7L0 1H-5Z',
};

function drawState(item: StateItem, { geometry }: Scene): readonly SVGElement[] {
  const lane = geometry.lanes[item.lane] ?? 0;
  const name = item.connection === '' ? item.to : `${item.connection} ${item.to}`;
  const width = Math.round(name.length * 7.2) + 14;
  const onLane = geometry.margin === 0;
  const y = onLane ? item.textY + 14 : item.textY;
  const middle = onLane ? middleOnLane(geometry, item, width) : besideLane(lane, item.side, width);
  const box = {
    x: round(middle - width / 2),
    y: y - PILL_HEIGHT / 2,
    width,
    height: PILL_HEIGHT,
    rx: PILL_HEIGHT / 2,
  };
  return [
    svg('rect', { class: 'ground', ...box }),
    svg('rect', { class: 'pill hit', ...box }),
    svg('text', { class: 'name', x: round(middle), y: y + 4 }, name),
  ];
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
  const text = shorten(item.text.split('\n')[0] ?? '', box.width - 24);
  return [
    svg('rect', { class: 'hit', ...box }),
    svg(
      'text',
      { class: 'text', x: box.x + box.width / 2, y: item.y + 4, 'text-anchor': 'middle' },
      text,
    ),
  ];
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
  return svg('rect', { class: 'hit', x: round(x), y, width: round(width), height, rx: 3 });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
