/** Which copies of a state are kept: enough to be near every step, few enough to cost next to nothing. */

import { assert } from '../base/assert.js';
import { countWhile } from '../base/bisect.js';

export interface Checkpoint<State> {
  /** The state just before the step of this index. */
  readonly index: number;
  readonly state: State;
  /** Entries copied. */
  readonly size: number;
}

export interface Checkpoints<State> {
  /** Whether a copy of the state before step `index` is to be kept. Spacing grows with the size of the state. */
  readonly isDue: (index: number) => boolean;
  /** Keeps a checkpoint that is due. */
  readonly keep: (checkpoint: Checkpoint<State>) => void;
  /** Keeps a state for a while; those after `near` are given up first, then those far before it. */
  readonly remember: (checkpoint: Checkpoint<State>, near: number) => void;
  /** The latest one at or before `index`. */
  readonly nearest: (index: number) => Checkpoint<State>;
  /** Drops what lies after `index`: another future begins. */
  readonly forgetAfter: (index: number) => void;
}

/** Entries that are copied for each step at most, on average: a fraction of what a step itself costs. */
const copiedPerStep = 4;
/** Entries in all checkpoints together, and in all remembered states; beyond it, every second one goes. */
const entries = 750_000;
/** Remembered states: on the way back from `near`, the gaps between them grow by halves. */
const memory = 24;

/** `interval`: the least number of steps from one checkpoint to the next. `first` is never dropped. */
export function createCheckpoints<State>(
  interval: number,
  first: Checkpoint<State>,
  budget = entries,
): Checkpoints<State> {
  assert(first.index === 0, () => 'the first checkpoint is the beginning of the run');
  let kept: Checkpoint<State>[] = [first];
  let keptSize = first.size;
  let remembered: Checkpoint<State>[] = [];
  let spacing = interval;
  let due = spacingAfter(first);

  function spacingAfter({ size }: Checkpoint<State>): number {
    return Math.max(spacing, Math.ceil(size / copiedPerStep));
  }

  function keep(checkpoint: Checkpoint<State>): void {
    kept.push(checkpoint);
    keptSize += checkpoint.size;
    due = checkpoint.index + spacingAfter(checkpoint);
    while (kept.length > 2 && keptSize > budget) {
      kept = kept.filter((_, i) => i % 2 === 0);
      keptSize = total(kept);
      // From now on as far apart as those that are left: else the beginning of a long run would have the fewest.
      spacing = Math.max(2 * spacing, Math.floor(checkpoint.index / kept.length));
      due = checkpoint.index + spacing;
    }
  }

  function remember(checkpoint: Checkpoint<State>, near: number): void {
    remembered = remembered.filter(({ index }) => index !== checkpoint.index);
    remembered.push(checkpoint);
    // Whatever lies after `near` is farther than anything before it: index > near >= near - index.
    const far = ({ index }: Checkpoint<State>) => (index > near ? index : near - index);
    remembered.sort((a, b) => far(a) - far(b));
    while (remembered.length > memory || (remembered.length > 1 && total(remembered) > budget)) {
      remembered.pop();
    }
  }

  function nearest(index: number): Checkpoint<State> {
    let best = lastAtOrBefore(kept, index);
    for (const one of remembered) {
      if (one.index <= index && one.index > best.index) best = one;
    }
    return best;
  }

  function forgetAfter(index: number): void {
    kept = kept.filter((one) => one.index <= index);
    keptSize = total(kept);
    remembered = remembered.filter((one) => one.index <= index);
    due = Math.min(due, index + spacing);
  }

  return { isDue: (index) => index >= due, keep, remember, nearest, forgetAfter };
}

function total<State>(checkpoints: readonly Checkpoint<State>[]): number {
  return checkpoints.reduce((sum, { size }) => sum + size, 0);
}

/** By bisection: there may be thousands. The first one's index is 0. */
function lastAtOrBefore<State>(
  sorted: readonly Checkpoint<State>[],
  index: number,
): Checkpoint<State> {
  const at = (i: number) => sorted[i] as Checkpoint<State>;
  return at(countWhile(sorted.length, (i) => at(i).index <= index) - 1);
}
