/**
 * The timeline: a machine's record, of which little is kept. Steps that nobody looked at lately, and the states between
 * checkpoints, are computed again: the same state always goes on in the same way. Seek and fork.
 */

import { assert } from '../base/assert.js';
import { type Detail, recording } from '../tcp/rule.js';
import type { Checkpoint } from './checkpoints.js';
import { createCheckpoints } from './checkpoints.js';
import type { Step } from './step.js';
import { CHUNK, createStepCache } from './step-cache.js';

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

/** Takes note of the record as it grows, so that nobody has to walk through it later. */
export interface Observer<State> {
  /** A step was recorded for the first time; `after` is the state that it led to, for reading now only. */
  readonly note: (step: Step, after: State) => void;
  /** Steps from `index` on are forgotten. */
  readonly forget: (index: number) => void;
}

/** An edit: changes the state in place and records itself as a step. Replayed like any other step. */
export type Edit<State> = (state: State, index: number) => Step;

export interface Timeline<State> {
  /** How many steps are recorded so far. */
  readonly length: () => number;
  /** The steps at which the record was forked so far: what was read of it at or after one of them is out of date. */
  readonly forks: () => readonly number[];
  /** A recorded step. `index` in [0, length). Asked for again it may be another object with the same content. */
  readonly step: (index: number) => Step;
  /**
   * Records one more step and gives it; undefined when the run is over. With `places` it is quicker, and what it gives tells of checks
   * that were passed only that they were, in the same places: for those who are in passing. `step` has it all.
   */
  readonly extend: (detail?: 'all' | 'places') => Step | undefined;
  /**
   * The state just before step `index`, `index` in [0, length]; for reading only, and only until the next call of
   * `extend` or `fork`: the state at the end is the one that goes on.
   */
  readonly stateBefore: (index: number) => State;
  /**
   * The same for those who pass through the record forwards, and cheaper for them: the state itself moves on. For reading only until
   * the next call of this function, `extend` or `fork`; until then `stateBefore` gives the same one.
   */
  readonly passing: (index: number) => State;
  /**
   * Forgets step `index` and all after it, then records `edit` in its place. What came before is untouched.
   * When `edit` throws, nothing is forgotten.
   */
  readonly fork: (index: number, edit: Edit<State>) => Step;
  /** From now on this one is told of the record, and nobody else. */
  readonly observe: (observer: Observer<State>) => void;
}

/** What a timeline knows. */
interface Kept<State> {
  readonly machine: Machine<State>;
  readonly checkpoints: ReturnType<typeof createCheckpoints<State>>;
  readonly steps: ReturnType<typeof createStepCache>;
  readonly edits: Map<number, Edit<State>>;
  /** The state after the last step. */
  head: State;
  length: number;
  forks: readonly number[];
  observer: Observer<State> | undefined;
  /** A state that moves forward from step to step, and where it is. */
  way: Checkpoint<State> | undefined;
  /** The state is so large that `way` stays close behind the head: a copy would cost more than to compute steps twice. */
  follows: boolean;
}

/** Entries from which on a state counts as large. */
const LARGE = 16_384;
/** Steps that are sooner computed than a large state is copied. */
const NEAR = 4_096;

/**
 * A timeline of this machine, with a checkpoint every `interval` steps or more; states between are recomputed. So many steps take less
 * than a millisecond, and a checkpoint costs as much as nine of them, most of it the collector's work: what it copies lives on.
 */
export function createTimeline<State>(
  machine: Machine<State>,
  interval = 3 * CHUNK,
): Timeline<State> {
  const head = machine.start();
  const first = { index: 0, state: machine.copy(head), size: machine.size?.(head) ?? 1 };
  const kept: Kept<State> = {
    machine,
    checkpoints: createCheckpoints(interval, first),
    steps: createStepCache(),
    edits: new Map(),
    head,
    length: 0,
    forks: [],
    observer: undefined,
    way: undefined,
    follows: false,
  };
  return {
    length: () => kept.length,
    forks: () => kept.forks,
    step: (index) => stepOf(kept, index),
    extend: (detail = 'all') => extend(kept, detail),
    stateBefore: (index) => stateBefore(kept, index),
    passing: (index) => passing(kept, index),
    fork: (index, edit) => fork(kept, index, edit),
    observe: (observer) => {
      kept.observer = observer;
    },
  };
}

function copyAt<State>({ machine }: Kept<State>, index: number, state: State): Checkpoint<State> {
  return { index, state: machine.copy(state), size: machine.size?.(state) ?? 1 };
}

function record<State>(
  { machine, edits }: Kept<State>,
  state: State,
  index: number,
): Step | undefined {
  const edit = edits.get(index);
  return edit ? edit(state, index) : machine.advance(state, index);
}

function extend<State>(kept: Kept<State>, detail: Detail): Step | undefined {
  const { head, checkpoints } = kept;
  if (kept.follows) follow(kept);
  const step = recording(detail, () => record(kept, head, kept.length));
  if (step === undefined) return undefined;
  kept.length += 1;
  if (detail === 'all') kept.steps.put(step);
  kept.observer?.note(step, head);
  if (checkpoints.isDue(kept.length)) {
    const checkpoint = copyAt(kept, kept.length, head);
    checkpoints.keep(checkpoint);
    kept.follows = checkpoint.size >= LARGE;
  }
  return step;
}

/** Brings `way` to where the head is, just before the head goes on. */
function follow<State>(kept: Kept<State>): void {
  const { way, length, head } = kept;
  const near = way !== undefined && way.index <= length && length - way.index <= NEAR;
  kept.way = near ? way : copyAt(kept, length, head);
  if (near) moveOn(kept, way, length);
}

/** Moves a state forwards to just before step `index`, in place. */
function moveOn<State>(kept: Kept<State>, from: Checkpoint<State>, index: number): State {
  kept.way = { ...from, index };
  recording('nothing', () => {
    for (let i = from.index; i < index; i++) recompute(kept, from.state, i);
  });
  return from.state;
}

function stepOf<State>(kept: Kept<State>, index: number): Step {
  const known = kept.steps.get(index);
  if (known !== undefined) return known;
  assert(index >= 0 && index < kept.length, () => `no step ${index} is recorded`);
  const start = index - (index % CHUNK);
  replay(kept, start, Math.min(start + CHUNK, kept.length));
  const step = kept.steps.get(index);
  assert(step !== undefined, () => `step ${index} could not be made again`);
  return step;
}

function stateBefore<State>(kept: Kept<State>, index: number): State {
  assert(index >= 0 && index <= kept.length, () => `no step ${index} is recorded`);
  if (index === kept.length) return kept.head;
  return index === kept.way?.index ? kept.way.state : replay(kept, index, index);
}

function passing<State>(kept: Kept<State>, index: number): State {
  assert(index >= 0 && index <= kept.length, () => `no step ${index} is recorded`);
  if (index === kept.length) return kept.head;
  const { way } = kept;
  const near = kept.checkpoints.nearest(index);
  const least = Math.min(near.index, index - CHUNK);
  const goesOn = way !== undefined && way.index <= index && way.index >= least;
  return moveOn(kept, goesOn ? way : copyAt(kept, near.index, near.state), index);
}

function recompute<State>(kept: Kept<State>, state: State, index: number): Step {
  const step = record(kept, state, index);
  assert(step !== undefined, () => `replay of step ${index} found the run to be over`);
  return step;
}

/**
 * Recomputes the state just before step `index` from the nearest one kept, and steps up to `end`, which are kept for a while.
 * Leaves copies half, a quarter, an eighth of the way back: whoever asks for this state is likely to step back from it.
 */
function replay<State>(kept: Kept<State>, index: number, end: number): State {
  const { checkpoints, steps } = kept;
  const from = checkpoints.nearest(index);
  if (from.index === end) return from.state;
  const { state } = copyAt(kept, from.index, from.state);
  const distance = index - from.index;
  let leaveAt = index - (distance >> 1);
  for (let i = from.index; i < end; i++) {
    if (i === leaveAt && i > from.index && i < index) {
      checkpoints.remember(copyAt(kept, i, state), index);
      if (index - i > distance >> 5) leaveAt = index - ((index - i) >> 1);
    }
    if (i < end - CHUNK) recording('nothing', () => recompute(kept, state, i));
    else {
      const step = recompute(kept, state, i);
      if (steps.get(i) === undefined) steps.put(step);
    }
  }
  checkpoints.remember({ index: end, state, size: from.size }, end);
  return state;
}

function fork<State>(kept: Kept<State>, index: number, edit: Edit<State>): Step {
  const state = kept.machine.copy(stateBefore(kept, index));
  const step = edit(state, index);
  const { checkpoints, steps, edits } = kept;
  kept.head = state;
  kept.length = index + 1;
  kept.forks = [...kept.forks, index];
  kept.way = undefined;
  checkpoints.forgetAfter(index);
  steps.forgetFrom(index);
  steps.put(step);
  for (const key of [...edits.keys()]) if (key >= index) edits.delete(key);
  edits.set(index, edit);
  kept.observer?.forget(index);
  kept.observer?.note(step, state);
  return step;
}
