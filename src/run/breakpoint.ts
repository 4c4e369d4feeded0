/** Breakpoints: functions from the record to a reason in words, with conditions, hit counts and log messages. */

import type { Template } from '../lang/expression-tree.js';
import type { Place, Step } from '../sim/step.js';
import type { Microstep } from '../tcp/rule.js';
import { evaluateText, fillTemplate } from './evaluate.js';
import { environmentAt } from './look.js';
import { comparePlaces } from './places.js';
import type { Run } from './run.js';
import { isTrue } from './values.js';

/** A place of the record that is looked at. */
export interface Look {
  readonly run: Run;
  readonly step: Step;
  /** Undefined at `(i, -1)`. */
  readonly microstep: Microstep | undefined;
  readonly place: Place;
}

/** Why a place is meant, in words; undefined when it is not. Depends on the record alone. */
export type Predicate = (look: Look) => string | undefined;

export interface Breakpoint {
  readonly id: number;
  readonly holds: Predicate;
  /** A log point says this instead of stopping. */
  readonly log: ((look: Look) => string) | undefined;
}

/** What people may add to a breakpoint. */
export interface Refinement {
  /** An expression; a place where it has no value is not meant. */
  readonly condition?: string | undefined;
  /** `5`, `>=3`, `%2`: counted from the start of the run, where the condition holds. */
  readonly hits?: HitCondition | undefined;
  readonly log?: Template | undefined;
}

/** Whether the n-th hit (from 1) is meant. */
export type HitCondition = (n: number) => boolean;

/** A breakpoint of this predicate, refined. */
export function createBreakpoint(
  id: number,
  predicate: Predicate,
  { condition, hits, log }: Refinement = {},
): Breakpoint {
  const when = condition === undefined ? predicate : withCondition(predicate, condition);
  const holds = hits === undefined ? when : withHits(when, hits);
  return {
    id,
    holds,
    log: log && ((look) => fillTemplate(log, environmentAt(look.run, look.place))),
  };
}

/** Before the statement at this index of the program. */
export function lineBreakpoint(statement: number): Predicate {
  return ({ step, place }) =>
    place.microstep < 0 && step.cause.kind === 'statement' && step.cause.statement === statement
      ? 'the script reaches this statement'
      : undefined;
}

function withCondition(predicate: Predicate, condition: string): Predicate {
  return (look) => {
    const why = predicate(look);
    if (why === undefined) return undefined;
    const value = evaluateText(condition, environmentAt(look.run, look.place));
    return value.kind !== 'problem' && isTrue(value) ? `${why} (${condition})` : undefined;
  };
}

const WHEN: Readonly<Record<string, (n: number, wanted: number) => boolean>> = {
  '': (n, wanted) => n === wanted,
  '=': (n, wanted) => n === wanted,
  '==': (n, wanted) => n === wanted,
  '>=': (n, wanted) => n >= wanted,
  '>': (n, wanted) => n > wanted,
  '<=': (n, wanted) => n <= wanted,
  '<': (n, wanted) => n < wanted,
  '%': (n, wanted) => n % wanted === 0,
};

/** Reads `5`, `== 5`, `>= 3`, `% 2`; undefined when it is none of these. */
export function parseHitCondition(text: string): HitCondition | undefined {
  const [, operator = '', number = ''] = /^\s*(==|=|>=|>|<=|<|%|)\s*(\d{1,9})\s*$/.exec(text) ?? [];
  const when = WHEN[operator];
  const wanted = Number(number);
  if (number === '' || when === undefined || (operator === '%' && wanted === 0)) return undefined;
  return (n) => when(n, wanted);
}

/** Counts the places that match from the start of the record, each looked at once; another future is counted anew. */
function withHits(predicate: Predicate, meant: HitCondition): Predicate {
  let found: Place[] = [];
  let scanned = 0;
  let last: Step | undefined;

  function countUpTo(run: Run, place: Place): number {
    const { timeline } = run;
    const same =
      last === undefined || (scanned <= timeline.length() && timeline.step(scanned - 1) === last);
    if (!same) [found, scanned] = [[], 0];
    for (; scanned <= place.step; scanned++) {
      last = timeline.step(scanned);
      for (let microstep = -1; microstep < last.microsteps.length; microstep++) {
        const at = { step: scanned, microstep };
        const look = { run, step: last, microstep: last.microsteps[microstep], place: at };
        if (predicate(look) !== undefined) found.push(at);
      }
    }
    return countBefore(found, place);
  }

  return (look) => {
    const why = predicate(look);
    if (why === undefined) return undefined;
    const n = countUpTo(look.run, look.place);
    return meant(n) ? `${why}, hit ${n}` : undefined;
  };
}

/** How many of these places, in order, lie at or before one. */
function countBefore(places: readonly Place[], place: Place): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comparePlaces(places[middle] as Place, place) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
