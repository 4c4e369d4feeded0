/** Measures pieces of work in turn, so that a busy machine slows all of them and their ratios stay. */

const rounds = 5;

/** Does its work once and returns its measurement. */
export type Measurement = () => number | Promise<number>;

/** What a ratio, or where there is no peer the number itself, is held against. */
export interface Goal {
  /** Below it, not ready. */
  readonly must: number;
  /** What is announced. */
  readonly aim: number;
  readonly better: 'more' | 'less';
}

export interface Peer {
  readonly name: string;
  readonly measured: Measurement;
  readonly goal?: Goal;
}

/** One line of the table that scripts/bench.mjs prints. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly measured: number;
  /** What the peer reached, and our number divided by it. */
  readonly peer?: number;
  readonly ratio?: number;
  readonly goal?: Goal | undefined;
}

/** Our work and that of each peer in every round, after one round that only warms up: medians, a row for each peer. */
export async function compare(
  { name, unit, measured }: { name: string; unit: string; measured: Measurement },
  peers: readonly Peer[],
): Promise<void> {
  const works = [measured, ...peers.map((peer) => peer.measured)];
  const results: number[][] = [];
  for (let round = 0; round <= rounds; round++) {
    const result: number[] = [];
    for (const work of works) result.push(await work());
    if (round > 0) results.push(result);
  }
  const column = (i: number) => results.map((result) => result[i] ?? Number.NaN);
  peers.forEach((peer, i) => {
    const ratios = results.map((result) => (result[0] ?? 0) / (result[i + 1] ?? 0));
    print({
      name: `${name}, against ${peer.name}`,
      unit,
      measured: median(column(0)),
      peer: median(column(i + 1)),
      ratio: median(ratios),
      goal: peer.goal,
    });
  });
}

/** Prints one row. */
export function print(row: Row): void {
  console.log(JSON.stringify(row));
}

/** How often a second of processor time `work` can be done, when one call of it does it `count` times. */
export async function perSecond(count: number, work: () => void | Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  return count / (cpuMicroseconds(before) / 1e6);
}

/** Processor time of this process since `before`, all threads, microseconds. */
export function cpuMicroseconds(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** Octets in use after everything that nobody holds was collected (`node --expose-gc`). */
export function heapInUse(): number {
  if (globalThis.gc === undefined) throw new Error('heapInUse needs node --expose-gc');
  for (let i = 0; i < 3; i++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The least value that is not below this share of them, [0, 1). */
export function percentile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}
