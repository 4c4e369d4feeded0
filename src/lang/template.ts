/** Texts with expressions in braces: `"sent {n} octets"`. Also the debugger's log messages. */

import { type Cursor, failAt } from './cursor.js';
import type { Diagnostic } from './diagnostics.js';
import type { Expression, Template, TemplatePart, TextExpression } from './expression-tree.js';
import { parseExpression } from './expressions.js';
import * as say from './messages.js';
import type { Position, Range } from './range.js';
import { writtenColumns } from './text.js';

/** Expressions in one text. */
const PART_LIMIT = 50;

/** Splits `sent {n} octets`; `{{` and `}}` are braces. Ranges in it count from the text's beginning, or are as `placeOf` says. */
export function parseTemplate(
  text: string,
  placeOf = (character: number): Position => ({ line: 0, character }),
): {
  readonly parts: readonly TemplatePart[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const parts: TemplatePart[] = [];
  let plain = '';
  let at = 0;
  while (at < text.length) {
    const two = text.slice(at, at + 2);
    if (two === '{{' || two === '}}') {
      plain += two[0];
      at += 2;
    } else if (text[at] !== '{') {
      plain += text[at];
      at += 1;
    } else {
      const end = text.indexOf('}', at);
      const start = at + 1;
      const { expr, diagnostics } = parseExpression(end < 0 ? '' : text.slice(start, end));
      const range = { start: placeOf(at), end: placeOf(start) };
      if (end < 0) return { parts, diagnostics: [{ ...say.braceNotClosed(), range }] };
      const place = ({ character }: Position) => placeOf(start + character);
      const [first] = diagnostics.map((one) => ({ ...one, range: moved(one.range, place) }));
      if (!expr) return { parts, diagnostics: first ? [first] : [] };
      if (parts.length >= PART_LIMIT)
        return { parts, diagnostics: [{ ...say.expressionTooLong(), range }] };
      if (plain !== '') parts.push({ kind: 'text', text: plain });
      plain = '';
      const expression = placed(expr, place);
      parts.push({ kind: 'expression', expression });
      at = end + 1;
    }
  }
  if (plain !== '' || parts.length === 0) parts.push({ kind: 'text', text: plain });
  return { parts, diagnostics: [] };
}

/** The template in a quoted text of a script. */
export function template(cursor: Cursor, written: TextExpression): Template {
  const { line, character: first } = written.range.start;
  const columns = writtenColumns(written.text);
  const placeOf = (at: number) => ({ line, character: first + (columns[at] ?? columns.at(-1)!) });
  const { parts, diagnostics } = parseTemplate(written.value, placeOf);
  const [mistake] = diagnostics;
  if (mistake) failAt(cursor, mistake, mistake.range);
  return { parts, text: written.text, range: written.range };
}

function moved({ start, end }: Range, move: (at: Position) => Position): Range {
  return { start: move(start), end: move(end) };
}

/** The same expression, at the places where it stands in a larger text. */
function placed(expression: Expression, move: (at: Position) => Position): Expression {
  const range = moved(expression.range, move);
  switch (expression.kind) {
    case 'path': {
      const parts = expression.parts.map((part) => ({ ...part, range: moved(part.range, move) }));
      return { ...expression, parts, range };
    }
    case 'unary':
      return { ...expression, operand: placed(expression.operand, move), range };
    case 'binary': {
      const [left, right] = [placed(expression.left, move), placed(expression.right, move)];
      return { ...expression, left, right, range };
    }
    case 'group':
      return { ...expression, inner: placed(expression.inner, move), range };
    default:
      return { ...expression, range };
  }
}
