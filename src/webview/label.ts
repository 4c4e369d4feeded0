/** What stands along an arrow: flags and numbers, and what is unusual about it. */

import type { ArrowItem, Item } from '../views/contract.js';
import { flagsLabel, type NumberStyle, numbersLabel, remarks } from '../views/words.js';
import { svg } from './dom.js';
import type { Geometry, Point, Run } from './geometry.js';
import { between, LABEL, LABEL_MARGIN, slantOf } from './geometry.js';

/** What drawing an item depends on besides the item. */
export interface Scene {
  readonly geometry: Geometry;
  readonly style: NumberStyle;
  /** Where the cursor's line and the end of the record are. */
  readonly cursor: number;
  readonly end: number;
  /** From where to where the notes across the figure are. */
  readonly notes: readonly Span[];
  /** How far above or below an arrow's tail the next one leaves that goes the same way, by item; absent where none does. */
  readonly apart: ReadonlyMap<string, number>;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** How far a label reaches above its line, and each further line of it below. */
const LINE_ABOVE = 18;
const LINE_BELOW = 14;
const MOST_LINES = 3;
/** What labels of arrows that cross leave free of their half of the way. */
const CROSSING_MARGIN = 28;
/** Shares of an arrow's way where its label may stand instead. */
const ELSEWHERE = [0.44, 0.38, 0.32, 0.56, 0.62, 0.68, 0.25, 0.75];

/** Flags and numbers above the line, along it; what is unusual below. Further lines where one is too long. */
export function drawLabel(item: ArrowItem, run: Run, scene: Scene): readonly SVGElement[] {
  const { segment } = item;
  const { tail, tip, corner } = run;
  const flags = flagsLabel(segment);
  const length = Math.hypot(tip.x - tail.x, tip.y - tail.y);
  const room = roomAlong(item, run, length, scene.geometry);
  const slant = corner === undefined ? slantOf(tail, tip) : 0;
  const most = mostLines(scene.apart.get(item.id), slant, remarks(item) !== '');
  const characters = Math.floor(room / LABEL);
  const numbers = numbersLabel(segment, scene.style).split(' ');
  const isClose = most < MOST_LINES;
  const words = [flags, ...(isClose ? mostTelling(item, numbers, characters, most) : numbers)];
  const [first = flags, ...further] = wrapped(words, characters, most);
  const width = Math.max(...[first, ...further].map((line) => line.length)) * LABEL;
  const share = item.crossing && length > width ? Math.max(0.26, (width / 2 + 14) / length) : 0.5;
  const usual = Math.min(0.5, share);
  const remark = remarks(item);
  const lines = [...further, remark].filter((line) => line !== '');
  const rise = (Math.sin((Math.abs(slant) * Math.PI) / 180) * width) / 2;
  const span = { above: rise + LINE_ABOVE, below: rise + LINE_BELOW * lines.length };
  const { x, y } =
    corner === undefined
      ? between(tail, tip, freeShare(usual, run, span, scene.notes))
      : besideLoop(run, corner, width);
  const transform = `translate(${round(x)} ${round(y)}) rotate(${slant})`;
  const kind = width > room ? 'label small' : 'label';
  const label = svg('text', { class: kind, y: -6, transform });
  label.append(svg('tspan', { class: 'flags' }, flags));
  if (first !== flags) label.append(svg('tspan', { dx: 7 }, first.slice(flags.length + 1)));
  if (lines.length === 0) return [label];
  const under = svg('text', { class: kind, transform });
  lines.forEach((line, i) => {
    const className = line === remark ? 'remark' : undefined;
    under.append(svg('tspan', { class: className, x: 0, y: 14 + 13 * i }, line));
  });
  return [label, under];
}

/** How many lines a label may have, so that it leaves those of arrows beside it free: one of them stands above the arrow. */
function mostLines(apart: number | undefined, slant: number, hasRemark: boolean): number {
  if (apart === undefined) return MOST_LINES;
  const room = apart * Math.cos((slant * Math.PI) / 180) - LINE_ABOVE;
  const lines = Math.floor(room / LINE_BELOW) - (hasRemark ? 1 : 0);
  return Math.max(1, Math.min(MOST_LINES, 1 + lines));
}

/**
 * Of a segment's numbers those that say most of it and fit into so many lines below its flags, in their usual order: what it acknowledges
 * where that is all it does, else where it begins and how long it is. The others are told when somebody points at it.
 */
function mostTelling(
  { segment }: ArrowItem,
  numbers: readonly string[],
  characters: number,
  most: number,
): readonly string[] {
  const occupies = segment.length > 0 || /SYN|FIN/.test(segment.flags);
  const ranked = occupies ? ['seq=', 'len=', 'ack='] : ['ack=', 'seq='];
  let chosen: readonly string[] = [];
  for (const name of ranked) {
    const more = numbers.filter((one) => one.startsWith(name) || chosen.includes(one));
    const lines = wrapped([flagsLabel(segment), ...more], characters, Number.POSITIVE_INFINITY);
    const fits = lines.length <= most && more.every(({ length }) => length <= characters);
    if (fits) chosen = more;
  }
  return chosen;
}

/** Lines of words, each as full as `room` characters allow; what does not fit into `most` lines stands in the last. */
export function wrapped(words: readonly string[], room: number, most: number): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last === undefined || (longer.length > room && lines.length < most)) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** Where along an arrow its label stands: at the usual share of the way, unless a note is there. */
function freeShare(
  usual: number,
  { tail, tip }: Run,
  span: { readonly above: number; readonly below: number },
  notes: readonly Span[],
): number {
  const isFree = (share: number) => {
    const { y } = between(tail, tip, share);
    return notes.every((note) => y + span.below < note.from || y - span.above > note.to);
  };
  return [usual, ...ELSEWHERE].find(isFree) ?? usual;
}

/** How wide a label along an arrow may be. Those of arrows that cross have half of the way each. */
function roomAlong(item: ArrowItem, run: Run, length: number, geometry: Geometry): number {
  const whole = run.corner === undefined && item.fate === 'deliver' ? length : geometry.spacing;
  const loop = run.corner === undefined ? 0 : Math.abs(run.corner - run.target.x) + 8;
  return item.crossing ? whole / 2 - loop - CROSSING_MARGIN : whole - loop - LABEL_MARGIN;
}

/** The middle of a label outside an arrow that comes back to its lane. */
function besideLoop({ tail, target }: Run, corner: number, width: number): Point {
  const out = Math.sign(corner - target.x);
  return { x: corner + out * (width / 2 + 8), y: (tail.y + target.y) / 2 };
}

/** Arrows that tell how long numbers are. */
const FEW = 20;

/** How long the numbers of a diagram are, in digits: short ones or long ones, so that it keeps its height while they grow. */
export function digitsOf(items: Iterable<Item>, style: NumberStyle): number {
  let seen = 0;
  for (const item of items) {
    if (item.kind !== 'arrow') continue;
    if (/\w{7}/.test(numbersLabel(item.segment, style).replaceAll(/\w+=/g, ''))) return 10;
    seen += 1;
    if (seen === FEW) break;
  }
  return 6;
}

/** To a tenth of a pixel. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
