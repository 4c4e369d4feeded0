/** A function of a few small dimensions as a table of few lines: each line stands for all cells of a box, and no two boxes meet. */

import assert from 'node:assert/strict';

/** A dimension, with its values in order. */
export interface Dimension {
  readonly name: string;
  readonly values: readonly string[];
}

/** One line: of each dimension the values it stands for (a bit each), and what comes of them. */
export interface Line {
  readonly sets: readonly number[];
  readonly outcome: string;
}

/** The index of a value in each dimension. */
export type Cell = readonly number[];

export function* cellsOf(dimensions: readonly Dimension[]): Generator<Cell> {
  const [first, ...rest] = dimensions;
  if (first === undefined) {
    yield [];
    return;
  }
  for (let i = 0; i < first.values.length; i++) {
    for (const cell of cellsOf(rest)) yield [i, ...cell];
  }
}

/** Few lines that say the same as all the cells. Every cell is in exactly one of them. */
export function compress(
  dimensions: readonly Dimension[],
  outcome: (cell: Cell) => string,
): readonly Line[] {
  const cells = [...cellsOf(dimensions)].map((cell) => ({
    sets: cell.map((i) => 1 << i),
    outcome: outcome(cell),
  }));
  const axes = dimensions.map((_, i) => i);
  const orders = axes.flatMap((_, i) => {
    const turned = [...axes.slice(i), ...axes.slice(0, i)];
    return [turned, [...turned].reverse()];
  });
  const tables = orders.map((order) => joined(cells, order));
  return tables.reduce((best, table) => (table.length < best.length ? table : best));
}

/** Joins boxes that differ in one dimension alone, dimension after dimension, until none do. */
function joined(cells: readonly Line[], order: readonly number[]): readonly Line[] {
  let lines = cells;
  for (;;) {
    const before = lines.length;
    for (const axis of order) lines = joinedAlong(lines, axis);
    if (lines.length === before) return lines;
  }
}

function joinedAlong(lines: readonly Line[], axis: number): readonly Line[] {
  const boxes = new Map<string, Line>();
  for (const line of lines) {
    const key = `${line.sets.map((set, i) => (i === axis ? '' : set)).join(' ')} ${line.outcome}`;
    const other = boxes.get(key);
    const sets = line.sets.map((set, i) => (i === axis ? set | (other?.sets[axis] ?? 0) : set));
    boxes.set(key, { sets, outcome: line.outcome });
  }
  return [...boxes.values()];
}

/** The lines that a cell is in. */
export function linesOf(lines: readonly Line[], cell: Cell): readonly Line[] {
  return lines.filter(({ sets }) =>
    sets.every((set, axis) => (set & (1 << (cell[axis] ?? 0))) !== 0),
  );
}

const ANY = '.';

/** `NXT..last,far`; `.` for any. */
export function printSet({ values }: Dimension, set: number): string {
  if (set === 2 ** values.length - 1) return ANY;
  const parts: string[] = [];
  for (let i = 0; i < values.length; i++) {
    if ((set & (1 << i)) === 0) continue;
    let last = i;
    while (last + 1 < values.length && (set & (1 << (last + 1))) !== 0) last++;
    parts.push(
      last === i ? `${values[i]}` : `${values[i]}${last === i + 1 ? ',' : '..'}${values[last]}`,
    );
    i = last;
  }
  return parts.join(',');
}

/** The inverse of `printSet`. */
function readSet({ name, values }: Dimension, text: string): number {
  if (text === ANY) return 2 ** values.length - 1;
  let set = 0;
  for (const part of text.split(',')) {
    const [from = '', to = from] = part.split('..');
    const [first, last] = [values.indexOf(from), values.indexOf(to)];
    assert.ok(first >= 0 && last >= first, `${name} has no ${part}`);
    for (let i = first; i <= last; i++) set |= 1 << i;
  }
  return set;
}

/** The table with a head, in columns; the outcome comes last. */
export function printTable(
  dimensions: readonly Dimension[],
  lines: readonly Line[],
  outcomeHead: string,
): readonly string[] {
  const rows = [
    dimensions.map(({ name }) => name),
    ...lines.map(({ sets }) => dimensions.map((dimension, i) => printSet(dimension, sets[i] ?? 0))),
  ];
  const widths = dimensions.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const outcomes = [outcomeHead, ...lines.map(({ outcome }) => outcome)];
  return rows.map((row, i) =>
    [...row.map((text, column) => text.padEnd(widths[column] ?? 0)), outcomes[i]]
      .join(' ')
      .trimEnd(),
  );
}

/** Reads what `printTable` printed, without its head. */
export function readTable(
  dimensions: readonly Dimension[],
  lines: readonly string[],
): readonly Line[] {
  return lines.map((line) => {
    const words = line.split(/ +/);
    const sets = dimensions.map((dimension, i) => readSet(dimension, words[i] ?? ''));
    return { sets, outcome: words.slice(dimensions.length).join(' ') };
  });
}
