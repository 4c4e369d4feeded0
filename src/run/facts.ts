/** Facts: whether one holds now, and what is different when it does not. */

import type { Expression } from '../lang/expression-tree.js';
import type { Instruction, ProgramFact, ProgramSubject } from '../lang/program.js';
import type { Range } from '../lang/range.js';
import { quote } from '../lang/text.js';
import type { Instant } from '../tcp/rule.js';
import type { Environment, Problem } from './environment.js';
import { evaluate, hasBlank, holds } from './evaluate.js';
import type { Difference, FieldText } from './expectations.js';
import { countReceived, octetsReceived, receivedBy } from './received.js';
import type { RunState } from './state.js';
import { readOctets, sameOctets, showValue, type Value } from './values.js';
import type { Subject } from './view.js';
import { refKey, seenConnection, seenState, subjectText, viewOf } from './view.js';

/** How a fact stands. `blank`: it has a student's `?`. */
export type Standing = 'yes' | 'no' | 'blank';

/** What is to be said of a fact that does not hold. */
export interface FactDetail {
  readonly expected: readonly FieldText[];
  readonly actual: readonly FieldText[];
  readonly differences: readonly Difference[];
  /** `server is SYN_RCVD`. */
  readonly text: string;
  readonly problem: string | undefined;
}

/** What the names in a statement stand for, as the run stands. */
export function environmentOf(state: RunState, subject?: Subject): Environment {
  const { variables, segments, world, setup } = state;
  return { view: viewOf(world), scope: setup.program.scope, variables, segments, subject };
}

/** A subject with its port calculated. */
export function subjectOf(state: RunState, subject: ProgramSubject): Subject | Problem {
  const { host, connection, port } = subject;
  if (port === undefined) return { host, connection, port };
  const value = evaluate(port, environmentOf(state));
  if (value.kind === 'problem') return value;
  return { host, connection, port: value.kind === 'number' ? value.value : undefined };
}

/** Whether the fact holds at this moment. What cannot be calculated does not hold. */
export function standingOf(state: RunState, fact: ProgramFact): Standing {
  if (isBlankFact(fact)) return 'blank';
  const subject = fact.subject && subjectOf(state, fact.subject);
  if (subject && 'kind' in subject) return 'no';
  const env = environmentOf(state, subject);
  switch (fact.kind) {
    case 'state':
      return subject && seenState(env.view, subject) === fact.state ? 'yes' : 'no';
    case 'expression':
      return holds(fact.expression, env) === true ? 'yes' : 'no';
    case 'received':
      return subject && isReceived(state, subject, fact, env) ? 'yes' : 'no';
    case 'fails': {
      const told = subject && toldTo(state, subject);
      return told !== undefined && includesText(told, fact.message) ? 'yes' : 'no';
    }
  }
}

/** Whether a fact has a student's `?`. */
export function isBlankFact(fact: ProgramFact): boolean {
  switch (fact.kind) {
    case 'state':
      return fact.state === 'blank';
    case 'expression':
      return hasBlank(fact.expression);
    case 'received':
      return hasBlank(fact.data);
    case 'fails':
      return fact.message === 'blank';
  }
}

/** The hosts that a fact is about. */
export function hostsOf(fact: ProgramFact, hosts: ReadonlySet<string>): readonly string[] {
  const named = fact.kind === 'expression' ? pathsIn(fact.expression) : [];
  const found = named.flatMap(({ parts }) => (hosts.has(parts[0] ?? '') ? [parts[0] ?? ''] : []));
  return [...new Set([...(fact.subject ? [fact.subject.host] : []), ...found])];
}

/** Texts match when what was said contains what is expected, in any case of letters. */
export function includesText(said: string, expected: string): boolean {
  return said.toLowerCase().includes(expected.toLowerCase());
}

/** What the user of a connection, or of a host, was told last. */
function toldTo(state: RunState, subject: Subject): string | undefined {
  const named = subject.connection !== undefined || subject.port !== undefined;
  const seen = named ? seenConnection(viewOf(state.world), subject) : undefined;
  return state.told.get(seen ? refKey(seen.ref) : subject.host)?.texts.at(-1);
}

function isReceived(
  state: RunState,
  subject: Subject,
  fact: ProgramFact & { readonly kind: 'received' },
  env: Environment,
): boolean {
  const wanted = evaluate(fact.data, env);
  const received = receivedBy(state, subject, env.view);
  const count = countReceived(received);
  if (wanted.kind === 'text') {
    return count === wanted.octets.length && sameOctets(octetsReceived(received), wanted.octets);
  }
  return wanted.kind === 'number' && wanted.value === count;
}

/** What was expected of a fact and what is, in words. */
export function detailOf(state: RunState, fact: ProgramFact, instruction: Instruction): FactDetail {
  const subject = fact.subject && subjectOf(state, fact.subject);
  if (subject && 'kind' in subject) return problemDetail(subject.message);
  const env = environmentOf(state, subject);
  if (fact.kind === 'expression') return expressionDetail(fact.expression, env, instruction);
  const about = subject ? subjectText(subject) : '';
  if (fact.kind === 'state') {
    const actual = subject ? seenState(env.view, subject) : 'CLOSED';
    const isNamed = subject?.connection !== undefined;
    const isThere = !isNamed || seenConnection(env.view, subject) !== undefined;
    const why = isThere ? '' : ': there is no connection of that name';
    return oneField('state', String(fact.state), actual, `${about} is ${actual}${why}`);
  }
  if (fact.kind === 'fails') {
    const told = subject && toldTo(state, subject);
    const text = told
      ? `the user of ${about} was told "${told}"`
      : `the user of ${about} was told nothing`;
    return oneField('told', `"${fact.message}"`, told ? `"${told}"` : 'nothing', text);
  }
  const wanted = evaluate(fact.data, env);
  const octets = octetsReceived(receivedBy(state, subject, env.view));
  const actual = wanted.kind === 'text' ? quote(readOctets(octets)) : `${octets.length} bytes`;
  const expected = wanted.kind === 'text' ? quote(wanted.value) : `${shown(wanted)} bytes`;
  return oneField('received', expected, actual, `${about} received ${actual}`);
}

function oneField(field: string, expected: string, actual: string, text: string): FactDetail {
  return {
    expected: [{ name: field, text: expected }],
    actual: [{ name: field, text: actual }],
    differences: [{ field, expected, actual }],
    text,
    problem: undefined,
  };
}

function problemDetail(problem: string): FactDetail {
  return { expected: [], actual: [], differences: [], text: problem, problem };
}

const shown = (value: Value | Problem) =>
  value.kind === 'problem' ? value.message : showValue(value);

/** The sides of each comparison that does not hold, and the value of each name in the expression. */
function expressionDetail(
  expression: Expression,
  env: Environment,
  instruction: Instruction,
): FactDetail {
  const value = evaluate(expression, env);
  if (value.kind === 'problem') return problemDetail(value.message);
  const differences = failing(expression, env).map(({ left, operator, right }): Difference => {
    const sign = operator === '==' ? '' : `${operator} `;
    const [is, wanted] = [evaluate(left, env), evaluate(right, env)];
    return {
      field: written(instruction, left.range),
      expected: `${sign}${shown(wanted)}`,
      actual: shown(is),
    };
  });
  const found = pathsIn(expression).map(({ parts, range }) => {
    const path = { kind: 'path', parts: [], range } as const;
    const value = evaluate({ ...path, parts: parts.map((text) => ({ text, range })) }, env);
    return { name: parts.join('.'), value };
  });
  const names = found.map(({ name, value }): FieldText => ({ name, text: shown(value) }));
  const text = found.map(({ name, value }) => nameText(name, value)).join(', ');
  return {
    expected: differences.map(({ field, expected }) => ({ name: field, text: expected })),
    actual: names,
    differences,
    text: text === '' ? `it is ${showValue(value)}` : text,
    problem: undefined,
  };
}

/** `client.SND.NXT is 101`; of what is not there, why. */
function nameText(name: string, value: Value | Problem): string {
  const is = value.kind === 'absent' ? `has no value (${value.why})` : `is ${shown(value)}`;
  return `${name} ${is}`;
}

/** The part of a statement's text that stands at this range: statements are one line. */
function written({ text, place }: Instruction, range: Range): string {
  const offset = place.range.start.character;
  return text.slice(range.start.character - offset, range.end.character - offset);
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

type Comparison = Expression & { readonly kind: 'binary' };

function failing(expression: Expression, env: Environment): readonly Comparison[] {
  if (expression.kind === 'group') return failing(expression.inner, env);
  if (expression.kind !== 'binary') return [];
  if (COMPARISONS.has(expression.operator)) {
    return holds(expression, env) === true ? [] : [expression];
  }
  return [...failing(expression.left, env), ...failing(expression.right, env)];
}

interface WrittenPath {
  readonly parts: readonly string[];
  readonly range: Range;
}

/** The names in an expression, each once. */
function pathsIn(expression: Expression): readonly WrittenPath[] {
  switch (expression.kind) {
    case 'path':
      return [{ parts: expression.parts.map(({ text }) => text), range: expression.range }];
    case 'group':
      return pathsIn(expression.inner);
    case 'unary':
      return pathsIn(expression.operand);
    case 'binary': {
      const left = pathsIn(expression.left);
      const known = new Set(left.map(({ parts }) => parts.join('.')));
      return [
        ...left,
        ...pathsIn(expression.right).filter(({ parts }) => !known.has(parts.join('.'))),
      ];
    }
    default:
      return [];
  }
}

/**
 * The instants at which a fact about `time` may change by itself: what `time` is compared with, and one microsecond
 * after it. Between events nothing else changes.
 */
export function turningPoints(state: RunState, fact: ProgramFact): readonly Instant[] {
  if (fact.kind !== 'expression') return [];
  const env = environmentOf(state);
  return comparedWithTime(fact.expression).flatMap((side) => {
    const value = evaluate(side, env);
    const at = value.kind === 'duration' || value.kind === 'number' ? value.value : undefined;
    return at === undefined ? [] : [at, at + 1];
  });
}

function comparedWithTime(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'group':
      return comparedWithTime(expression.inner);
    case 'unary':
      return comparedWithTime(expression.operand);
    case 'binary': {
      const { left, right, operator } = expression;
      if (!COMPARISONS.has(operator))
        return [...comparedWithTime(left), ...comparedWithTime(right)];
      if (isTime(left)) return [right];
      return isTime(right) ? [left] : [];
    }
    default:
      return [];
  }
}

function isTime(expression: Expression): boolean {
  return (
    expression.kind === 'path' && expression.parts.map(({ text }) => text).join('.') === 'time'
  );
}
