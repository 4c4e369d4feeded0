/** The two statements of Python that are read: `assert EXPRESSION` and `NAME = EXPRESSION`, of numbers, members of `tcp_info` and what was kept before. */

import {
  PACKET_FUNCTIONS,
  type PacketBinary,
  type PacketExpression,
  type PacketFunction,
} from '../../lang/packet-operations.js';

/** What a name stands for: a number, or a member that is looked up when the assertion is made. */
type Resolve = (name: string) => PacketExpression | undefined;

/** An assertion, a name in it that means nothing here, or code of another kind. */
export type ParsedAssertion =
  | {
      readonly kind: 'expression';
      readonly expression: PacketExpression;
      readonly text: string;
      /** The name that the value is kept under. */
      readonly kept: string | undefined;
    }
  | { readonly kind: 'unknown'; readonly name: string }
  | { readonly kind: 'other' };

/** How deep an expression may be nested. */
const DEEPEST = 64;

/** How many words and signs a statement may have: each operator goes around all that stands before it. */
const MOST_TOKENS = 1_000;

interface Reader {
  readonly tokens: readonly string[];
  readonly resolve: Resolve;
  at: number;
  depth: number;
}

/** Thrown and caught in this file alone. */
interface Stop {
  readonly stop: ParsedAssertion;
}

const TOKEN =
  /\s*(0[xX][0-9a-fA-F]+|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|[A-Za-z_]\w*|<<|>>|\/\/|\*\*|[=!<>]=|[-+*%&|^~()<>/,]|\S)/g;

/** Reads one statement. Never throws; executes nothing. */
export function parseAssertion(statement: string, resolve: Resolve): ParsedAssertion {
  const assignment = /^([A-Za-z_]\w*) ?=(?!=)(.*)$/.exec(statement);
  const kept = assignment?.[1];
  const source = assignment?.[2] ?? /^assert\b(.*)$/.exec(statement)?.[1];
  if (source === undefined) return { kind: 'other' };
  const tokens = [...source.matchAll(TOKEN)].map((match) => match[1] ?? '');
  if (tokens.length > MOST_TOKENS) return { kind: 'other' };
  const reader: Reader = { tokens, resolve, at: 0, depth: 0 };
  try {
    const expression = either(reader);
    // A comma begins the message, which is for people.
    const isOver = reader.at === tokens.length;
    if (!isOver && (kept !== undefined || tokens[reader.at] !== ',')) throw other();
    const text = `assert ${printed(source, tokens, reader.at)}`;
    return { kind: 'expression', expression, text, kept };
  } catch (thrown) {
    if (!isStop(thrown)) throw thrown;
    return thrown.stop;
  }
}

function printed(source: string, tokens: readonly string[], count: number): string {
  if (count === tokens.length) return source.trim();
  let end = 0;
  for (let i = 0; i < count; i++)
    end = source.indexOf(tokens[i] ?? '', end) + (tokens[i] ?? '').length;
  return source.slice(0, end).trim();
}

function isStop(thrown: unknown): thrown is Stop {
  return typeof thrown === 'object' && thrown !== null && 'stop' in thrown;
}

function other(): Stop {
  return { stop: { kind: 'other' } };
}

function accept(reader: Reader, ...wanted: readonly string[]): string | undefined {
  const token = reader.tokens[reader.at];
  if (token === undefined || !wanted.includes(token)) return undefined;
  reader.at += 1;
  return token;
}

function either(reader: Reader): PacketExpression {
  return leftToRight(reader, ['or'], (one) => leftToRight(one, ['and'], negation));
}

function negation(reader: Reader): PacketExpression {
  if (accept(reader, 'not') === undefined) return comparison(reader);
  return { kind: 'unary', operator: 'not', operand: nested(reader, negation) };
}

/** `0 < tcpi_rtt < 1000` is both; `tcpi_state in (1, 8)` is either. */
function comparison(reader: Reader): PacketExpression {
  let left = sum(reader);
  const not = reader.tokens[reader.at + 1] === 'in' && accept(reader, 'not') !== undefined;
  if (accept(reader, 'in') !== undefined) return membership(reader, left, not);
  let all: PacketExpression | undefined;
  for (;;) {
    const operator = accept(reader, '==', '!=', '<', '<=', '>', '>=');
    if (operator === undefined) return all ?? left;
    const right = sum(reader);
    const one = binary(operator, left, right);
    all = all === undefined ? one : binary('and', all, one);
    left = right;
  }
}

function membership(reader: Reader, left: PacketExpression, not: boolean): PacketExpression {
  if (accept(reader, 'range')) return inRange(reader, left, not);
  const close = accept(reader, '(') ? ')' : accept(reader, '[') ? ']' : undefined;
  if (close === undefined) throw other();
  const values = list(reader, close);
  const any = values.map((value) => binary('==', left, value)).reduce((a, b) => binary('or', a, b));
  return not ? { kind: 'unary', operator: 'not', operand: any } : any;
}

/** `in range(10)`, `in range(1, 10)`, `in range(1, 10, 3)`: the last is none of them. */
function inRange(reader: Reader, left: PacketExpression, not: boolean): PacketExpression {
  if (accept(reader, '(') === undefined) throw other();
  const values = list(reader, ')');
  if (values.length > 3) throw other();
  const zero: PacketExpression = { kind: 'number', value: 0 };
  const one: PacketExpression = { kind: 'number', value: 1 };
  const [from = zero, to = zero, step = one] = values.length === 1 ? [zero, ...values] : values;
  const within = binary('and', binary('<=', from, left), binary('<', left, to));
  const all = binary('and', within, binary('==', binary('%', binary('-', left, from), step), zero));
  return not ? { kind: 'unary', operator: 'not', operand: all } : all;
}

/** How many values a list has at most. */
const LONGEST = 64;

/** Expressions up to a closing parenthesis, at least one; a comma may follow the last. */
function list(reader: Reader, close: string): readonly PacketExpression[] {
  const values: PacketExpression[] = [];
  while (accept(reader, close) === undefined) {
    if (values.length >= LONGEST) throw other();
    values.push(nested(reader, either));
    if (accept(reader, ',') === undefined && reader.tokens[reader.at] !== close) throw other();
  }
  if (values.length === 0) throw other();
  return values;
}

/** From the loosest to the tightest. */
const LEVELS = [['|'], ['^'], ['&'], ['<<', '>>'], ['+', '-'], ['*', '/', '//', '%']] as const;

function sum(reader: Reader, level = 0): PacketExpression {
  const operators = LEVELS[level];
  if (operators === undefined) return unary(reader);
  return leftToRight(reader, operators, (one) => sum(one, level + 1));
}

function leftToRight(
  reader: Reader,
  operators: readonly string[],
  next: (reader: Reader) => PacketExpression,
): PacketExpression {
  let left = next(reader);
  for (;;) {
    const operator = accept(reader, ...operators);
    if (operator === undefined) return left;
    left = binary(operator, left, next(reader));
  }
}

function binary(
  operator: string,
  left: PacketExpression,
  right: PacketExpression,
): PacketExpression {
  return { kind: 'binary', operator: operator as PacketBinary, left, right };
}

function unary(reader: Reader): PacketExpression {
  const operator = accept(reader, '-', '~', '+');
  if (operator === undefined) return power(reader);
  const operand = nested(reader, unary);
  return operator === '+' ? operand : { kind: 'unary', operator: operator as '-' | '~', operand };
}

/** Tighter than the sign before it, looser than the one behind it: `-2 ** -1`. */
function power(reader: Reader): PacketExpression {
  const base = atom(reader);
  return accept(reader, '**') === undefined ? base : binary('**', base, nested(reader, unary));
}

function atom(reader: Reader): PacketExpression {
  if (accept(reader, '(') !== undefined) {
    const inner = nested(reader, either);
    if (accept(reader, ')') === undefined) throw other();
    return inner;
  }
  const token = reader.tokens[reader.at] ?? '';
  reader.at += 1;
  if (/^\.?\d/.test(token)) return { kind: 'number', value: Number(token.replaceAll('_', '')) };
  if (!/^[A-Za-z_]/.test(token)) throw other();
  if (accept(reader, '(') !== undefined) {
    const name = PACKET_FUNCTIONS.find((one) => one === token);
    if (name === undefined) throw other();
    return application(reader, name);
  }
  const known = reader.resolve(token);
  if (known === undefined) throw { stop: { kind: 'unknown', name: token } } satisfies Stop;
  return known;
}

function application(reader: Reader, name: PacketFunction): PacketExpression {
  const values = list(reader, ')');
  const single = name === 'abs' || name === 'int';
  if (single && values.length > 1) throw other();
  return { kind: 'function', name, arguments: values };
}

function nested(reader: Reader, next: (reader: Reader) => PacketExpression): PacketExpression {
  reader.depth += 1;
  if (reader.depth > DEEPEST) throw other();
  const inner = next(reader);
  reader.depth -= 1;
  return inner;
}
