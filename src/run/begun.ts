/** How a statement began, and what every kind of statement is begun with: lengths of time, counts, problems. */

import type { Expression } from '../lang/expression-tree.js';
import type { Instruction } from '../lang/program.js';
import type { Part } from '../sim/step.js';
import type { Duration, Instant } from '../tcp/rule.js';
import type { Problem } from './environment.js';
import { evaluate } from './evaluate.js';
import type { Mismatch } from './expectations.js';
import { environmentOf } from './facts.js';
import { problemMismatch } from './mismatches.js';
import { type SCRIPT, scripted } from './script-rules.js';
import type { RunState, Waiting } from './state.js';
import { numberValue, showValue } from './values.js';

/** How a statement began. */
export interface Begun {
  readonly part: Part;
  /** It is not over: events happen until it is settled. */
  readonly waiting?: Waiting;
  /** It failed at once. */
  readonly mismatch?: Mismatch;
  /** Watch from now on that it does not happen. */
  readonly watch?: true;
  /** It asks for what there is not: the run ends here. */
  readonly unsupported?: string;
  /** Where the script goes on; the next instruction when left out. */
  readonly next?: number;
}

/** A part with one microstep of the script's own. */
export function said(rule: (typeof SCRIPT)[keyof typeof SCRIPT], text: string): Part {
  return { microsteps: [scripted(rule, () => text)], departures: [] };
}

/** What a step begins with that has nothing of its own. */
export const NOTHING: Part = { microsteps: [], departures: [] };

/** It fails at once, as a value in it cannot be had. */
export function troubled(state: RunState, instruction: Instruction, problem: Problem): Begun {
  return { part: NOTHING, mismatch: problemMismatch(state, instruction, problem) };
}

/** It fails at once, as what it asks for cannot be done here. `message`: a sentence. */
export function impossible(state: RunState, instruction: Instruction, message: string): Begun {
  return troubled(state, instruction, { kind: 'problem', message, range: instruction.place.range });
}

/** It waits until it is judged or `deadline`; undefined: until the world is quiet. `call`: whose outcome it is about. */
export function waitingFor(
  state: RunState,
  instruction: Instruction,
  deadline: Instant | undefined,
  call?: number,
): Waiting {
  state.nearest = undefined;
  return { statement: instruction.index, deadline, met: undefined, call };
}

/** The end of the time that is written behind `within` or `for`, from now on. */
export function deadlineOf(
  state: RunState,
  within: Expression | undefined,
): Instant | Problem | undefined {
  if (within === undefined) return undefined;
  const time = durationOf(state, within);
  return typeof time === 'object' ? time : state.world.now + time;
}

/** A length of time, 0 or more; a bare number counts microseconds. */
export function durationOf(state: RunState, expression: Expression): Duration | Problem {
  const value = evaluate(expression, environmentOf(state));
  if (value.kind === 'problem') return value;
  const time = value.kind === 'duration' || value.kind === 'number' ? value.value : undefined;
  if (time !== undefined && time >= 0) return Math.round(time);
  const seen = showValue(value);
  const message = `A length of time such as \`200ms\` is needed here, not ${seen}.`;
  return { kind: 'problem', message, range: expression.range };
}

/** How many, or which one; 1 when it is not said. */
export function countOf(state: RunState, written: Expression | undefined): number | Problem {
  const count = written ? evaluate(written, environmentOf(state)) : numberValue(1);
  if (count.kind === 'problem') return count;
  return count.kind === 'number' ? Math.floor(count.value) : 1;
}
