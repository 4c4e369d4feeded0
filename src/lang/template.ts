/** Texts with expressions in braces: `"sent {n} octets"`. Also the debugger's log messages. */

import { type Cursor, failAt } from './cursor.js';
import type { Diagnostic } from './diagnostics.js';
import type { Template, TemplatePart, TextExpression } from './expression-tree.js';
import { parseExpression } from './expressions.js';
import * as say from './messages.js';

/** Expressions in one text. */
const PART_LIMIT = 50;

/** Splits `sent {n} octets`; `{{` and `}}` are braces. Ranges in it count from the text's beginning. */
export function parseTemplate(text: string): {
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
      const { expr, diagnostics } = parseExpression(end < 0 ? '' : text.slice(at + 1, end));
      const first = diagnostics[0];
      const range = { start: { line: 0, character: at }, end: { line: 0, character: at + 1 } };
      if (end < 0) return { parts, diagnostics: [{ ...say.braceNotClosed(), range }] };
      if (!expr) return { parts, diagnostics: first ? [{ ...first, range }] : [] };
      if (parts.length >= PART_LIMIT)
        return { parts, diagnostics: [{ ...say.expressionTooLong(), range }] };
      if (plain !== '') parts.push({ kind: 'text', text: plain });
      plain = '';
      parts.push({ kind: 'expression', expression: expr });
      at = end + 1;
    }
  }
  if (plain !== '' || parts.length === 0) parts.push({ kind: 'text', text: plain });
  return { parts, diagnostics: [] };
}

/** The template in a quoted text of a script. */
export function template(cursor: Cursor, written: TextExpression): Template {
  const { parts, diagnostics } = parseTemplate(written.value);
  const [mistake] = diagnostics;
  if (mistake) failAt(cursor, mistake, written.range);
  return { parts, text: written.text, range: written.range };
}
