/** Expressions: `synack.seq + 1`, `SND.NXT == ISS+1 and state == SYN_RCVD`. Also for the debugger. */

import { parseState } from '../tcp/states.js';
import {
  atEnd,
  atSymbol,
  type Cursor,
  eatSymbol,
  fail,
  failAt,
  hyphenated,
  needSymbol,
  needText,
  OTHER_QUOTES,
  openText,
  peek,
  seen,
  since,
  startOf,
  take,
  takeJoined,
  tokenRange,
  want,
} from './cursor.js';
import type { Diagnostic } from './diagnostics.js';
import type { BinaryOperator, Expression, TextExpression } from './expression-tree.js';
import { HYPHENATED_FIELDS } from './fields.js';
import * as say from './messages.js';
import { durationUnit, OCTETS, RATES, readQuantity, unitValue } from './numbers.js';
import type { Name } from './range.js';
import { suggest } from './suggest.js';
import { meant, UNIT_SYNONYMS } from './synonyms.js';
import { textValue, unknownEscapes } from './text.js';

/** Operators in one expression, and how deep parentheses may go: far beyond what people write. */
const OPERATOR_LIMIT = 200;
const DEPTH_LIMIT = 50;

/** How tight each operator binds. Operators of one row group from the left. */
const BINDING: Readonly<Record<BinaryOperator, number>> = {
  or: 1,
  and: 2,
  '==': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
};

/** `not` binds looser than a comparison and tighter than `and`. */
const NOT_BINDING = 3;
/** From here on there are no comparisons: the value of a field may stand before a `>`. */
const SUM_BINDING = 5;

const SPELLINGS: Readonly<Record<string, BinaryOperator>> = { '=<': '<=', '&&': 'and', '||': 'or' };

interface Budget {
  operators: number;
  depth: number;
}

/** An expression and nothing else, on one line: what a debugger's user types. */
export function parseExpression(text: string): {
  readonly expr: Expression | undefined;
  readonly diagnostics: readonly Diagnostic[];
} {
  const cursor = openText(text.replace(/[\r\n]/g, ' '));
  const expr = expression(cursor);
  if (!atEnd(cursor))
    fail(cursor, say.expected('an operator or the end of the expression', seen(cursor)));
  return {
    expr: cursor.diagnostics.length > 0 ? undefined : expr,
    diagnostics: cursor.diagnostics,
  };
}

/** A whole expression: comparisons, `and`, `or`, `not`. */
export function expression(cursor: Cursor): Expression {
  return binary(cursor, 0, { operators: 0, depth: 0 });
}

/** A sum: what a field, a port or a time may be. */
export function sum(cursor: Cursor): Expression {
  return binary(cursor, SUM_BINDING, { operators: 0, depth: 0 });
}

function binary(cursor: Cursor, loosest: number, budget: Budget): Expression {
  const start = startOf(cursor);
  let left = unary(cursor, loosest, budget);
  while (true) {
    const operator = operatorHere(cursor);
    if (operator === undefined || BINDING[operator] < loosest) return left;
    budget.operators += 1;
    if (budget.operators > OPERATOR_LIMIT) fail(cursor, say.expressionTooLong());
    take(cursor);
    const right = binary(cursor, BINDING[operator] + 1, budget);
    if (BINDING[operator] === BINDING['=='] && isComparison(operatorHere(cursor))) {
      fail(cursor, say.chainedComparison());
    }
    left = { kind: 'binary', operator, left, right, range: since(cursor, start) };
  }
}

function isComparison(operator: BinaryOperator | undefined): boolean {
  return operator !== undefined && BINDING[operator] === BINDING['=='];
}

function operatorHere(cursor: Cursor): BinaryOperator | undefined {
  const { kind, text } = peek(cursor);
  if (kind === 'symbol') {
    if (text === '=') fail(cursor, say.singleEquals());
    return SPELLINGS[text] ?? (Object.hasOwn(BINDING, text) ? (text as BinaryOperator) : undefined);
  }
  const word = text.toLowerCase();
  return kind === 'word' && (word === 'and' || word === 'or') ? word : undefined;
}

function unary(cursor: Cursor, loosest: number, budget: Budget): Expression {
  const start = startOf(cursor);
  const token = peek(cursor);
  const negated =
    token.text === '!' || (token.kind === 'word' && token.text.toLowerCase() === 'not');
  if (!negated && !atSymbol(cursor, '-')) return primary(cursor, budget);
  if (negated && loosest > NOT_BINDING) fail(cursor, say.expected('a value', seen(cursor)));
  budget.depth += 1;
  if (budget.depth > DEPTH_LIMIT) fail(cursor, say.expressionTooDeep());
  take(cursor);
  const operator = negated ? 'not' : '-';
  const operand = negated
    ? binary(cursor, NOT_BINDING, budget)
    : unary(cursor, SUM_BINDING + 2, budget);
  budget.depth -= 1;
  return { kind: 'unary', operator, operand, range: since(cursor, start) };
}

function primary(cursor: Cursor, budget: Budget): Expression {
  const start = startOf(cursor);
  want(cursor, { kind: 'path', of: [] });
  if (cursor.caret?.subject) want(cursor, { kind: 'path', of: cursor.caret.subject });
  const token = peek(cursor);
  if (token.kind === 'number') return numberOrDuration(cursor);
  if (token.kind === 'text') return text(cursor);
  if (token.kind === 'word') return wordOrPath(cursor);
  if (eatSymbol(cursor, '?')) return { kind: 'blank', range: since(cursor, start) };
  if (eatSymbol(cursor, '(')) {
    budget.depth += 1;
    if (budget.depth > DEPTH_LIMIT) fail(cursor, say.expressionTooDeep());
    const inner = binary(cursor, 0, budget);
    budget.depth -= 1;
    needSymbol(cursor, ')', 'a closing `)`');
    return { kind: 'group', inner, range: since(cursor, start) };
  }
  const quoted = token.kind === 'unknown' && OTHER_QUOTES.test(token.text);
  fail(cursor, quoted ? say.otherQuotes() : say.expected('a value', seen(cursor)));
  return { kind: 'blank', range: since(cursor, start) };
}

function numberOrDuration(cursor: Cursor): Expression {
  const start = startOf(cursor);
  const token = take(cursor);
  const quantity = readQuantity(token.text);
  const { amount, number, unit } = quantity ?? { amount: Number.NaN, number: '', unit: '' };
  const apart =
    unit === '' && peek(cursor).kind === 'word' ? durationUnit(peek(cursor).text) : undefined;
  const time = apart ?? durationUnit(unit);
  if (apart) take(cursor);
  const range = since(cursor, start);
  if (time) return { kind: 'duration', amount, text: number, unit: time, range };
  const scale = unit === '' ? 1 : (unitValue(OCTETS, unit) ?? unitValue(RATES, unit));
  const value = amount * (scale ?? Number.NaN);
  const { start: at, end } = range;
  const ofUnit = { start: { ...at, character: end.character - unit.length }, end };
  if (scale === undefined)
    failAt(cursor, say.unknownUnit(unit, meant(unit, UNIT_SYNONYMS, [])), ofUnit);
  else if (!Number.isInteger(value) || value > Number.MAX_SAFE_INTEGER) {
    failAt(cursor, say.notANumber(token.text), range);
  }
  return { kind: 'number', value, text: token.text, range };
}

/** A quoted text. Its unknown escapes are mistakes. */
export function text(cursor: Cursor): TextExpression {
  const { text: written, range } = needText(cursor, 'a text in quotes');
  const [mistake] = unknownEscapes(written);
  if (mistake) {
    const at = range.start.character + mistake.offset;
    const { line } = range.start;
    const end = { line, character: at + mistake.text.length };
    failAt(cursor, say.unknownEscape(mistake.text), { start: { line, character: at }, end });
  }
  return { kind: 'text', value: textValue(written), text: written, range };
}

function wordOrPath(cursor: Cursor): Expression {
  const start = startOf(cursor);
  const lower = peek(cursor).text.toLowerCase();
  if (lower === 'true' || lower === 'false') {
    take(cursor);
    return { kind: 'boolean', value: lower === 'true', range: since(cursor, start) };
  }
  const joined = knownWord(cursor);
  const state = parseState(joined.text);
  const first = takeJoined(cursor, joined.text, joined.count);
  if (state && !atSymbol(cursor, '.'))
    return { kind: 'state', state, text: first.text, range: first.range };
  const parts: Name[] = [first];
  while (atSymbol(cursor, '.') && !cursor.failed) {
    take(cursor);
    want(cursor, { kind: 'path', of: parts.map((part) => part.text) });
    parts.push(pathPart(cursor));
  }
  return { kind: 'path', parts, range: since(cursor, start) };
}

function pathPart(cursor: Cursor): Name {
  if (peek(cursor).kind === 'word') {
    const joined = knownWord(cursor);
    return takeJoined(cursor, joined.text, joined.count);
  }
  fail(cursor, say.expected('a name after the dot', seen(cursor)));
  const token = peek(cursor);
  return { text: token.text, range: tokenRange(cursor, token) };
}

/** The longest run of tokens that is a known word with hyphens; else one word: `SND.NXT-ISS` is a difference. */
function knownWord(cursor: Cursor): { readonly text: string; readonly count: number } {
  let { text, count } = hyphenated(cursor);
  // `syn-qeue` is a misspelt word rather than a difference: the checker has a suggestion for it.
  if (count > 1 && suggest(text, HYPHENATED_FIELDS)) return { text, count };
  while (count > 1) {
    if (HYPHENATED_FIELDS.has(text.toLowerCase()) || parseState(text)) return { text, count };
    text = text.slice(0, text.lastIndexOf('-'));
    count -= 2;
  }
  return { text: peek(cursor).text, count: 1 };
}
