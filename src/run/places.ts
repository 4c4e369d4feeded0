/** Places in the record at which one can stand, and their order. */

import { type Column, createColumn } from '../base/column.js';
import type { Place, Step } from '../sim/step.js';
import type { Run } from './run.js';
import { isFailure, isScripted } from './script-rules.js';

/** Below zero: `a` comes first. */
export function comparePlaces(a: Place, b: Place): number {
  return a.step - b.step || a.microstep - b.microstep;
}

/** Many places, in a few octets each. */
export interface Places {
  readonly steps: Column;
  readonly microsteps: Column;
}

/** None yet. A crash has a microstep for each of its connections: 16 bits are too few for them. */
export function createPlaces(): Places {
  return { steps: createColumn(Uint32Array), microsteps: createColumn(Uint32Array) };
}

/** The first place of a run: before its first statement. */
export const START: Place = { step: 0, microstep: -1 };

/** The place after the last step that is recorded. Where it is the end of the run, results are known. */
export function endOf({ timeline }: Run): Place {
  return { step: timeline.length(), microstep: -1 };
}

/** The step of a place; undefined after the last one. */
export function stepAt({ timeline }: Run, { step }: Place): Step | undefined {
  return step < timeline.length() ? timeline.step(step) : undefined;
}

/** Whether the script reaches a statement in this step: its line is a place to stop before anything happens. */
export function isStatement(step: Step): boolean {
  return step.cause.kind === 'statement';
}

/**
 * Whether one can stand after this microstep: rules of TCP, links and hosts, and failures. The script's own rules ("not
 * yet", "it holds") say nothing that its line does not say.
 */
export function isStandable(step: Step, microstep: number): boolean {
  const found = step.microsteps[microstep];
  if (found === undefined) return false;
  return !isScripted(found.rule) || isFailure(found) || step.cause.kind === 'edit';
}

/** The first microstep of a step after which one can stand; undefined: there is none. */
export function firstStandable(step: Step): number | undefined {
  const found = step.microsteps.findIndex((_, k) => isStandable(step, k));
  return found < 0 ? undefined : found;
}

/** The last microstep of a step after which one can stand; undefined: there is none. */
export function lastStandable(step: Step): number | undefined {
  const found = step.microsteps.map((_, k) => isStandable(step, k)).lastIndexOf(true);
  return found < 0 ? undefined : found;
}
