/** Edits of a run: what was recorded after a place is forgotten, and begins anew with what the debugger's user does. */

import { compileStatement } from '../lang/compile.js';
import type { Diagnostic } from '../lang/diagnostics.js';
import type { Scope } from '../lang/paths.js';
import type { Instruction, Operation } from '../lang/program.js';
import { type Part, type Place, type Step, stepOf } from '../sim/step.js';
import type { World } from '../sim/world.js';
import { said } from './begun.js';
import { observe } from './observe.js';
import { goOnWithCalls } from './packetdrill/call.js';
import { stepAt } from './places.js';
import type { Run } from './run.js';
import { SCRIPT } from './script-rules.js';
import { type Chosen, direction, type RunState, TYPED } from './state.js';
import { begin } from './statements.js';

/** What an edit does to a run that stands before the next step; why it cannot be done as a text. */
export interface RunEdit {
  /** As the record and the diagram call it. */
  readonly text: string;
  /** Depends on nothing but the state: replay makes it again. */
  readonly apply: (state: RunState, index: number) => Part | string;
  /** How a script says the same, if it can: lines. Of the run as it stands before the edit. */
  readonly statement?: string | ((state: RunState) => string | undefined);
  /** It is not over before something happens, or time has passed. */
  readonly waits?: boolean;
  /** The event that is to come next, before the script goes on. */
  readonly chosen?: Chosen;
}

/** The index of the step that an edit at a place becomes: an event that has begun is not cut in two. */
export function editIndex(run: Run, place: Place): number {
  const within = place.microstep >= 0 && stepAt(run, place) !== undefined;
  return within ? place.step + 1 : place.step;
}

/** Forgets what was recorded after the place and records the edit; the reason when it cannot be made, and nothing is forgotten. */
export function editRun(run: Run, place: Place, edit: RunEdit): Step | string {
  let refused: string | undefined;
  try {
    return run.timeline.fork(editIndex(run, place), (state, index) => {
      const step = makeEdit(state, index, edit);
      if (typeof step !== 'string') return step;
      refused = step;
      throw new Error(step);
    });
  } catch (error) {
    if (refused !== undefined) return refused;
    throw error;
  }
}

function makeEdit(state: RunState, index: number, edit: RunEdit): Step | string {
  const over = state.ended?.kind === 'end';
  const watching = state.watches.map(({ statement }) => statement);
  const at = state.world.now;
  const { text } = edit;
  const statement = typeof edit.statement === 'function' ? edit.statement(state) : edit.statement;
  state.chosen = edit.chosen;
  const part = edit.apply(state, index);
  if (typeof part === 'string') return part;
  state.aftermath ||= over;
  state.ended = undefined;
  const cause = { kind: 'edit', text, statement } as const;
  const step = goOnWithCalls(state, stepOf(part, { index, at, cause, origin: -1 }));
  observe(state, step, watching);
  return step;
}

/** A statement that somebody types while the run stands still. */
export interface TypedStatement {
  /** Undefined when it is none. */
  readonly edit: RunEdit | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a statement that is to be executed at a place. */
export function typedStatement(run: Run, place: Place, text: string): TypedStatement {
  const { hosts } = run.program;
  const { setup, world } = run.timeline.stateBefore(editIndex(run, place));
  const scope = { ...setup.program.scope, holds: heldIn(world) };
  const { operation, diagnostics } = compileStatement(text, { hosts, scope });
  if (operation === undefined) return { edit: undefined, diagnostics };
  return { edit: statementEdit(text.trim(), operation), diagnostics };
}

/** What is held, and what will be once it leaves. */
function heldIn({ held, faults }: World): readonly string[] {
  const waiting = faults.flatMap(({ fault }) => (fault.kind === 'hold' ? [fault.name] : []));
  return [...held.keys(), ...waiting];
}

function hasToWait(operation: Operation): boolean {
  switch (operation.kind) {
    case 'call':
      return operation.mode === 'expect';
    case 'inject':
    case 'icmp':
    case 'fault':
    case 'release':
    case 'cut':
    case 'mend':
    case 'crash':
    case 'restart':
    case 'deliver':
    case 'fire':
    case 'set':
    case 'let':
    case 'print':
    case 'given':
      return false;
    default:
      return true;
  }
}

/** A line of its own: no statement of the script. */
const NOWHERE = {
  file: '',
  range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
};

function statementEdit(text: string, operation: Operation): RunEdit {
  const instruction: Instruction = { index: TYPED, place: NOWHERE, text, operation };
  return {
    text,
    statement: text,
    waits: hasToWait(operation),
    apply: (state, index) => {
      lookFor(state, operation);
      const { part, mismatch, waiting, watch } = begin(state, instruction, index);
      if (watch)
        return `Say for how long: ${text} for 1s. What holds to the end belongs in the script.`;
      if (mismatch === undefined) {
        addNames(state, operation);
        if (waiting === undefined) return part;
        state.typed = { instruction, resumed: state.waiting, before: state.typed };
        state.waiting = waiting;
        return part.microsteps.length > 0 ? part : said(SCRIPT.expect, 'from here on');
      }
      const { seen } = mismatch;
      return seen.kind === 'problem' ? seen.message : `${text} cannot be executed here.`;
    },
  };
}

/** Segments that nobody expected so far are, from here on. */
function lookFor(state: RunState, operation: Operation): void {
  if (operation.kind !== 'segment') return;
  const directions = new Set([...state.setup.directions, direction(operation.segment)]);
  state.setup = { ...state.setup, directions };
}

/** What the statement names is known from here on. */
function addNames(state: RunState, operation: Operation): void {
  const { program } = state.setup;
  const scope = namedBy(operation, program.scope);
  if (scope !== program.scope) state.setup = { ...state.setup, program: { ...program, scope } };
}

function namedBy(operation: Operation, scope: Scope): Scope {
  if (operation.kind === 'let') {
    return { ...scope, variables: new Set([...scope.variables, operation.name]) };
  }
  const names = operation.kind === 'inject' || operation.kind === 'segment';
  if (names && operation.as !== undefined) {
    return { ...scope, segments: new Set([...scope.segments, operation.as]) };
  }
  const { call, subject } = operation.kind === 'call' ? operation : {};
  if (call === undefined || subject === undefined || !('as' in call) || !call.as) return scope;
  const known = scope.connections.get(subject.host) ?? [];
  const connections = new Map(scope.connections).set(subject.host, new Set([...known, call.as]));
  return { ...scope, connections };
}
