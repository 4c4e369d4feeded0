/** Blocks of a script: their braces, the lines between them, and where reading goes on after a mistake. */

import { type Cursor, eatSymbol, giveUp, nextLine, peek, since } from './cursor.js';
import { DIAGNOSTIC_LIMIT } from './diagnostics.js';
import type { Range } from './range.js';

/** Takes the brace that opens a block; after a mistake, whatever is left of the line. */
export function openBlock(cursor: Cursor, start: Range['start']): Range {
  if (cursor.failed) {
    cursor.failed = false;
    cursor.index = cursor.tokens.length - 1;
  } else eatSymbol(cursor, '{');
  return since(cursor, start);
}

/** Goes to the next line of a block; false at the end of the text or where a scenario begins. */
export function nextInBlock(cursor: Cursor): boolean {
  return cursor.diagnostics.length < DIAGNOSTIC_LIMIT && nextLineUnless(cursor, startsOver);
}

/** Goes to the next line; false, and no further, at the end of the text or where the line begins something else. */
export function nextLineUnless(cursor: Cursor, isOther: (cursor: Cursor) => boolean): boolean {
  const before = { ...cursor };
  const comments = cursor.comments.length;
  if (!nextLine(cursor)) return false;
  if (!isOther(cursor)) return true;
  cursor.comments.length = comments;
  Object.assign(cursor, before);
  return false;
}

/** Whether a scenario begins on this line: no block reaches beyond it. */
function startsOver(cursor: Cursor): boolean {
  return peek(cursor).text.toLowerCase() === 'scenario' && peek(cursor, 1).kind === 'text';
}

/** After a mistake in a statement: passes over the block it opens, or stops before the brace that closes ours. */
export function recover(cursor: Cursor, first: number): void {
  const open = openBraces(cursor, first);
  if (open > 0) skipOpened(cursor, first);
  if (open >= 0) return;
  // `client: clsoe }` is one mistake, not two: its brace still closes.
  cursor.failed = false;
  let last = cursor.tokens.length - 1;
  while (last > first && cursor.tokens[last]!.text !== '}') last -= 1;
  cursor.index = last;
}

/** After a mistake in a line that opens a block: passes over the block, reports and keeps nothing. */
export function skipOpened(cursor: Cursor, from = 0): void {
  let depth = openBraces(cursor, from);
  while (depth > 0 && nextInBlock(cursor)) {
    depth += openBraces(cursor);
    giveUp(cursor);
  }
}

/** More braces opened than closed on this line, from a token on. */
export function openBraces(cursor: Cursor, from = 0): number {
  let open = 0;
  for (let i = from; i < cursor.tokens.length; i += 1) {
    const { kind, text } = cursor.tokens[i]!;
    if (kind === 'symbol') open += text === '{' ? 1 : text === '}' ? -1 : 0;
  }
  return open;
}
