/** The types and the constant values of expressions, as far as a script shows them before it runs. */

import * as say from './checker-messages.js';
import type { Message } from './diagnostics.js';
import type { BinaryExpression, Expression } from './expression-tree.js';
import type { ValueType } from './fields.js';
import { microseconds } from './numbers.js';
import { fieldInfo, resolvePath, type Scope, type Wrong } from './paths.js';
import type { Name, Range } from './range.js';

/** What an expression is checked with. */
export interface Typing {
  readonly scope: Scope;
  /** Whether a host or connection is spoken of. */
  readonly subject: 'subject' | 'none';
  /** What is said of a student's `?`: only what is expected may have one. */
  readonly blank: () => Message;
  readonly report: (message: Message, range: Range) => void;
  /** A path that means nothing: reported by whoever knows what may be missing. */
  readonly unknownPath: (path: readonly Name[], message: Message, wrong: Wrong) => void;
}

const NAMES: Readonly<Record<ValueType, string>> = {
  number: 'a number',
  duration: 'a time',
  state: 'a state',
  text: 'a text',
  boolean: 'true or false',
};

/** The type of an expression, undefined when only the run shows it. Reports what cannot be right. */
export function typeOf(expression: Expression, typing: Typing): ValueType | undefined {
  switch (expression.kind) {
    case 'number':
    case 'duration':
    case 'text':
    case 'state':
    case 'boolean':
      return expression.kind;
    case 'group':
      return typeOf(expression.inner, typing);
    case 'blank':
      typing.report(typing.blank(), expression.range);
      return undefined;
    case 'path': {
      const reference = resolvePath(expression.parts, typing.scope, typing.subject);
      if (reference.kind === 'variable') return typing.scope.types?.get(reference.name);
      if (reference.kind !== 'unknown') return fieldInfo(reference)?.type;
      typing.unknownPath(expression.parts, reference, reference);
      return undefined;
    }
    case 'unary':
      if (expression.operator === 'not') return need(expression.operand, 'boolean', typing);
      return need(expression.operand, 'number', typing);
    case 'binary':
      return binaryType(expression, typing);
    default:
      return expression satisfies never;
  }
}

/** Reports an expression that cannot be of the type wanted; returns that type. */
export function need(expression: Expression, wanted: ValueType, typing: Typing): ValueType {
  const found = typeOf(expression, typing);
  if (found === undefined || found === wanted) return wanted;
  const unit = wanted === 'duration' && found === 'number';
  const message = unit ? say.timeWithoutUnit() : wrongType(expression, wanted, found, typing);
  // `0` needs no unit.
  if (!unit || constantOf(expression, new Map()) !== 0) typing.report(message, expression.range);
  return wanted;
}

function wrongType(
  expression: Expression,
  wanted: ValueType,
  found: ValueType,
  { subject }: Typing,
): Message {
  const isMeant = wanted === 'boolean' && expression.kind === 'state';
  const right = subject === 'subject' ? 'state ==' : 'NAME';
  return say.wrongType(
    NAMES[wanted],
    NAMES[found],
    isMeant ? `${right} ${expression.state}` : undefined,
  );
}

function binaryType(expression: BinaryExpression, typing: Typing): ValueType | undefined {
  const { operator, left, right, range } = expression;
  if (operator === 'and' || operator === 'or') {
    need(left, 'boolean', typing);
    return need(right, 'boolean', typing);
  }
  const [one, other] = [typeOf(left, typing), typeOf(right, typing)];
  const wrong = (message: Message) => typing.report(message, range);
  if (['==', '!=', '<', '<=', '>', '>='].includes(operator)) {
    const ordered = operator !== '==' && operator !== '!=';
    if (one && other && one !== other && !zeroTime(expression, one, other)) {
      const bare = numberForTime(expression, one, other);
      if (bare) typing.report(say.timeWithoutUnit(), bare.range);
      else wrong(say.cannotCompare(NAMES[one], NAMES[other]));
    } else if (ordered && (one === 'state' || one === 'boolean')) {
      wrong(say.noOrder(NAMES[one], operator));
    }
    return 'boolean';
  }
  const odd = [one, other].find((type) => type && type !== 'number' && type !== 'duration');
  if (odd) {
    wrong(say.noArithmetic(operator, NAMES[odd]));
    return undefined;
  }
  return arithmeticType(operator, one, other, wrong);
}

/** The number in `time > 5`: it lacks its unit. */
function numberForTime(
  { left, right }: BinaryExpression,
  one: ValueType,
  other: ValueType,
): Expression | undefined {
  const [number, compared] = one === 'number' ? [left, other] : [right, one];
  return number.kind === 'number' && compared === 'duration' ? number : undefined;
}

/** `time > 0`: a zero has every unit. */
function zeroTime({ left, right }: BinaryExpression, one: ValueType, other: ValueType): boolean {
  const zero = one === 'number' ? left : right;
  const types = [one, other];
  return (
    types.includes('duration') && types.includes('number') && constantOf(zero, new Map()) === 0
  );
}

function arithmeticType(
  operator: string,
  one: ValueType | undefined,
  other: ValueType | undefined,
  wrong: (message: Message) => void,
): ValueType | undefined {
  if (one === undefined || other === undefined) return undefined;
  const times = [one, other].filter((type) => type === 'duration').length;
  switch (operator) {
    case '*':
      if (times === 2) wrong(say.noArithmetic('*', NAMES.duration));
      return times > 0 ? 'duration' : 'number';
    case '/':
      if (times === 2) return 'number';
      if (one === 'number' && times === 1) wrong(say.noArithmetic('/', NAMES.duration));
      return one;
    default:
      if (times === 1) wrong(say.cannotAdd(operator));
      return one;
  }
}

/** The number an expression always has (microseconds for a time); undefined when it depends on the run. */
export function constantOf(
  expression: Expression,
  known: ReadonlyMap<string, number | undefined>,
): number | undefined {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'duration':
      return expression.unit === 'msl'
        ? undefined
        : microseconds(expression.amount, expression.unit, 0);
    case 'group':
      return constantOf(expression.inner, known);
    case 'path': {
      const [name] = expression.parts;
      return name && expression.parts.length === 1 ? known.get(name.text) : undefined;
    }
    case 'unary': {
      const value = constantOf(expression.operand, known);
      return expression.operator === '-' && value !== undefined ? -value : undefined;
    }
    case 'binary': {
      const left = constantOf(expression.left, known);
      const right = constantOf(expression.right, known);
      if (left === undefined || right === undefined) return undefined;
      return calculated(expression.operator, left, right);
    }
    default:
      return undefined;
  }
}

function calculated(operator: string, left: number, right: number): number | undefined {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? undefined : left / right;
    case '%':
      return right === 0 ? undefined : left % right;
    default:
      return undefined;
  }
}
