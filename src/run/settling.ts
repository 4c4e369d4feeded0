/** What a statement comes to: good news or bad, or that it cannot be had, at the end of what happened. */

import type { Part, Step } from '../sim/step.js';
import type { Mismatch } from './expectations.js';
import { summary } from './explain.js';
import { SCRIPT, scripted } from './script-rules.js';
import { instructionOf, type Met, type RunState, TYPED, type Waiting } from './state.js';

/** The script asks for what there is not: the run ends here, and nothing has failed. */
export function refuse(state: RunState, part: Part, what: string): Part {
  state.ended = { kind: 'unsupported', reason: `not supported: ${what}` };
  return withStep(
    part,
    scripted(SCRIPT.unsupported, () => what),
  );
}

/** The part with the good news at its end; the script goes on. */
export function meet(state: RunState, part: Part, waiting: Waiting, met: Met, index: number): Part {
  const { statement } = waiting;
  const rule = met.verdict === 'blank' ? SCRIPT.blank : settledRule(state, statement);
  settle(state, { statement, step: index, verdict: met.verdict, mismatch: undefined });
  return withStep(part, scripted(rule, met.why));
}

function settledRule(state: RunState, statement: number) {
  const kind = instructionOf(state, statement)?.operation.kind;
  return kind !== undefined && WAITS.has(kind) ? SCRIPT.waited : SCRIPT.met;
}

/** Statements that let time pass and expect nothing. */
const WAITS: ReadonlySet<string> = new Set(['wait', 'wait-quiet', 'wait-events']);

/** The part with the bad news at its end; the run ends here unless it was told to go on. */
export function fail(state: RunState, part: Part, mismatch: Mismatch, index: number): Part {
  const { statement } = mismatch;
  const instruction = instructionOf(state, statement);
  const text = summary(mismatch, instruction);
  const current = statement === state.pc || statement === TYPED;
  state.watches = state.watches.filter((watch) => watch.statement !== statement);
  if (current) settle(state, { statement, step: index, verdict: 'failed', mismatch });
  else note(state, { statement, step: index, verdict: 'failed', mismatch });
  const ends = state.setup.afterFailure === 'end' && statement !== TYPED;
  if (ends) state.ended = { kind: 'failed', reason: text };
  return withStep(
    part,
    scripted(SCRIPT.failed, () => text),
  );
}

function withStep(part: Part, microstep: Step['microsteps'][number]): Part {
  return { ...part, microsteps: [...part.microsteps, microstep] };
}

type Outcome = NonNullable<RunState['settled']>['item'];

function note(state: RunState, settled: Outcome): void {
  state.settled = { item: settled, before: state.settled };
}

function settle(state: RunState, settled: Outcome): void {
  if (settled.statement === TYPED) {
    resume(state);
    return;
  }
  const kind = state.setup.program.instructions[settled.statement]?.operation.kind;
  const counts = settled.verdict !== 'passed' || !(kind !== undefined && WAITS.has(kind));
  if (counts) note(state, settled);
  if (state.waiting?.call !== undefined) state.calls.delete(state.waiting.call);
  state.waiting = undefined;
  state.pc += 1;
}

/** A typed statement is over: it counts for nothing, and the script stands as it stood. */
function resume(state: RunState): void {
  if (state.waiting?.call !== undefined) state.calls.delete(state.waiting.call);
  state.waiting = state.typed?.resumed;
  state.typed = state.typed?.before;
}
