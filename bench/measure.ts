/** Measures two pieces of work in turn, so that a busy machine slows both and their ratio stays. */

const rounds = 7;

export interface Work {
  readonly name: string;
  /** What a larger number means: `better` for a rate, `worse` for a cost. */
  readonly unit: string;
  /** Each does its work once and returns its measurement. */
  readonly measured: () => number;
  readonly bound: () => number;
}

/** One line of the table that scripts/bench.mjs prints. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly measured: number;
  readonly bound: number;
  readonly ratio: number;
}

/** Prints a row for scripts/bench.mjs: medians over the rounds, after one round that only warms up. */
export function report({ name, unit, measured, bound }: Work): void {
  measured();
  bound();
  const pairs = Array.from({ length: rounds }, () => ({ measured: measured(), bound: bound() }));
  const row: Row = {
    name,
    unit,
    measured: median(pairs.map((pair) => pair.measured)),
    bound: median(pairs.map((pair) => pair.bound)),
    ratio: median(pairs.map((pair) => pair.measured / pair.bound)),
  };
  console.log(JSON.stringify(row));
}

/** How often a second of processor time `work` can be done, when one call of it does it `count` times. */
export function perSecond(count: number, work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (count * 1e6) / (user + system);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
