/** The timeline: recorded steps over a machine that can be copied and continued; seek and fork. */

import { assert } from '../base/assert.js';
import type { Step } from './step.js';

/** What a timeline records: a state that is changed in place by `advance`, and can be copied. Same state, same steps. */
export interface Machine<State> {
  /** A fresh state, as at the beginning of the run. */
  readonly start: () => State;
  /** A copy that shares nothing that `advance` changes. */
  readonly copy: (state: State) => State;
  /** Handles the next event, changes `state`, and tells what happened; undefined when the run is over. */
  readonly advance: (state: State, index: number) => Step | undefined;
}

/** An edit: changes the state in place and records itself as a step. */
export type Edit<State> = (state: State, index: number) => Step;

export interface Timeline<State> {
  /** How many steps are recorded so far. */
  readonly length: () => number;
  /** A recorded step. `index` in [0, length). */
  readonly step: (index: number) => Step;
  /** Records one more step; undefined when the run is over. */
  readonly extend: () => Step | undefined;
  /** The state just before step `index`, `index` in [0, length]; for reading only. */
  readonly stateBefore: (index: number) => State;
  /** Forgets step `index` and all after it, then records `edit` in its place. What came before is untouched. */
  readonly fork: (index: number, edit: Edit<State>) => Step;
}

/** A timeline of this machine. A checkpoint is kept every `interval` steps; states between are recomputed. */
export function createTimeline<State>(machine: Machine<State>, interval = 64): Timeline<State> {
  const steps: Step[] = [];
  const checkpoints = new Map<number, State>();
  const edits = new Map<number, Edit<State>>();
  let head = machine.start();
  checkpoints.set(0, machine.copy(head));
  let cached: { readonly index: number; readonly state: State } | undefined;

  function record(index: number): Step | undefined {
    const edit = edits.get(index);
    return edit ? edit(head, index) : machine.advance(head, index);
  }

  function extend(): Step | undefined {
    const step = record(steps.length);
    if (step === undefined) return undefined;
    steps.push(step);
    if (steps.length % interval === 0) checkpoints.set(steps.length, machine.copy(head));
    return step;
  }

  function replayTo(index: number): State {
    let from = index - (index % interval);
    while (from > 0 && !checkpoints.has(from)) from -= interval;
    const near = cached !== undefined && cached.index >= from && cached.index <= index;
    const start = near && cached ? cached : { index: from, state: checkpoints.get(from) as State };
    const state = machine.copy(start.state);
    for (let i = start.index; i < index; i++) {
      const edit = edits.get(i);
      const step = edit ? edit(state, i) : machine.advance(state, i);
      assert(step !== undefined, () => `replay of step ${i} found the run to be over`);
    }
    return state;
  }

  function stateBefore(index: number): State {
    assert(index >= 0 && index <= steps.length, () => `no step ${index} is recorded`);
    if (index === steps.length) return head;
    if (cached?.index !== index) cached = { index, state: replayTo(index) };
    return cached.state;
  }

  function fork(index: number, edit: Edit<State>): Step {
    head = machine.copy(stateBefore(index));
    steps.length = index;
    for (const key of [...checkpoints.keys()]) if (key > index) checkpoints.delete(key);
    for (const key of [...edits.keys()]) if (key >= index) edits.delete(key);
    edits.set(index, edit);
    cached = undefined;
    const step = extend();
    assert(step !== undefined, () => `the edit at step ${index} recorded nothing`);
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
