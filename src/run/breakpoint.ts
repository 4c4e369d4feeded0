/** Breakpoints: functions from the record to a reason in words, with conditions, hit counts and log messages. */

import { countWhile } from '../base/bisect.js';
import type { Template } from '../lang/expression-tree.js';
import { parseExpression } from '../lang/expressions.js';
import type { Place, Step } from '../sim/step.js';
import type { Microstep } from '../tcp/rule.js';
import type { Environment } from './environment.js';
import { evaluate, evaluateText, fillTemplate } from './evaluate.js';
import { environmentAt, type Passing } from './look.js';
import { createPlaces } from './places.js';
import type { Run } from './run.js';
import { isTrue } from './values.js';

/** A place of the record that is looked at. */
export interface Look extends Passing {
  readonly run: Run;
  /** Undefined at `(i, -1)`. */
  readonly microstep: Microstep | undefined;
  readonly place: Place;
}

/** Why a place is meant, in words; undefined when it is not. Depends on the record alone. */
export type Predicate = (look: Look) => string | undefined;

export interface Breakpoint {
  readonly id: number;
  readonly holds: Predicate;
  /** Its condition is evaluated where it may hold. */
  readonly conditional: boolean;
  /** A log point says this instead of stopping. */
  readonly log: ((look: Look) => string) | undefined;
  /** Gets ready to answer for the places before step `index`; false: there was no time to finish, ask again. */
  readonly prepare?: (run: Run, index: number, enough: Enough) => boolean;
}

/** Whether it is somebody else's turn. Asked after each step. */
export type Enough = () => boolean;

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
  const counted = hits && withHits(when, hits);
  return {
    id,
    holds: counted?.holds ?? when,
    conditional: condition !== undefined,
    log: log && ((look) => fillTemplate(log, environmentOf(look))),
    ...(counted ? { prepare: counted.prepare } : {}),
  };
}

function environmentOf(look: Look): Environment {
  return environmentAt(look.run, look.place, undefined, look);
}

/** Before the statement at this index of the program. */
export function lineBreakpoint(statement: number): Predicate {
  return ({ step, place }) =>
    place.microstep < 0 && step.cause.kind === 'statement' && step.cause.statement === statement
      ? 'the script reaches this statement'
      : undefined;
}

function withCondition(predicate: Predicate, condition: string): Predicate {
  const { expr } = parseExpression(condition);
  return (look) => {
    const why = predicate(look);
    if (why === undefined) return undefined;
    const value = expr
      ? evaluate(expr, environmentOf(look))
      : evaluateText(condition, environmentOf(look));
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

/** Reads `5`, `== 5`, `>= 3`, `% 2`; undefined when it is none of these, or no hit can be meant. */
export function parseHitCondition(text: string): HitCondition | undefined {
  const [, operator = '', number = ''] = /^\s*(==|=|>=|>|<=|<|%|)\s*(\d{1,9})\s*$/.exec(text) ?? [];
  const when = WHEN[operator];
  const wanted = Number(number);
  if (number === '' || when === undefined) return undefined;
  // Hits are counted from 1: a count that none of them can have was meant otherwise.
  const isPossible =
    operator === '%' ? wanted > 0 : [1, wanted, wanted + 1].some((n) => n > 0 && when(n, wanted));
  return isPossible ? (n) => when(n, wanted) : undefined;
}

/** Counts the places that match from the start of the record, each looked at once; another future is counted anew. */
function withHits(predicate: Predicate, meant: HitCondition) {
  /** The places that match, in order: their steps, and their microsteps plus 1. */
  const { steps, microsteps } = createPlaces();
  let scanned = 0;
  let forks = 0;

  function prepare(run: Run, index: number, enough: Enough): boolean {
    const { timeline } = run;
    for (const from of timeline.forks().slice(forks)) forget(from);
    forks = timeline.forks().length;
    for (; scanned < index; scanned++) {
      if (enough()) return false;
      scan(run, timeline.step(scanned));
    }
    return true;
  }

  function forget(from: number): void {
    scanned = Math.min(scanned, from);
    while (steps.length() > 0 && steps.at(steps.length() - 1) >= from) {
      steps.cut(steps.length() - 1);
    }
    microsteps.cut(steps.length());
  }

  function scan(run: Run, step: Step): void {
    for (let microstep = -1; microstep < step.microsteps.length; microstep++) {
      const place = { step: step.index, microstep };
      const { passing } = run.timeline;
      const look = { run, step, microstep: step.microsteps[microstep], place };
      if (predicate({ ...look, stateBefore: passing }) === undefined) continue;
      steps.push(step.index);
      microsteps.push(microstep + 1);
    }
  }

  function holds(look: Look): string | undefined {
    const why = predicate(look);
    if (why === undefined) return undefined;
    const { step, microstep } = look.place;
    prepare(look.run, step + 1, () => false);
    const n = countWhile(
      steps.length(),
      (i) => steps.at(i) < step || (steps.at(i) === step && microsteps.at(i) <= microstep + 1),
    );
    return meant(n) ? `${why}, hit ${n}` : undefined;
  }

  return { holds, prepare };
}
