/** Expressions over RFC names: `SND.NXT - SND.UNA`, `server.c1.state == SYN_RCVD`, `synack.seq + 1`. */

import { diagnosticText } from '../lang/diagnostics.js';
import type { BinaryExpression, Expression, Template } from '../lang/expression-tree.js';
import { parseExpression } from '../lang/expressions.js';
import { microseconds } from '../lang/numbers.js';
import type { Reference } from '../lang/paths.js';
import type { Range } from '../lang/range.js';
import { textOctets } from '../lang/text.js';
import { type Environment, type Problem, problem } from './environment.js';
import { fieldDoc } from './fields.js';
import { pathValue, referenceOf } from './references.js';
import {
  BLANK,
  booleanValue,
  calculate,
  compare,
  durationValue,
  equal,
  isTrue,
  numberValue,
  printValue,
  type Value,
} from './values.js';

/** The value of an expression, or the problem with it. Never throws. */
export function evaluate(expression: Expression, env: Environment): Value | Problem {
  switch (expression.kind) {
    case 'number':
      return numberValue(expression.value);
    case 'duration': {
      const { amount, unit } = expression;
      return durationValue(microseconds(amount, unit, unit === 'msl' ? mslOf(env) : 0));
    }
    case 'text':
      return { kind: 'text', value: expression.value, octets: textOctets(expression.text) };
    case 'state':
      return { kind: 'state', value: expression.state };
    case 'boolean':
      return booleanValue(expression.value);
    case 'path':
      return pathValue(expression, env);
    case 'group':
      return evaluate(expression.inner, env);
    case 'blank':
      return BLANK;
    case 'unary':
      return unary(expression.operator, evaluate(expression.operand, env), expression.range);
    case 'binary':
      return binary(expression, env);
  }
}

/** Whether an expression has a value that counts as true; the problem when it has none. */
export function holds(expression: Expression, env: Environment): boolean | Problem {
  const value = evaluate(expression, env);
  return value.kind === 'problem' ? value : isTrue(value);
}

/** Reads and evaluates what somebody typed. */
export function evaluateText(text: string, env: Environment): Value | Problem {
  const { expr, diagnostics } = parseExpression(text);
  if (expr) return evaluate(expr, env);
  const [first] = diagnostics;
  const start = { line: 0, character: 0 };
  return problem(
    first ? diagnosticText(first) : 'Type an expression such as `SND.NXT - SND.UNA`.',
    first?.range ?? { start, end: start },
  );
}

/** A text with its `{expression}` parts filled in; a problem is written where its value would be. */
export function fillTemplate(template: Template, env: Environment): string {
  return template.parts
    .map((part) => {
      if (part.kind === 'text') return part.text;
      const value = evaluate(part.expression, env);
      return value.kind === 'problem' ? `{${value.message}}` : printValue(value);
    })
    .join('');
}

/** Whether a `?` stands in an expression. */
export function hasBlank(expression: Expression): boolean {
  switch (expression.kind) {
    case 'blank':
      return true;
    case 'group':
      return hasBlank(expression.inner);
    case 'unary':
      return hasBlank(expression.operand);
    case 'binary':
      return hasBlank(expression.left) || hasBlank(expression.right);
    default:
      return false;
  }
}

/** What is at a path and what it means, for hovers: `SND.NXT`, `server.c1.snd`, `synack.seq`. */
export function valueAt(
  text: string,
  env: Environment,
): { readonly value: Value; readonly doc: string | undefined } | Problem {
  const value = evaluateText(text, env);
  if (value.kind === 'problem') return value;
  const { expr } = parseExpression(text);
  const found = expr?.kind === 'path' ? referenceOf(expr, env) : undefined;
  const doc = found && found.kind !== 'problem' ? docOf(found) : undefined;
  return { value, doc };
}

function docOf(reference: Reference): string | undefined {
  switch (reference.kind) {
    case 'time':
      return 'Virtual time since the run began.';
    case 'variable':
      return 'A value named by `let` or `repeat`.';
    default:
      return fieldDoc(reference.kind, reference.field);
  }
}

/** The subject's host's; without one the longest of all hosts. */
function mslOf({ view, subject }: Environment): number {
  const host = subject && view.world.hosts.get(subject.host);
  if (host) return host.settings.msl;
  return Math.max(0, ...[...view.world.hosts.values()].map(({ settings }) => settings.msl));
}

function unary(operator: '-' | 'not', value: Value | Problem, range: Range): Value | Problem {
  if (value.kind === 'problem' || value.kind === 'blank') return value;
  if (operator === 'not') return booleanValue(!isTrue(value));
  return calculate('-', numberValue(0), value) ?? mismatch('-', value, undefined, range);
}

function binary(expression: BinaryExpression, env: Environment): Value | Problem {
  const { operator, range } = expression;
  const left = evaluate(expression.left, env);
  if (left.kind === 'problem') return left;
  if (operator === 'and' && left.kind !== 'blank' && !isTrue(left)) return booleanValue(false);
  if (operator === 'or' && isTrue(left)) return booleanValue(true);
  const right = evaluate(expression.right, env);
  if (right.kind === 'problem') return right;
  if (left.kind === 'blank' || right.kind === 'blank') return BLANK;
  const absent = [expression.left, expression.right][[left, right].findIndex(isAbsent)];
  const wrong = absent?.range ?? range;
  switch (operator) {
    case 'and':
    case 'or':
      return booleanValue(isTrue(right));
    case '==':
    case '!=': {
      const same = equal(left, right);
      if (same === undefined) return mismatch(operator, left, right, wrong);
      return booleanValue(same === (operator === '=='));
    }
    case '<':
    case '<=':
    case '>':
    case '>=':
      return ordered(operator, left, right, range);
    default:
      return calculate(operator, left, right) ?? mismatch(operator, left, right, wrong);
  }
}

function isAbsent({ kind }: Value): boolean {
  return kind === 'absent';
}

function ordered(operator: string, left: Value, right: Value, range: Range): Value | Problem {
  // What is not there is neither before nor after anything.
  if (left.kind === 'absent' || right.kind === 'absent') return booleanValue(false);
  const order = compare(left, right);
  if (order === undefined) return mismatch(operator, left, right, range);
  if (order === 0) return booleanValue(operator === '<=' || operator === '>=');
  return booleanValue(order < 0 === operator.startsWith('<'));
}

const KINDS = {
  number: 'a number',
  seq: 'a sequence number',
  duration: 'a time',
  state: 'a state',
  boolean: 'true or false',
  text: 'a text',
  parts: 'a value with parts',
  blank: 'a blank',
} as const;

function mismatch(operator: string, left: Value, right: Value | undefined, range: Range): Problem {
  const absent = [left, right].find((value) => value?.kind === 'absent');
  if (absent?.kind === 'absent') return problem(`There is no value: ${absent.why}.`, range);
  const kind = (value: Value) => (value.kind === 'absent' ? 'nothing' : KINDS[value.kind]);
  const zero = (operator === '/' || operator === '%') && right && !isTrue(right);
  if (zero) return problem(`Division by zero: ${printValue(left)} ${operator} 0.`, range);
  const seen = right ? `${kind(left)} and ${kind(right)}` : kind(left);
  return problem(`\`${operator}\` does not go with ${seen}.`, range);
}
