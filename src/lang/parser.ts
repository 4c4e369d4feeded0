/** The text of a `.tcpflow` script as a tree and its mistakes. Never fails, in time linear in the text. */

import type { Comment, Item, Scenario, Script } from './ast.js';
import {
  nextInBlock,
  nextLineUnless,
  openBlock,
  openBraces,
  recover,
  skipOpened,
} from './blocks.js';
import {
  atEnd,
  atSymbol,
  atWord,
  type Cursor,
  eatWord,
  fail,
  needText,
  nextLine,
  openText,
  peek,
  report,
  seen,
  since,
  startOf,
  take,
  tokenRange,
  want,
} from './cursor.js';
import { atDeclaration, declaration } from './declarations.js';
import type { Diagnostic } from './diagnostics.js';
import { DIAGNOSTIC_LIMIT } from './diagnostics.js';
import { sum } from './expressions.js';
import { given } from './given-parser.js';
import { needEnd } from './line-end.js';
import * as say from './messages.js';
import { asName } from './phrases.js';
import type { Name, Range } from './range.js';
import * as sayStated from './statement-messages.js';
import type { RepeatStatement, Statement } from './statement-tree.js';
import { lineStatement } from './statements.js';
import { textValue } from './text.js';
import type { Wanted } from './wanted.js';

/** Blocks of `repeat` within each other. */
const NESTING_LIMIT = 16;

/** Characters of a script that are read. */
const TEXT_LIMIT = 32 * 1024 * 1024;

export interface Parsed {
  readonly script: Script;
  readonly diagnostics: readonly Diagnostic[];
  /** Words on lines with mistakes, with those lines: names that may be missing only because of them. */
  readonly lost: ReadonlyMap<string, readonly number[]>;
}

/** What may stand at the end of a text. */
export function wantedAtEnd(text: string): readonly Wanted[] {
  const wanted: Wanted[] = [];
  readAll(openText(text.length > TEXT_LIMIT ? '' : text, { wanted, subject: undefined }));
  return wanted;
}

/** Reads a script. What stands on lines with mistakes is left out of the tree. */
export function parse(text: string): Parsed {
  const cursor = openText(text.length > TEXT_LIMIT ? '' : text);
  const origin = { line: 0, character: 0 };
  if (text.length > TEXT_LIMIT) {
    report(cursor, say.textTooLong(text.length, TEXT_LIMIT), { start: origin, end: origin });
  }
  const items = readAll(cursor);
  if (cursor.diagnostics.length >= DIAGNOSTIC_LIMIT) tooMany(cursor);
  const comments: readonly Comment[] = cursor.comments;
  const range: Range = { start: origin, end: { line: cursor.line, character: peek(cursor).end } };
  const script: Script = { kind: 'script', items, comments, range };
  return { script, diagnostics: cursor.diagnostics, lost: cursor.lost };
}

function readAll(cursor: Cursor): readonly Item[] {
  const items: Item[] = [];
  while (readItem(cursor, items) && cursor.diagnostics.length < DIAGNOSTIC_LIMIT);
  return items;
}

function tooMany(cursor: Cursor): void {
  const { range } = cursor.diagnostics[DIAGNOSTIC_LIMIT - 1]!;
  cursor.diagnostics[DIAGNOSTIC_LIMIT - 1] = { ...say.tooManyMistakes(DIAGNOSTIC_LIMIT), range };
}

/** Reads what begins on this line and goes to the next one; false at the end of the text. */
function readItem(cursor: Cursor, items: Item[]): boolean {
  want(cursor, { kind: 'declaration' });
  if (atEnd(cursor)) return nextLine(cursor);
  if (atSymbol(cursor, '}')) {
    report(cursor, say.strayBrace(), tokenRange(cursor, take(cursor)));
    return true;
  }
  if (atWord(cursor, 'scenario') && !atSymbol(cursor, ':', 1)) {
    const found = scenario(cursor);
    if (found) items.push(found);
  } else if (atDeclaration(cursor)) {
    const found = declaration(cursor);
    if (!found) skipOpened(cursor);
    needLineEnd(cursor);
    if (found) items.push(found);
  } else {
    const found = statement(cursor, 0);
    if (found) items.push(found);
  }
  return nextLine(cursor);
}

function needLineEnd(cursor: Cursor): void {
  if (!atEnd(cursor)) fail(cursor, say.expected('the end of the line', seen(cursor)));
}

function scenario(cursor: Cursor): Scenario | undefined {
  const start = startOf(cursor);
  take(cursor);
  const written = needText(cursor, 'a name in quotes after `scenario`');
  const name: Name = { text: textValue(written.text), range: written.range };
  needBrace(cursor);
  if (cursor.failed && openBraces(cursor) <= 0) return undefined;
  const usable = !cursor.failed;
  const head = openBlock(cursor, start);
  const body = block(cursor, head, 'scenario', 1);
  return usable ? { kind: 'scenario', name, body, head, range: since(cursor, start) } : undefined;
}

/** Comes to the brace that opens a block. One that stands on the next line is a mistake, and is taken for what it is. */
function needBrace(cursor: Cursor): void {
  if (cursor.failed || atSymbol(cursor, '{')) return;
  const isBelow = atEnd(cursor) && nextLineUnless(cursor, (below) => !atSymbol(below, '{'));
  if (isBelow) report(cursor, say.braceBelow(), tokenRange(cursor, peek(cursor)));
  else fail(cursor, say.expected('`{`', seen(cursor)));
}

/** The statements up to the closing brace, which is taken. */
function block(
  cursor: Cursor,
  head: Range,
  of: 'scenario' | 'repeat',
  depth: number,
): readonly Statement[] {
  const body: Statement[] = [];
  while (!atSymbol(cursor, '}')) {
    if (!atEnd(cursor)) {
      const found = statementOrStray(cursor, depth);
      if (found) body.push(found);
      if (atSymbol(cursor, '}')) break;
    }
    if (!nextInBlock(cursor)) {
      report(cursor, say.blockNotClosed(of), head);
      return body;
    }
  }
  take(cursor);
  needEnd(cursor);
  return body;
}

function statementOrStray(cursor: Cursor, depth: number): Statement | undefined {
  if (!atDeclaration(cursor)) return statement(cursor, depth);
  const first = cursor.index;
  fail(cursor, sayStated.declarationInScenario(peek(cursor).text));
  recover(cursor, first);
  return undefined;
}

/** Reads a statement; undefined when it has a mistake, which is reported. Stops before a `}`. */
function statement(cursor: Cursor, depth: number): Statement | undefined {
  const first = cursor.index;
  if (atWord(cursor, 'repeat') && !atSymbol(cursor, ':', 1)) return repeat(cursor, depth);
  if (atWord(cursor, 'given') && !atSymbol(cursor, ':', 1)) return given(cursor);
  const found = lineStatement(cursor);
  needEnd(cursor);
  if (!cursor.failed) return found;
  recover(cursor, first);
  return undefined;
}

function repeat(cursor: Cursor, depth: number): RepeatStatement | undefined {
  const start = startOf(cursor);
  const first = cursor.index;
  take(cursor);
  if (depth >= NESTING_LIMIT) fail(cursor, say.nestedTooDeep(NESTING_LIMIT));
  const count = sum(cursor);
  const as = asName(cursor);
  const from = as && eatWord(cursor, 'from') ? sum(cursor) : undefined;
  needBrace(cursor);
  if (cursor.failed) {
    recover(cursor, first);
    return undefined;
  }
  const head = openBlock(cursor, start);
  const body = block(cursor, head, 'repeat', depth + 1);
  return { kind: 'repeat', count, as, from, body, head, range: since(cursor, start) };
}
