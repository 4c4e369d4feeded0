/** The text of a `.tcpflow` script as a tree and its mistakes. Never fails, in time linear in the text. */

import type { Comment, Item, Scenario, Script } from './ast.js';
import {
  atEnd,
  atSymbol,
  atWord,
  type Cursor,
  eatSymbol,
  eatWord,
  fail,
  giveUp,
  needName,
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
import * as say from './messages.js';
import { asName, endpoint, stateHere } from './phrases.js';
import type { Name, Range } from './range.js';
import { needEnd } from './segments.js';
import type { GivenStatement, GivenValue, RepeatStatement, Statement } from './statement-tree.js';
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
  /** Words on lines with mistakes: names that may be missing only because of them. */
  readonly lost: ReadonlySet<string>;
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

/** After a mistake in a line that opens a block: passes over the block, reports and keeps nothing. */
function skipOpened(cursor: Cursor, from = 0): void {
  let depth = openBraces(cursor, from);
  while (depth > 0 && nextInBlock(cursor)) {
    depth += openBraces(cursor);
    giveUp(cursor);
  }
}

/** More braces opened than closed on this line, from a token on. */
function openBraces(cursor: Cursor, from = 0): number {
  let open = 0;
  for (let i = from; i < cursor.tokens.length; i += 1) {
    const { kind, text } = cursor.tokens[i]!;
    if (kind === 'symbol') open += text === '{' ? 1 : text === '}' ? -1 : 0;
  }
  return open;
}

/** Whether a scenario begins on this line: no block reaches beyond it. */
function startsOver(cursor: Cursor): boolean {
  return peek(cursor).text.toLowerCase() === 'scenario' && peek(cursor, 1).kind === 'text';
}

function scenario(cursor: Cursor): Scenario | undefined {
  const start = startOf(cursor);
  take(cursor);
  const written = needText(cursor, 'a name in quotes after `scenario`');
  const name: Name = { text: textValue(written.text), range: written.range };
  if (!cursor.failed && !atSymbol(cursor, '{')) fail(cursor, say.expected('`{`', seen(cursor)));
  if (cursor.failed && openBraces(cursor) <= 0) return undefined;
  const usable = !cursor.failed;
  const head = openBlock(cursor, start);
  const body = block(cursor, head, 'scenario', 1);
  return usable ? { kind: 'scenario', name, body, head, range: since(cursor, start) } : undefined;
}

/** Takes the brace that opens a block; after a mistake, whatever is left of the line. */
function openBlock(cursor: Cursor, start: Range['start']): Range {
  if (cursor.failed) {
    cursor.failed = false;
    cursor.index = cursor.tokens.length - 1;
  } else eatSymbol(cursor, '{');
  return since(cursor, start);
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

/** Goes to the next line of a block; false at the end of the text or where a scenario begins. */
function nextInBlock(cursor: Cursor): boolean {
  if (cursor.diagnostics.length >= DIAGNOSTIC_LIMIT) return false;
  const before = { ...cursor };
  const comments = cursor.comments.length;
  if (!nextLine(cursor)) return false;
  if (!startsOver(cursor)) return true;
  cursor.comments.length = comments;
  Object.assign(cursor, before);
  return false;
}

function statementOrStray(cursor: Cursor, depth: number): Statement | undefined {
  if (!atDeclaration(cursor)) return statement(cursor, depth);
  const first = cursor.index;
  fail(cursor, say.declarationInScenario(peek(cursor).text));
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

/** After a mistake in a statement: passes over the block it opens, or stops before the brace that closes ours. */
function recover(cursor: Cursor, first: number): void {
  const open = openBraces(cursor, first);
  if (open > 0) skipOpened(cursor, first);
  if (open >= 0) return;
  // `client: clsoe }` is one mistake, not two: its brace still closes.
  cursor.failed = false;
  let last = cursor.tokens.length - 1;
  while (last > first && cursor.tokens[last]!.text !== '}') last -= 1;
  cursor.index = last;
}

function repeat(cursor: Cursor, depth: number): RepeatStatement | undefined {
  const start = startOf(cursor);
  const first = cursor.index;
  take(cursor);
  if (depth >= NESTING_LIMIT) fail(cursor, say.nestedTooDeep(NESTING_LIMIT));
  const count = sum(cursor);
  const as = asName(cursor);
  const from = as && eatWord(cursor, 'from') ? sum(cursor) : undefined;
  if (!cursor.failed && !atSymbol(cursor, '{')) fail(cursor, say.expected('`{`', seen(cursor)));
  if (cursor.failed) {
    recover(cursor, first);
    return undefined;
  }
  const head = openBlock(cursor, start);
  const body = block(cursor, head, 'repeat', depth + 1);
  return { kind: 'repeat', count, as, from, body, head, range: since(cursor, start) };
}

function given(cursor: Cursor): GivenStatement | undefined {
  const start = startOf(cursor);
  const first = cursor.index;
  take(cursor);
  const local = endpoint(cursor);
  const state = stateHere(cursor);
  if (!eatWord(cursor, 'with'))
    fail(cursor, say.expected('`with` and the other end', seen(cursor)));
  const remote = endpoint(cursor);
  const plain =
    atEnd(cursor) || atSymbol(cursor, '{') || atSymbol(cursor, '}') || atWord(cursor, 'as');
  const remoteState = plain ? undefined : stateHere(cursor);
  const as = asName(cursor);
  if (!atSymbol(cursor, '{')) needEnd(cursor);
  if (cursor.failed) {
    recover(cursor, first);
    return undefined;
  }
  const opened = startOf(cursor);
  const braces = atSymbol(cursor, '{');
  const { values, usable } = braces ? givenBlock(cursor) : { values: [], usable: true };
  if (!usable) return undefined;
  const block = braces ? since(cursor, opened) : undefined;
  const range = since(cursor, start);
  return { kind: 'given', local, state, remote, remoteState, as, values, block, range };
}

/** `{ snd.nxt 100 rcv.nxt 300 }`, on one line or several. */
function givenBlock(cursor: Cursor): {
  readonly values: readonly GivenValue[];
  readonly usable: boolean;
} {
  const values: GivenValue[] = [];
  const opened = tokenRange(cursor, take(cursor));
  let usable = true;
  while (!atSymbol(cursor, '}')) {
    if (!atEnd(cursor)) {
      values.push(givenValue(cursor));
      eatSymbol(cursor, ',');
      continue;
    }
    usable &&= !cursor.failed;
    if (cursor.failed && cursor.tokens.at(-2)?.text === '}') return { values, usable };
    if (!nextInBlock(cursor)) {
      report(cursor, say.blockNotClosed('given'), opened);
      return { values, usable: false };
    }
  }
  take(cursor);
  needEnd(cursor);
  return { values, usable };
}

function givenValue(cursor: Cursor): GivenValue {
  const start = startOf(cursor);
  let name = needName(cursor, 'a variable such as `SND.NXT`', { kind: 'given', of: [] }).text;
  while (eatSymbol(cursor, '.')) {
    const part = needName(cursor, 'a name after the dot', { kind: 'given', of: [name] });
    name += `.${part.text}`;
  }
  const range = since(cursor, start);
  eatSymbol(cursor, '=');
  const value = sum(cursor);
  return { name: { text: name, range }, value, range: since(cursor, start) };
}
