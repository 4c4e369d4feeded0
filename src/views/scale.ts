/** The vertical axis: virtual time as height. Long waits are compressed, nothing stands too close to be read. */

import type { Duration } from '../tcp/rule.js';
import type { NoteItem } from './contract.js';

/** Heights in diagram units (pixels at a zoom of 1). */
export const TOP = 30;
/** Below the last step: what is in flight, and the last texts. */
export const BOTTOM = 120;
/** The least height between two instants. */
export const MIN_GAP = 16;
/** What the reference delay takes. */
const UNIT_HEIGHT = 56;
/** Waits longer than this many reference delays are drawn as a break. */
const BREAK_FROM = 6;
const BREAK_HEIGHT = 112;
/** What a break needs below the lowest text, so that its own text stands free. */
export const BREAK_ROOM = 58;
/** Between two arrows from or to the same lane. */
export const ARROW_GAP = 22;
/** A line of text below an arrow. */
export const REMARK = 14;
/** From an arrow's tail to a note that stands free of its label. */
export const LABEL_ROOM = 66;
/** The least fall of an arrow. */
export const MIN_SLANT = 26;
/** Between two lines of text beside a lane. */
export const LINE = 19;
/** What a note over the whole width needs above and below its box. */
export const NOTE_ROOM = 14;

/** Half the height of a note: one line, or two where an explanation is worth it. */
export function noteHalf(what: NoteItem['what']): number {
  return what === 'failure' ? 20 : 12;
}

/** The reference delay until a segment was seen to travel. */
export const DEFAULT_UNIT: Duration = 10_000;

export interface Gap {
  readonly height: number;
  /** Not to scale: the elapsed time is written into it. */
  readonly broken: boolean;
}

/** The height of a wait, given the delay of the first segment that travelled (`unit`). Grows with `wait`, ever more slowly. */
export function gap(wait: Duration, unit: Duration): Gap {
  const units = wait / unit;
  if (units > BREAK_FROM) return { height: BREAK_HEIGHT, broken: true };
  if (units > 1) return { height: Math.round(UNIT_HEIGHT + log2Of(units) * 22), broken: false };
  return { height: Math.max(MIN_GAP, Math.round(UNIT_HEIGHT * units)), broken: false };
}

/** The logarithm to base 2, straight between powers of two: the same on every platform, digit for digit. */
function log2Of(value: number): number {
  let whole = 0;
  let rest = value;
  for (; rest >= 2; rest /= 2) whole += 1;
  return whole + rest - 1;
}
