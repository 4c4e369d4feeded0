/** What stands along an arrow: flags and numbers, and what is unusual about it. */

import type { ArrowItem, Item } from '../views/contract.js';
import { flagsLabel, type NumberStyle, numbersLabel, remarks } from '../views/words.js';
import { overlap, type Shape, turned } from './boxes.js';
import { svg } from './dom.js';
import type { Geometry, Point, Run } from './geometry.js';
import { between, LABEL, LABEL_MARGIN, slantOf, tenth } from './geometry.js';

/** What drawing an item depends on besides the item. */
export interface Scene {
  readonly geometry: Geometry;
  readonly style: NumberStyle;
  /** Where the cursor's line and the end of the record are. */
  readonly cursor: number;
  readonly end: number;
  /** Where the labels of arrows stand. */
  readonly labels: ReadonlyMap<string, Label>;
  /** How far below the text of a mark the next one beside the same lane stands; absent where none does. */
  readonly below: ReadonlyMap<string, number>;
}

/** A label: its texts, and where. */
export interface Label {
  readonly flags: string;
  /** The line above the arrow, which begins with the flags, and those below it. */
  readonly lines: readonly string[];
  readonly remark: string;
  readonly middle: Point;
  readonly slant: number;
  readonly isSmall: boolean;
  /** What it covers. */
  readonly shape: Shape;
}

/** The width of a character of what is unusual, roughly: its letters are smaller. */
const REMARK = 6;
/** How far a label reaches above its line, and each further line of it below. */
const LINE_ABOVE = 16;
const LINE_BELOW = 14;
const MOST_LINES = 3;
/** What labels of arrows that cross leave free of their half of the way. */
const CROSSING_MARGIN = 28;
/** Shares of an arrow's way where its label may stand instead. */
const ELSEWHERE = [0.44, 0.38, 0.32, 0.56, 0.62, 0.68, 0.25, 0.75, 0.82, 0.88, 0.18, 0.12];

/** Flags and numbers above the line, along it; what is unusual below. Further lines where one is too long. */
export function drawLabel({
  flags,
  lines: [first = flags, ...further],
  remark,
  middle,
  slant,
  isSmall,
}: Label): readonly SVGElement[] {
  const transform = `translate(${tenth(middle.x)} ${tenth(middle.y)}) rotate(${slant})`;
  const kind = isSmall ? 'label small' : 'label';
  const label = svg('text', { class: kind, y: -6, transform });
  label.append(svg('tspan', { class: 'flags' }, flags));
  if (first !== flags) label.append(svg('tspan', { dx: 7 }, first.slice(flags.length + 1)));
  const lines = [...further, remark].filter((line) => line !== '');
  if (lines.length === 0) return [label];
  const under = svg('text', { class: kind, transform });
  lines.forEach((line, i) => {
    const className = line === remark ? 'remark' : undefined;
    under.append(svg('tspan', { class: className, x: 0, y: 14 + 13 * i }, line));
  });
  return [label, under];
}

/** What a label should leave free. */
export interface Taken {
  /** Other texts, which it would cover. */
  readonly texts: readonly Shape[];
  /** Where the labels of arrows beside it stand, that go the same way: it would be read as theirs. */
  readonly along: readonly Shape[];
  /** Lines of other arrows, which would run through it. */
  readonly across: readonly Shape[];
}

/** How bad it is to cover a text, to stand on a line, to say less, and to stand elsewhere than usual. */
const COVERS = 20;
const MISLEADS = 6;
const CROSSES = 1;
const SAYS_LESS = 2;
const MOVES = 0.25;

/** The label of an arrow where it is least in the way of others, and says as much as it can there. */
export function labelOf(
  item: ArrowItem,
  run: Run,
  geometry: Geometry,
  style: NumberStyle,
  taken: Taken,
): Label {
  let best: Label | undefined;
  let least = Number.POSITIVE_INFINITY;
  let less = 0;
  for (const wording of wordings(item, run, geometry, style)) {
    let cost = less * SAYS_LESS;
    for (const label of placesOf(item, run, geometry, wording)) {
      const whole = cost + inTheWay(label.shape, taken, least - cost);
      if (whole < least) [best, least] = [label, whole];
      cost += MOVES;
      if (cost >= least) break;
    }
    less += 1;
    if (less * SAYS_LESS >= least) break;
  }
  return best!;
}

/** How much a label is in the way of others; no more than `most` needs to be known. */
function inTheWay(shape: Shape, { texts, along, across }: Taken, most: number): number {
  let sum = 0;
  const weigh = (all: readonly Shape[], weight: number) => {
    for (const one of all) {
      if (sum >= most) return;
      if (overlap(shape, one)) sum += weight;
    }
  };
  weigh(texts, COVERS);
  weigh(along, MISLEADS);
  weigh(across, CROSSES);
  return sum;
}

/** What a label may say. */
type Wording = Pick<Label, 'lines' | 'remark'>;

/** What a label may say, most of it first. One by one: the first most often has room. */
function* wordings(
  item: ArrowItem,
  run: Run,
  geometry: Geometry,
  style: NumberStyle,
): Iterable<Wording> {
  const flags = flagsLabel(item.segment);
  const remark = remarks(item);
  const numbers = numbersLabel(item.segment, style).split(' ');
  const characters = Math.floor(roomAlong(item, run, geometry) / LABEL);
  const all = wrapped([flags, ...numbers], characters, MOST_LINES);
  yield { lines: all, remark };
  const known = new Set([all.join('\n')]);
  for (const most of [2, 1, 0]) {
    const told = most === 0 ? [] : mostTelling(item, numbers, characters, most);
    const lines = wrapped([flags, ...told], characters, Math.max(1, most));
    const text = lines.join('\n');
    if (known.has(text)) continue;
    known.add(text);
    yield { lines, remark };
  }
  // What is unusual mostly shows in the line and its sign, too, and whoever points at it is told.
  if (remark !== '') yield { lines: [flags], remark: '' };
}

/** A label at the usual share of the way, and elsewhere. */
function* placesOf(
  item: ArrowItem,
  run: Run,
  geometry: Geometry,
  { lines, remark }: Wording,
): Iterable<Label> {
  const { tail, tip, corner } = run;
  const widest = Math.max(...lines.map((line) => line.length)) * LABEL;
  const width = Math.max(widest, remark.length * REMARK);
  const length = Math.hypot(tip.x - tail.x, tip.y - tail.y);
  const slant = corner === undefined ? slantOf(tail, tip) : 0;
  const under = lines.length - 1 + (remark === '' ? 0 : 1);
  const size = { width, above: LINE_ABOVE, below: LINE_BELOW * under };
  const at = (middle: Point): Label => ({
    flags: flagsLabel(item.segment),
    lines,
    remark,
    middle,
    slant,
    isSmall: widest > roomAlong(item, run, geometry),
    shape: turned(middle, slant, size),
  });
  if (corner !== undefined) {
    yield at(besideLoop(run, corner, width));
    return;
  }
  const ahead = item.crossing && length > width ? Math.max(0.26, (width / 2 + 14) / length) : 0.5;
  const usual = Math.min(0.5, ahead);
  const half = width / 2 / length;
  yield at(between(tail, tip, usual));
  for (const share of ELSEWHERE) {
    if (share - half > 0 && share + half < 1) yield at(between(tail, tip, share));
  }
}

/**
 * Of a segment's numbers those that say most of it and fit into so many lines with its flags, in their usual order: what it acknowledges
 * where that is all it does, else where it begins and how long it is. The others are told when somebody points at it.
 */
function mostTelling(
  { segment }: ArrowItem,
  numbers: readonly string[],
  characters: number,
  most: number,
): readonly string[] {
  const occupies = segment.length > 0 || /SYN|FIN/.test(segment.flags);
  const ranked = occupies ? ['seq=', 'len=', 'ack='] : ['ack=', 'sack=', 'seq='];
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

/** How wide a label along an arrow may be. Those of arrows that cross have half of the way each. */
function roomAlong(item: ArrowItem, run: Run, geometry: Geometry): number {
  const { tail, tip } = run;
  const length = Math.hypot(tip.x - tail.x, tip.y - tail.y);
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
