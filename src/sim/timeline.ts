/** The timeline: recorded steps over a machine that can be copied and continued; seek and fork. */

import { assert } from '../base/assert.js';
import type { Checkpoint, Checkpoints } from './checkpoints.js';
import { createCheckpoints } from './checkpoints.js';
import type { Step } from './step.js';

/** What a timeline records: a state that is changed in place by `advance`, and can be copied. Same state, same steps. */
export interface Machine<State> {
  /** A fresh state, as at the beginning of the run. */
  readonly start: () => State;
  /** A copy that shares nothing that `advance` changes. */
  readonly copy: (state: State) => State;
  /** Handles the next event, changes `state`, and tells what happened; undefined when the run is over. */
  readonly advance: (state: State, index: number) => Step | undefined;
  /** How much `copy` copies, in entries of tables (`sizeOfWorld`); without it, every copy counts as 1. */
  readonly size?: (state: State) => number;
}

/** An edit: changes the state in place and records itself as a step. Replayed like any other step. */
export type Edit<State> = (state: State, index: number) => Step;

export interface Timeline<State> {
  /** How many steps are recorded so far. */
  readonly length: () => number;
  /** A recorded step. `index` in [0, length). */
  readonly step: (index: number) => Step;
  /** Records one more step; undefined when the run is over. */
  readonly extend: () => Step | undefined;
  /**
   * The state just before step `index`, `index` in [0, length]; for reading only, and only until the next call of
   * `extend` or `fork`: the state at the end is the one that goes on.
   */
  readonly stateBefore: (index: number) => State;
  /**
   * Forgets step `index` and all after it, then records `edit` in its place. What came before is untouched.
   * When `edit` throws, nothing is forgotten.
   */
  readonly fork: (index: number, edit: Edit<State>) => Step;
}

/** A timeline of this machine, with a checkpoint every `interval` steps or more; states between are recomputed. */
export function createTimeline<State>(machine: Machine<State>, interval = 64): Timeline<State> {
  const sizeOf = machine.size ?? (() => 1);
  const steps: Step[] = [];
  const edits = new Map<number, Edit<State>>();
  let head = machine.start();
  const checkpoints = createCheckpoints(interval, copyAt(0, head));

  function copyAt(index: number, state: State): Checkpoint<State> {
    return { index, state: machine.copy(state), size: sizeOf(state) };
  }

  function record(state: State, index: number): Step | undefined {
    const edit = edits.get(index);
    return edit ? edit(state, index) : machine.advance(state, index);
  }

  function extend(): Step | undefined {
    const step = record(head, steps.length);
    if (step === undefined) return undefined;
    steps.push(step);
    if (checkpoints.isDue(steps.length)) checkpoints.keep(copyAt(steps.length, head));
    return step;
  }

  function stateBefore(index: number): State {
    assert(index >= 0 && index <= steps.length, () => `no step ${index} is recorded`);
    if (index === steps.length) return head;
    return replay(index, checkpoints, copyAt, record);
  }

  function fork(index: number, edit: Edit<State>): Step {
    const state = machine.copy(stateBefore(index));
    const step = edit(state, index);
    head = state;
    steps.length = index;
    steps.push(step);
    checkpoints.forgetAfter(index);
    for (const key of [...edits.keys()]) if (key >= index) edits.delete(key);
    edits.set(index, edit);
    return step;
  }

  return {
    length: () => steps.length,
    step: (index) => {
      const step = steps[index];
      assert(step !== undefined, () => `no step ${index} is recorded`);
      return step;
    },
    extend,
    stateBefore,
    fork,
  };
}

/**
 * Recomputes the state just before step `index` from the nearest one kept. Leaves copies half, a quarter, an eighth of
 * the way back: whoever asks for this state is likely to step back from it.
 */
function replay<State>(
  index: number,
  checkpoints: Checkpoints<State>,
  copyAt: (index: number, state: State) => Checkpoint<State>,
  record: (state: State, index: number) => Step | undefined,
): State {
  const from = checkpoints.nearest(index);
  if (from.index === index) return from.state;
  const { state } = copyAt(from.index, from.state);
  const distance = index - from.index;
  let leaveAt = index - (distance >> 1);
  for (let i = from.index; i < index; i++) {
    if (i === leaveAt && i > from.index) {
      checkpoints.remember(copyAt(i, state), index);
      if (index - i > distance >> 5) leaveAt = index - ((index - i) >> 1);
    }
    const step = record(state, i);
    assert(step !== undefined, () => `replay of step ${i} found the run to be over`);
  }
  checkpoints.remember({ index, state, size: from.size }, index);
  return state;
}
