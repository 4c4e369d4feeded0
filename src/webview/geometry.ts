/** Where lanes stand in a panel of some width, and how an arrow runs between them. Pure. */

import type { ArrowItem, NoteItem } from '../views/contract.js';
import { noteHalf } from '../views/scale.js';

/** All in pixels. */
export interface Geometry {
  /** Of the drawing; wider than the panel when there are many lanes. */
  readonly width: number;
  /** The right edge of the time axis. */
  readonly axis: number;
  /** The middle of each lane. */
  readonly lanes: readonly number[];
  /** Between two lanes. */
  readonly spacing: number;
  /** Room for text beside the outer lanes; 0 in a narrow panel, where texts stand on the lanes. */
  readonly margin: number;
  /** Pixels to a unit of height: more in a narrow panel, where labels take two lines. */
  readonly stretch: number;
}

const NARROW = 480;
const MAX_SPACING = 460;
/** A call such as `connect server:80` fits beside a lane. */
const LEAST_MARGIN = 118;
/** The width of a character of an arrow's label, roughly. */
export const LABEL = 7.25;
/** What a label leaves free of its arrow. */
export const LABEL_MARGIN = 36;
/** How long a usual label is beside its two numbers: `PSH,ACK seq= ack= len=1460`. */
const LABEL_WORDS = 26;

/**
 * Spreads lanes over a panel: wide ones leave room for text beside the lanes, narrow ones put it onto them. `digits`: how long numbers
 * are; where labels take two lines for them, the diagram is higher.
 */
export function geometryOf(panelWidth: number, laneCount: number, digits: number): Geometry {
  const wide = layOut(panelWidth, laneCount, digits, false);
  const fits = panelWidth >= NARROW && wide.width <= panelWidth;
  return fits ? wide : layOut(panelWidth, laneCount, digits, true);
}

function layOut(panelWidth: number, laneCount: number, digits: number, narrow: boolean): Geometry {
  const axis = narrow ? 60 : 66;
  const margin = narrow ? 0 : clamp(Math.round((panelWidth - axis) * 0.22), LEAST_MARGIN, 190);
  const [left, right] = narrow ? [30, 56] : [margin + 14, margin + 14];
  const gaps = Math.max(1, laneCount - 1);
  const least = laneCount > 2 ? (narrow ? 180 : 200) : 140;
  const used = axis + left + right;
  const spacing = Math.max(least, Math.min(MAX_SPACING, Math.floor((panelWidth - used) / gaps)));
  const isOneLine = (LABEL_WORDS + 2 * digits) * LABEL + LABEL_MARGIN <= spacing;
  const stretch = !narrow && isOneLine ? 1 : 1.75;
  const wanted = used + spacing * (laneCount - 1);
  const width = Math.max(panelWidth, wanted);
  const slack = narrow && laneCount === 1 ? 0 : Math.floor((width - wanted) / 2);
  const first = axis + left + slack;
  const lanes = Array.from({ length: laneCount }, (_, i) => first + i * spacing);
  return { width, axis, lanes, spacing, margin, stretch };
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

/** The box of a note: across all lanes and the texts beside them. */
export function bandOf({ y, what }: NoteItem, { lanes, axis, margin, width }: Geometry) {
  const first = lanes[0] ?? 0;
  const last = lanes.at(-1) ?? first;
  const left = Math.max(axis + 4, first - margin);
  const right = Math.min(width - 4, last + Math.max(margin, 40));
  const half = noteHalf(what);
  return { x: left, y: y - half, width: right - left, height: 2 * half, rx: 3 };
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** How an arrow is drawn: from tail to tip, on the way to `target`, where it would arrive. */
export interface Run {
  readonly tail: Point;
  readonly tip: Point;
  readonly target: Point;
  /** Of what a host sends to itself: how far out the arrow goes before it turns down and back. */
  readonly corner: number | undefined;
}

/** Where on its way a segment is lost or held. */
const STOPPED_AT = { lose: 0.72, cut: 0.72, hold: 0.5, deliver: 1 } as const;
const LANE_HALF = 4;
/** How far below the end of the record an arrow's head is that has not arrived: it is still to come. */
const STILL_TO_COME = 22;
/** How far from its lane an arrow goes that comes back to it. */
const LOOP = 40;

/** The run of an arrow. `end`: the height at which the record ends. */
export function runOf(item: ArrowItem, lanes: readonly number[], end: number): Run {
  const [from, to] = [lanes[item.from] ?? 0, lanes[item.to] ?? 0];
  const flying = item.fate === 'deliver' && item.arrival === undefined;
  const arrival =
    item.arrival?.y ?? Math.max(item.y + item.reach, flying ? end + STILL_TO_COME : 0);
  if (item.from === item.to) return loopOf(item, lanes, arrival);
  const side = to > from ? LANE_HALF : -LANE_HALF;
  // What was held back half-way goes on from there.
  const left = item.how === 'released' ? (from + to) / 2 : from + side;
  const tail = { x: left, y: item.y };
  const target = { x: to - side, y: arrival };
  const tip = between(tail, target, STOPPED_AT[item.fate]);
  return { tail, tip, target, corner: undefined };
}

/** Out to the side where the other lanes are, down, and back. What does not arrive stops on its way down. */
function loopOf(item: ArrowItem, lanes: readonly number[], arrival: number): Run {
  const lane = lanes[item.from] ?? 0;
  const out = item.from > 0 && item.from === lanes.length - 1 ? -1 : 1;
  const corner = lane + out * LOOP;
  const target = { x: lane + out * LANE_HALF, y: arrival };
  const tail = { x: item.how === 'released' ? corner : target.x, y: item.y };
  const stopped = { x: corner, y: between(tail, target, STOPPED_AT[item.fate]).y };
  return { tail, tip: item.fate === 'deliver' ? target : stopped, target, corner };
}

/** The point of a run that the time of height `y` has come to. */
export function pointAt({ tail, tip, corner }: Run, y: number): Point {
  const point = between(tail, tip, tip.y === tail.y ? 1 : (y - tail.y) / (tip.y - tail.y));
  return corner === undefined ? point : { x: corner, y: point.y };
}

/** The point at a fraction of the way. */
export function between(a: Point, b: Point, fraction: number): Point {
  return { x: a.x + (b.x - a.x) * fraction, y: a.y + (b.y - a.y) * fraction };
}

/** A path from `a` to `b`, round a corner or straight, with a head at `b` when asked for. To a tenth of a pixel. */
export function arrowPath(a: Point, b: Point, head: 'head' | 'none', corner?: number): string {
  const line = corner === undefined ? `M${at(a)}L${at(b)}` : loopPath(a, b, corner);
  const from = corner === undefined ? a : { x: corner, y: b.y };
  const length = Math.hypot(b.x - from.x, b.y - from.y);
  if (head === 'none' || length === 0) return line;
  const [ux, uy] = [(b.x - from.x) / length, (b.y - from.y) / length];
  const left = { x: b.x - ux * 10 - uy * 4, y: b.y - uy * 10 + ux * 4 };
  const right = { x: b.x - ux * 10 + uy * 4, y: b.y - uy * 10 - ux * 4 };
  return `${line}M${at(b)}L${at(left)}L${at(right)}Z`;
}

/** Out and back the same way: what fills the head must not fill the loop. */
function loopPath(a: Point, b: Point, corner: number): string {
  const [out, down, up] = [`H${corner}`, `V${tenth(b.y)}`, `V${tenth(a.y)}`];
  return `M${at(a)}${out}${down}H${tenth(b.x)}${out}${up}Z`;
}

/** To a tenth of a pixel. */
export function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

function at({ x, y }: Point): string {
  return `${tenth(x)} ${tenth(y)}`;
}

/** How much a text along a line is turned, in degrees, so that it is never upside down. */
export function slantOf(a: Point, b: Point): number {
  const [dx, dy] = b.x < a.x ? [a.x - b.x, a.y - b.y] : [b.x - a.x, b.y - a.y];
  return tenth((Math.atan2(dy, dx) * 180) / Math.PI);
}
