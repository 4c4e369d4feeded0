/** What was expected and what was seen instead, as values: of segments, facts and calls. */

import type { Instruction, OperationOf, ProgramFact } from '../lang/program.js';
import type { Problem } from './environment.js';
import type { Mismatch, Seen, Until, What } from './expectations.js';
import { detailOf, environmentOf, hostsOf, isBlankFact } from './facts.js';
import {
  actualTexts,
  differencesFrom,
  fieldTexts,
  isUnanswered,
  type Wanted,
  wantedOf,
} from './pattern.js';
import type { RunState } from './state.js';

type SeenSegment = Extract<Seen, { readonly kind: 'segment' }>;

/** A segment that is not the one that was wanted; with `never`, that is. */
export function wrongSegment(
  state: RunState,
  instruction: Instruction,
  operation: OperationOf<'segment'>,
  wanted: Wanted,
  seen: Omit<SeenSegment, 'kind'>,
): Mismatch {
  const { delivery } = seen;
  return {
    statement: instruction.index,
    at: state.world.now,
    what: whatSegment(operation),
    expected: fieldTexts(wanted),
    actual: actualTexts(wanted, delivery.segment),
    differences: differencesFrom(wanted, delivery.segment),
    seen: { kind: 'segment', ...seen },
    unanswered: isUnanswered(wanted),
  };
}

/** No such segment came: held against the most similar of those that were passed over. */
export function nothingCame(
  state: RunState,
  instruction: Instruction,
  operation: OperationOf<'segment'>,
  until: Until,
): Mismatch {
  const wanted = wantedOf(operation.segment, environmentOf(state));
  if ('kind' in wanted) return problemMismatch(state, instruction, wanted);
  const { nearest } = state;
  return {
    statement: instruction.index,
    at: state.world.now,
    what: whatSegment(operation),
    expected: fieldTexts(wanted),
    actual: nearest ? actualTexts(wanted, nearest.segment) : [],
    differences: nearest ? differencesFrom(wanted, nearest.segment) : [],
    seen: { kind: 'nothing', until, nearest },
    unanswered: isUnanswered(wanted),
  };
}

function whatSegment({ mode, segment }: OperationOf<'segment'>): What {
  return { kind: 'segment', mode, from: segment.from, to: segment.to };
}

/** What is wrong with a fact; with `never`, that it holds. */
export function factMismatch(
  state: RunState,
  instruction: Instruction,
  fact: ProgramFact,
  mode: 'expect' | 'never' | 'wait',
  until: Until,
): Mismatch {
  const detail = detailOf(state, fact, instruction);
  const hosts = hostsOf(fact, state.setup.program.scope.hosts);
  const seen: Seen =
    detail.problem === undefined
      ? { kind: 'fact', until }
      : { kind: 'problem', message: detail.problem };
  return {
    statement: instruction.index,
    at: state.world.now,
    what: { kind: 'fact', mode, hosts, text: detail.text },
    expected: detail.expected,
    actual: detail.actual,
    // Of what must not hold, nothing differs.
    differences: mode === 'never' ? [] : detail.differences,
    seen,
    unanswered: isBlankFact(fact),
  };
}

/** What is wrong with a call's outcome. `told`: the error; undefined for success, or nothing yet. */
export function callMismatch(
  state: RunState,
  instruction: Instruction,
  operation: OperationOf<'call'>,
  told: string | undefined,
  until: Until,
): Mismatch {
  const { fails, subject, call } = operation;
  const text = fails?.kind === 'text' ? fails.text : undefined;
  const wanted = fails?.kind === 'blank' ? '?' : text === undefined ? 'success' : `"${text}"`;
  const pending = until === 'now' ? 'success' : 'no answer yet';
  const actual = told === undefined ? pending : `"${told}"`;
  return {
    statement: instruction.index,
    at: state.world.now,
    what: {
      kind: 'call',
      host: subject.host,
      call: call.kind,
      fails: text,
    },
    expected: [{ name: 'outcome', text: wanted }],
    actual: [{ name: 'outcome', text: actual }],
    differences: [{ field: 'outcome', expected: wanted, actual }],
    seen: { kind: 'outcome', until, told },
    unanswered: fails?.kind === 'blank',
  };
}

/** A statement of which a value cannot be calculated. */
export function problemMismatch(
  state: RunState,
  instruction: Instruction,
  { message }: Problem,
): Mismatch {
  return {
    statement: instruction.index,
    at: state.world.now,
    what: { kind: 'statement' },
    expected: [],
    actual: [],
    differences: [],
    seen: { kind: 'problem', message },
    unanswered: false,
  };
}
