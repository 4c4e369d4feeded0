/**
 * All stepping, in both directions: where the cursor comes to stand next.
 *
 * Places are `(i, -1)`, before step i, and `(i, k)`, after its k-th microstep. Each grain has a set of places that depends on the
 * record alone, so that n steps forward and n back end where they began:
 *
 * | grain        | its places                                                                       |
 * | ------------ | -------------------------------------------------------------------------------- |
 * | `statement`  | `(i, -1)` of every step in which the script reaches a statement                    |
 * | `event`      | those, and the first rule of every step (a user call, an arrival, a time-out)        |
 * | `rule`       | those, and every rule: what F11 visits, one check of the RFC at a time               |
 * | `at HOST`    | the first rule of every step that is this host's event                           |
 * | `breakpoint` | none of its own                                                                  |
 *
 * and all of them the places of breakpoints, and the two ends. "Rule" leaves out the script's own ones (`script/...`) but failures.
 *
 * | from                   | step over           | step in                                     | step out                              |
 * | ---------------------- | ------------------- | ------------------------------------------- | ------------------------------------- |
 * | a statement `(i, -1)`  | the next statement  | the first rule of its own step (a user call); for one that waits, of the next event; else the next statement | the next statement |
 * | a rule `(i, k)`        | the next statement  | the next rule, then the next event's first rule or the next statement, whichever the record has next | the last rule of step i; from there the next statement |
 * | the end                | the end             | the end                                     | the end                               |
 *
 * `typed` ends where a statement is settled that somebody typed while the run stood still.
 * `at HOST` knows no statements: from anywhere it goes to the host's next event.
 *
 * Step back is the same the other way: with `rule` it retraces what step in visited, with `statement` what step over did
 * (`backGrain` chooses); `out` goes to the first rule of the step, and from there to the statement before it.
 */

import type { Place, Step } from '../sim/step.js';
import type { Breakpoint, Enough, Look } from './breakpoint.js';
import { type Names, namesNow } from './look.js';
import {
  comparePlaces,
  endOf,
  firstStandable,
  isStandable,
  isStatement,
  lastStandable,
  START,
  stepAt,
} from './places.js';
import type { Run } from './run.js';
import { TYPED } from './state.js';

export type Grain =
  | 'rule'
  | 'event'
  | 'statement'
  | 'out'
  | 'breakpoint'
  | 'typed'
  | `at ${string}`;

/** A breakpoint that holds at a place, and why. */
export interface Hit {
  readonly breakpoint: Breakpoint;
  readonly why: string;
}

/** What a log point says, and where. */
export interface Logged {
  readonly breakpoint: Breakpoint;
  readonly text: string;
  readonly place: Place;
}

export interface Stop {
  readonly place: Place;
  /** `end`: the run is over. `entry`: its beginning. `budget`: not there yet; go on from `place` with `grain`. */
  readonly reason: 'step' | 'breakpoint' | 'end' | 'entry' | 'budget';
  /** All breakpoints that hold at the place, also when it was reached by stepping. */
  readonly hits: readonly Hit[];
  /** What was logged on the way, in the order of the record. */
  readonly logs: readonly Logged[];
  readonly grain: Grain;
}

/** The grain of a step back: what was stepped last, so that it is retraced; else by where the cursor is. */
export function backGrain(place: Place, last: Grain | undefined): Grain {
  if (last !== undefined && last !== 'breakpoint' && last !== 'out') return last;
  return place.microstep < 0 ? 'statement' : 'rule';
}

/** How a search goes: see `findStop`. */
interface How {
  readonly enough?: Enough;
  readonly passing?: boolean;
  readonly done?: boolean;
}

/**
 * The next place after (or before) `from` at this grain, or of a breakpoint on the way. Records more of the run as it needs it, until
 * somebody else's turn has come: `enough` is asked after each step. In what it records `passing` on the way to a breakpoint, what was
 * passed is not told of. `done`: `from` is where a search was interrupted, and its step need not be looked at again.
 */
export function findStop(
  run: Run,
  from: Place,
  direction: 1 | -1,
  grain: Grain,
  breakpoints: readonly Breakpoint[] = [],
  { enough = () => false, passing = false, done = false }: How = {},
): Stop {
  const inPassing = passing && grain === 'breakpoint' && !breakpoints.some(looksBack);
  const detail = inPassing ? 'places' : 'all';
  const conditional = breakpoints.some((one) => one.conditional);
  const search: Search = { run, breakpoints, enough, detail, done, conditional, logs: [] };
  for (const { prepare } of breakpoints) {
    if (prepare?.(run, from.step, enough) === false) return budgetSpent(search, from, grain);
  }
  if (grain !== 'out') return seek(search, from, direction, grain);
  const edge = edgeOf(run, from, direction);
  if (edge === undefined) return seek(search, from, direction, 'statement');
  return { ...seek({ ...search, until: edge }, from, direction, 'breakpoint'), grain };
}

/** Whether a breakpoint asks for steps again after they were recorded: then they are wanted whole. */
function looksBack({ prepare, log }: Breakpoint): boolean {
  return prepare !== undefined || log !== undefined;
}

/** The last (or first) rule of the step that the cursor is in the middle of. */
function edgeOf(run: Run, from: Place, direction: 1 | -1): Place | undefined {
  const step = from.microstep < 0 ? undefined : stepAt(run, from);
  const microstep = step && (direction > 0 ? lastStandable(step) : firstStandable(step));
  if (microstep === undefined) return undefined;
  const edge = { step: from.step, microstep };
  return comparePlaces(edge, from) * direction > 0 ? edge : undefined;
}

interface Search {
  readonly run: Run;
  readonly breakpoints: readonly Breakpoint[];
  readonly enough: Enough;
  /** Of what is recorded on the way. */
  readonly detail: 'all' | 'places';
  /** The step that it begins in was searched before. */
  readonly done: boolean;
  /** Conditions are asked on the way. */
  readonly conditional: boolean;
  /** What names stood for before the step that is searched, when it was recorded just now. */
  names?: Names | undefined;
  readonly logs: Logged[];
  /** A place of which the grain knows nothing, and which is one to stop at. */
  readonly until?: Place;
}

function seek(search: Search, from: Place, direction: 1 | -1, grain: Grain): Stop {
  const { run } = search;
  let index = search.done ? from.step + direction : from.step;
  for (;;) {
    const step = recorded(search, index);
    if (step === undefined && direction > 0) return ending(search, 'end', endOf(run), grain);
    const found = step && inStep(search, step, from, direction, grain);
    if (found) return found;
    if (index === 0 && direction < 0) return ending(search, 'entry', START, grain);
    if (search.enough()) {
      const last = (step?.microsteps.length ?? 0) - 1;
      return budgetSpent(search, { step: index, microstep: direction > 0 ? last : -1 }, grain);
    }
    index += direction;
  }
}

/** The step of this index, recorded now if it was not; undefined when the run is over before it. */
function recorded(search: Search, index: number): Step | undefined {
  const { run, detail, conditional } = search;
  const { timeline } = run;
  while (timeline.length() < index) if (timeline.extend(detail) === undefined) return undefined;
  const isNew = timeline.length() === index;
  search.names = isNew && conditional ? namesNow(run) : undefined;
  return isNew ? timeline.extend(detail) : timeline.step(index);
}

function budgetSpent({ logs }: Search, place: Place, grain: Grain): Stop {
  return { place, reason: 'budget', hits: [], logs, grain };
}

function ending(search: Search, reason: 'end' | 'entry', place: Place, grain: Grain): Stop {
  return { place, reason, hits: [], logs: search.logs, grain };
}

/** The first place of a step in this direction, past `from`, that is one to stop at. */
function inStep(
  search: Search,
  step: Step,
  from: Place,
  direction: 1 | -1,
  grain: Grain,
): Stop | undefined {
  const { breakpoints, until } = search;
  if (grain === 'breakpoint' && breakpoints.length === 0 && until === undefined) return undefined;
  const count = step.microsteps.length;
  for (let i = -1; i < count; i++) {
    const microstep = direction > 0 ? i : count - 2 - i;
    const place = { step: step.index, microstep };
    if (comparePlaces(place, from) * direction <= 0) continue;
    const hits = hitsAt(search, step, place, direction);
    const wanted =
      belongs(step, microstep, grain) ||
      (search.until !== undefined && comparePlaces(place, search.until) === 0);
    if (!wanted && hits.length === 0) continue;
    const reason = hits.length > 0 ? 'breakpoint' : 'step';
    return { place, reason, hits, logs: search.logs, grain };
  }
  return undefined;
}

function isTyped({ cause }: Step): boolean {
  return cause.kind === 'settled' && cause.statement === TYPED;
}

/** Whether a place is one of the grain's. */
function belongs(step: Step, microstep: number, grain: Grain): boolean {
  if (grain === 'breakpoint' || grain === 'out') return false;
  if (grain === 'typed') return isTyped(step) && microstep === step.microsteps.length - 1;
  if (grain.startsWith('at ')) {
    const isOwn = step.host !== undefined && grain === `at ${step.host}`;
    return isOwn && microstep === firstStandable(step);
  }
  if (microstep < 0) return isStatement(step);
  if (grain === 'statement') return false;
  return grain === 'event' ? microstep === firstStandable(step) : isStandable(step, microstep);
}

function hitsAt(search: Search, step: Step, place: Place, direction: 1 | -1): readonly Hit[] {
  if (search.breakpoints.length === 0) return NO_HITS;
  const hits = hitsOf(search, step, place, direction);
  if (hits.length === 0 || search.detail === 'all') return hits;
  return hitsOf(search, search.run.timeline.step(step.index), place, direction);
}

const NO_HITS: readonly Hit[] = [];

function hitsOf(search: Search, step: Step, place: Place, direction: 1 | -1): readonly Hit[] {
  const { run } = search;
  const { passing, stateBefore: seek } = run.timeline;
  const stateBefore = direction > 0 ? passing : seek;
  const look: Look = {
    run,
    step,
    microstep: step.microsteps[place.microstep],
    place,
    stateBefore,
    names: search.names,
  };
  let hits = NO_HITS;
  for (const breakpoint of search.breakpoints) {
    const why = breakpoint.holds(look);
    if (why === undefined) continue;
    if (breakpoint.log === undefined) hits = [...hits, { breakpoint, why }];
    else if (direction > 0) {
      search.logs.push({ breakpoint, text: breakpoint.log(look), place });
    }
  }
  return hits;
}
