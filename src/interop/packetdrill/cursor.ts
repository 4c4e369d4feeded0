/** A cursor over the text of a packetdrill script: spaces and comments are skipped, patterns are taken. */

import { countWhile } from '../../base/bisect.js';
import type { Diagnostic, Message } from '../../lang/diagnostics.js';
import type { Position, Range } from '../../lang/range.js';
import { expected } from './messages.js';

/** Thrown and caught inside the parser alone: what stands at the cursor cannot be read on. */
export interface Trouble {
  readonly trouble: Diagnostic;
}

export interface Cursor {
  readonly text: string;
  /** Offset of the next character. */
  at: number;
  /** The end of what was taken last: ranges do not include the space after it. */
  taken: number;
  /** Offsets at which lines begin. */
  readonly lines: readonly number[];
}

/** A cursor at the beginning of a text. */
export function createCursor(text: string): Cursor {
  const lines = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) lines.push(i + 1);
  return { text, at: 0, taken: 0, lines };
}

/** Space, `//` and C comments. Newlines too: a statement may go on in the next line. */
const SPACE =
  /(?:\s+|\\(?=\r?\n)|\/\/[^\n]*|\/\*[\s\S]*?\*\/|#(?!ifdef\b|ifndef\b|else\b|endif\b)[^\n]*)+/y;

export function skipSpace(cursor: Cursor): void {
  SPACE.lastIndex = cursor.at;
  if (SPACE.test(cursor.text)) cursor.at = SPACE.lastIndex;
}

/** Takes what a sticky pattern finds after space; undefined when it finds nothing. */
export function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined {
  skipSpace(cursor);
  return takeHere(cursor, pattern);
}

/** Takes what a sticky pattern finds right here, space not skipped. */
export function takeHere(cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = cursor.at;
  const match = pattern.exec(cursor.text);
  if (!match) return undefined;
  cursor.at = pattern.lastIndex;
  cursor.taken = cursor.at;
  return match;
}

/** Whether this text comes next; it stays. */
export function sees(cursor: Cursor, text: string): boolean {
  skipSpace(cursor);
  return cursor.text.startsWith(text, cursor.at);
}

/** Takes this text if it comes next. */
export function accept(cursor: Cursor, text: string): boolean {
  if (!sees(cursor, text)) return false;
  cursor.at += text.length;
  cursor.taken = cursor.at;
  return true;
}

/** Takes this text, or gives up. */
export function need(cursor: Cursor, text: string): void {
  if (!accept(cursor, text)) throw wrong(cursor, `\`${text}\``);
}

/** Takes a pattern, or gives up. `what`: what it is, in words. */
export function needMatch(cursor: Cursor, pattern: RegExp, what: string): RegExpExecArray {
  const match = take(cursor, pattern);
  if (!match) throw wrong(cursor, what);
  return match;
}

const WORD = /[A-Za-z_0-9.]+|[^\s]/y;

/** Trouble at the cursor: something else was expected there. At the end of the script that is where its last word ends. */
export function wrong(cursor: Cursor, what: string): Trouble {
  skipSpace(cursor);
  WORD.lastIndex = cursor.at;
  const seen = WORD.exec(cursor.text)?.[0] ?? '';
  const from = seen === '' ? cursor.taken : cursor.at;
  return troubleAt(cursor, from, from + seen.length, expected(what, seen));
}

/** Trouble with what stands from an offset to another. */
export function troubleAt(cursor: Cursor, from: number, to: number, message: Message): Trouble {
  return { trouble: { ...message, range: rangeOf(cursor, from, to) } };
}

export function rangeOf(cursor: Cursor, from: number, to: number): Range {
  return { start: positionOf(cursor, from), end: positionOf(cursor, to) };
}

function positionOf({ lines }: Cursor, offset: number): Position {
  const line = countWhile(lines.length, (i) => (lines[i] ?? 0) <= offset) - 1;
  return { line, character: offset - (lines[line] ?? 0) };
}

/** Whether something thrown is trouble with the text. */
export function isTrouble(thrown: unknown): thrown is Trouble {
  return typeof thrown === 'object' && thrown !== null && 'trouble' in thrown;
}
