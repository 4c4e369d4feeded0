/** Steps that were recorded or made again lately. What is not here any more is recomputed from a checkpoint. */

import type { Step } from './step.js';

export interface StepCache {
  readonly get: (index: number) => Step | undefined;
  readonly put: (step: Step) => void;
  /** Steps from `index` on are others now. */
  readonly forgetFrom: (index: number) => void;
}

/** Consecutive steps are kept and given up together. */
export const CHUNK = 64;

type Chunk = (Step | undefined)[];

/**
 * Keeps `chunks` chunks; the one that was not looked at for the longest time goes first. Few: what lives on while a run is recorded costs
 * the collector more than the steps themselves. But the debugger looks back at the last 400.
 */
export function createStepCache(chunks = 12): StepCache {
  // A map lists its entries in the order in which they were entered: the longest unused first.
  const kept = new Map<number, Chunk>();
  let latest: Chunk = [];
  let latestNumber = -1;

  function use(number: number): Chunk | undefined {
    if (number === latestNumber) return latest;
    const chunk = kept.get(number);
    if (chunk === undefined) return undefined;
    kept.delete(number);
    kept.set(number, chunk);
    [latest, latestNumber] = [chunk, number];
    return chunk;
  }

  function add(number: number): Chunk {
    const chunk: Chunk = [];
    kept.set(number, chunk);
    [latest, latestNumber] = [chunk, number];
    const [oldest] = kept.keys();
    if (kept.size > chunks && oldest !== undefined) kept.delete(oldest);
    return chunk;
  }

  return {
    get: (index) => use(Math.floor(index / CHUNK))?.[index % CHUNK],
    put: (step) => {
      const number = Math.floor(step.index / CHUNK);
      (use(number) ?? add(number))[step.index % CHUNK] = step;
    },
    forgetFrom: (index) => {
      const number = Math.floor(index / CHUNK);
      for (const [key, chunk] of kept) {
        if (key > number) kept.delete(key);
        else if (key === number) chunk.length = Math.min(chunk.length, index % CHUNK);
      }
      if (latestNumber > number) latestNumber = -1;
    },
  };
}
