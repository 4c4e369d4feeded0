/** The parser's place in a script: one line of tokens at a time, at most one mistake a line. */

import { visible } from '../base/visible.js';
import type { Comment } from './ast.js';
import type { Diagnostic, Message } from './diagnostics.js';
import { DIAGNOSTIC_LIMIT } from './diagnostics.js';
import { LINE_LIMIT, lexLine, lineAt, type Token } from './lexer.js';
import * as say from './messages.js';
import type { Name, Position, Range } from './range.js';
import { isClosed } from './text.js';
import type { Caret, Wanted } from './wanted.js';

/**
 * After a mistake the line counts as used up: `peek` gives its end, further mistakes on it are not
 * reported, and every parsing function still returns something, which the caller of the line drops.
 */
export interface Cursor {
  readonly text: string;
  line: number;
  /** Where the next line begins; undefined on the last one. */
  next: number | undefined;
  tokens: readonly Token[];
  index: number;
  failed: boolean;
  /** Where the last token taken ends. */
  taken: Position;
  readonly diagnostics: Diagnostic[];
  readonly comments: Comment[];
  /** Words on lines that were given up, with those lines: names that nobody else needs to miss. */
  readonly lost: Map<string, number[]>;
  /** Somebody types at the end of the text, and asks what may stand there. */
  readonly caret: Caret | undefined;
}

/** Words of lost lines that are kept. */
const LOST_LIMIT = 10_000;

/** A cursor before the first token of `text`. */
export function openText(text: string, caret?: Caret): Cursor {
  const cursor: Cursor = {
    text,
    line: -1,
    next: 0,
    tokens: [],
    index: 0,
    failed: false,
    taken: { line: 0, character: 0 },
    diagnostics: [],
    comments: [],
    lost: new Map(),
    caret,
  };
  nextLine(cursor);
  return cursor;
}

/** Goes to the next line, whatever is left of this one. False at the end of the text. */
export function nextLine(cursor: Cursor): boolean {
  if (cursor.next === undefined) {
    cursor.index = cursor.tokens.length - 1;
    return false;
  }
  const start = cursor.next;
  const { end, next } = lineAt(cursor.text, start);
  const tooLong = end - start > LINE_LIMIT;
  const tokens = lexLine(cursor.text.slice(start, tooLong ? start + LINE_LIMIT : end));
  cursor.line += 1;
  cursor.next = next;
  cursor.index = 0;
  cursor.failed = false;
  cursor.tokens = takeComment(cursor, tokens);
  if (cursor.caret && next === undefined) cursor.tokens = withCaret(cursor.tokens);
  if (tooLong) fail(cursor, say.lineTooLong(end - start, LINE_LIMIT));
  return true;
}

function withCaret(tokens: readonly Token[]): readonly Token[] {
  const end = tokens.at(-1)!;
  const spaced = (tokens.at(-2)?.end ?? -1) < end.start;
  return [...tokens.slice(0, -1), { ...end, kind: 'caret', spaced }, end];
}

/** Says what may stand here, if this is where somebody types. */
export function want(cursor: Cursor, wanted: Wanted): void {
  if (cursor.caret && peek(cursor).kind === 'caret') cursor.caret.wanted.push(wanted);
}

function takeComment(cursor: Cursor, tokens: readonly Token[]): readonly Token[] {
  const comment = tokens.at(-2);
  if (comment?.kind !== 'comment') return tokens;
  cursor.comments.push({ text: comment.text, range: tokenRange(cursor, comment) });
  const end = { ...tokens.at(-1)!, start: comment.start, end: comment.start };
  return [...tokens.slice(0, -2), end];
}

/** The token `ahead` places on; the line's end when there is none, or after a mistake. */
export function peek(cursor: Cursor, ahead = 0): Token {
  const last = cursor.tokens.length - 1;
  return cursor.tokens[cursor.failed ? last : Math.min(cursor.index + ahead, last)]!;
}

/** Takes the token. The end of the line is never used up. */
export function take(cursor: Cursor): Token {
  const token = peek(cursor);
  if (token.kind !== 'end') cursor.index += 1;
  cursor.taken = { line: cursor.line, character: token.end };
  return token;
}

export function atEnd(cursor: Cursor): boolean {
  return peek(cursor).kind === 'end';
}

export function atSymbol(cursor: Cursor, symbol: string, ahead = 0): boolean {
  const token = peek(cursor, ahead);
  return token.kind === 'symbol' && token.text === symbol;
}

/** Whether the token is this keyword, in either case. */
export function atWord(cursor: Cursor, word: string, ahead = 0): boolean {
  const token = peek(cursor, ahead);
  if (ahead === 0) want(cursor, { kind: 'words', words: [word] });
  return token.kind === 'word' && token.text.toLowerCase() === word;
}

export function eatSymbol(cursor: Cursor, symbol: string): boolean {
  if (!atSymbol(cursor, symbol)) return false;
  take(cursor);
  return true;
}

export function eatWord(cursor: Cursor, word: string): boolean {
  if (!atWord(cursor, word)) return false;
  take(cursor);
  return true;
}

/** Takes a symbol that has to be here; `what` says what it is for. */
export function needSymbol(cursor: Cursor, symbol: string, what: string): void {
  if (!eatSymbol(cursor, symbol)) fail(cursor, say.expected(what, seen(cursor)));
}

/** Takes a name that has to be here. Names are words; a hyphen in one is explained. `wanted`: which names are known. */
export function needName(cursor: Cursor, what: string, wanted?: Wanted): Name {
  if (wanted) want(cursor, wanted);
  const token = peek(cursor);
  if (token.kind !== 'word') fail(cursor, say.expected(what, seen(cursor)));
  const name = take(cursor);
  const hyphen = peek(cursor);
  const after = peek(cursor, 1);
  if (hyphen.text === '-' && !hyphen.spaced && !after.spaced && after.kind === 'word') {
    fail(cursor, say.hyphenInName(`${name.text}-${after.text}`), hyphen);
  }
  return { text: name.text, range: tokenRange(cursor, name) };
}

/** Quotes that are none here. */
export const OTHER_QUOTES = /^['`\u2018\u2019\u201c-\u201e\u00ab]/;

/** Takes a quoted text that has to be here. */
export function needText(cursor: Cursor, what: string): Name {
  const token = peek(cursor);
  if (token.kind === 'unknown' && OTHER_QUOTES.test(token.text)) fail(cursor, say.otherQuotes());
  else if (token.kind === 'word') failAt(cursor, ...unquoted(cursor, what));
  else if (token.kind !== 'text') fail(cursor, say.expected(what, seen(cursor)));
  else if (!isClosed(token.text)) fail(cursor, say.textNotClosed());
  const text = take(cursor);
  return { text: text.text, range: tokenRange(cursor, text) };
}

/** A text that has no quotes, up to the next blank: `foo.tcpflow`. */
function unquoted(cursor: Cursor, what: string): readonly [Message, Range] {
  const first = peek(cursor);
  let count = 1;
  while (peek(cursor, count).kind !== 'end' && !peek(cursor, count).spaced) count += 1;
  const written = Array.from({ length: count }, (_, i) => peek(cursor, i).text).join('');
  const { end } = tokenRange(cursor, peek(cursor, count - 1));
  return [say.needsQuotes(what, written), { start: startOf(cursor, first), end }];
}

/**
 * How many tokens, from here, are one word with hyphens: `syn-queue`, `fin-wait-2-timeout`; 1 for a word
 * without, 0 when there is no word.
 */
export function hyphenated(
  cursor: Cursor,
  ahead = 0,
): { readonly text: string; readonly count: number } {
  const first = peek(cursor, ahead);
  if (first.kind !== 'word') return { text: '', count: 0 };
  let text = first.text;
  let count = 1;
  while (true) {
    const hyphen = peek(cursor, ahead + count);
    const after = peek(cursor, ahead + count + 1);
    const joins = hyphen.text === '-' && !hyphen.spaced && !after.spaced;
    if (!joins || (after.kind !== 'word' && after.kind !== 'number')) return { text, count };
    text += `-${after.text}`;
    count += 2;
  }
}

/** Takes `count` tokens as one name. */
export function takeJoined(cursor: Cursor, text: string, count: number): Name {
  const first = peek(cursor);
  for (let i = 0; i < count; i += 1) take(cursor);
  return { text, range: since(cursor, startOf(cursor, first)) };
}

/** Reports the line's mistake, at the current token or at `token`, and gives the line up. */
export function fail(cursor: Cursor, message: Message, token = peek(cursor)): void {
  const comment = otherComment(cursor, token);
  if (comment) failAt(cursor, say.otherComment(), comment);
  else failAt(cursor, message, tokenRange(cursor, token));
}

/** The beginning of a comment as other languages write it, if that is what is in the way. */
function otherComment(cursor: Cursor, token: Token): Range | undefined {
  const index = cursor.tokens.indexOf(token);
  const pairs = [index, index - 1].map((at) => [cursor.tokens[at], cursor.tokens[at + 1]] as const);
  for (const [first, second] of pairs) {
    const opens = first?.text === '/' && (second?.text === '/' || second?.text === '*');
    if (opens && !second.spaced) {
      return { start: startOf(cursor, first), end: tokenRange(cursor, second).end };
    }
  }
  return undefined;
}

/** Reports the line's mistake at a range, and gives the line up. */
export function failAt(cursor: Cursor, message: Message, range: Range): void {
  if (cursor.failed) return;
  report(cursor, message, range);
  giveUp(cursor);
}

/** Counts the line as used up, without a message. */
export function giveUp(cursor: Cursor): void {
  cursor.failed = true;
  cursor.taken = { line: cursor.line, character: peek(cursor).end };
  for (const { kind, text } of cursor.tokens) {
    if (kind !== 'word') continue;
    const lines = cursor.lost.get(text);
    if (lines !== undefined) lines.push(cursor.line);
    else if (cursor.lost.size < LOST_LIMIT) cursor.lost.set(text, [cursor.line]);
  }
}

/** Reports something that leaves the line readable. */
export function report(cursor: Cursor, message: Message, range: Range): void {
  if (cursor.diagnostics.length < DIAGNOSTIC_LIMIT) cursor.diagnostics.push({ ...message, range });
}

export function tokenRange(cursor: Cursor, token: Token): Range {
  const { line } = cursor;
  return { start: { line, character: token.start }, end: { line, character: token.end } };
}

export function startOf(cursor: Cursor, token = peek(cursor)): Position {
  return { line: cursor.line, character: token.start };
}

/** From `start` to the end of what was taken last. */
export function since(cursor: Cursor, start: Position): Range {
  return { start, end: cursor.taken };
}

/** The current token in words: `the end of the line`, or itself in backquotes. */
export function seen(cursor: Cursor, ahead = 0): string {
  const token = peek(cursor, ahead);
  if (token.kind === 'end') return 'the end of the line';
  const text = token.text.length > 40 ? `${token.text.slice(0, 40)}...` : token.text;
  return `\`${visible(text)}\``;
}
