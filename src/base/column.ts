/** A long list of numbers in little memory: it grows at its end, and is cut there. */

import { countWhile } from './bisect.js';

export interface Column {
  readonly length: () => number;
  readonly push: (value: number) => void;
  /** Replaces the number at `index`, in [0, length). */
  readonly put: (index: number, value: number) => void;
  /** `index` in [0, length). */
  readonly at: (index: number) => number;
  /** Leaves the first `length` numbers. */
  readonly cut: (length: number) => void;
}

type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array;

const SHIFT = 12;
const CHUNK = 1 << SHIFT;

/** An empty column of what one of these arrays can hold: `createColumn(Uint32Array)`. */
export function createColumn(kind: new (length: number) => Numbers): Column {
  const chunks: Numbers[] = [];
  let count = 0;
  return {
    length: () => count,
    push: (value) => {
      if (count >> SHIFT === chunks.length) chunks.push(new kind(CHUNK));
      (chunks[count >> SHIFT] as Numbers)[count & (CHUNK - 1)] = value;
      count += 1;
    },
    put: (index, value) => {
      (chunks[index >> SHIFT] as Numbers)[index & (CHUNK - 1)] = value;
    },
    at: (index) => (chunks[index >> SHIFT] as Numbers)[index & (CHUNK - 1)] as number,
    cut: (length) => {
      count = Math.min(count, length);
      chunks.length = Math.ceil(count / CHUNK);
    },
  };
}

/** How many numbers of a column that never falls are at most `value`: by bisection. */
export function countUpTo({ length, at }: Column, value: number): number {
  return countWhile(length(), (i) => at(i) <= value);
}
