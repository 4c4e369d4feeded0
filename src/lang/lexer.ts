/** A line of a `.tcpflow` script as tokens. Any text gives tokens; nothing is refused here. */

import { isPlain } from '../base/visible.js';

/** `caret` is never read from a text: it stands where somebody types. */
export type TokenKind =
  | 'word'
  | 'number'
  | 'text'
  | 'symbol'
  | 'comment'
  | 'unknown'
  | 'caret'
  | 'end';

/** `start` and `end` count characters from the beginning of the line. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Whether a blank stands before it: `syn-queue` is one word, `syn - queue` is a difference. */
  readonly spaced: boolean;
}

/** Characters of a line that are read; what is longer is no script (`line-too-long`). */
export const LINE_LIMIT = 10_000;

const SYMBOLS = /->|--|==|!=|<=|=<|>=|&&|\|\||[{}()[\]:,.=<>+\-*/%?!]/y;

type Tokens = readonly (readonly [TokenKind, RegExp])[];

/** In this order: the first that fits is the token. Words are made of such letters and digits; a number takes its unit along: `10ms`. */
function tokensOf(letters: string, digits: string): Tokens {
  const pattern = (text: string) => new RegExp(text, 'uy');
  return [
    ['comment', /#.*/y],
    ['word', pattern(`[${letters}_][${letters}${digits}_]*`)],
    ['number', pattern(`0[xX][0-9a-fA-F_]*|[0-9][0-9_]*(?:\\.[0-9]+)?[${letters}]*`)],
    ['text', /"(?:[^"\\]|\\.)*(?:"|\\?$)/y],
    ['symbol', SYMBOLS],
    ['unknown', pattern(`[^\\s${letters}${digits}_"#{}()[\\]:,.=<>+\\-*/%?!]+`)],
  ];
}

const ASCII_TOKENS = tokensOf('A-Za-z', '0-9');
let allTokens: Tokens | undefined;

/** What a line is made of. Most have no other letters than ASCII's, and what are letters elsewhere takes long to look up. */
function tokensIn(line: string): Tokens {
  if (isPlain(line)) return ASCII_TOKENS;
  allTokens ??= tokensOf('\\p{L}', '\\p{N}');
  return allTokens;
}

const BLANKS = /\s*/y;

/** The tokens of a line, the last of them `end`. `line` holds no line break. */
export function lexLine(line: string): readonly Token[] {
  const tokens: Token[] = [];
  const possible = tokensIn(line);
  let at = 0;
  while (true) {
    BLANKS.lastIndex = at;
    BLANKS.test(line);
    const spaced = BLANKS.lastIndex > at || at === 0;
    at = BLANKS.lastIndex;
    if (at >= line.length) break;
    const token = nextToken(possible, line, at, spaced);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: 'end', text: '', start: line.length, end: line.length, spaced: true });
  return tokens;
}

function nextToken(possible: Tokens, line: string, start: number, spaced: boolean): Token {
  for (const [kind, pattern] of possible) {
    pattern.lastIndex = start;
    const found = pattern.exec(line);
    if (found) {
      const end = start + found[0].length;
      return { kind, text: kind === 'comment' ? found[0].trimEnd() : found[0], start, end, spaced };
    }
  }
  return { kind: 'unknown', text: line.slice(start, start + 1), start, end: start + 1, spaced };
}

/** A line break as editors see it. */
const LINE_BREAK = /\r\n|\n|\r/g;

/** The lines of a text, without their breaks. */
export function linesOf(text: string): readonly string[] {
  return text.split(LINE_BREAK);
}

/** Where the line that begins at `offset` ends, and where the next one begins. */
export function lineAt(
  text: string,
  offset: number,
): { readonly end: number; readonly next: number | undefined } {
  LINE_BREAK.lastIndex = offset;
  const found = LINE_BREAK.exec(text);
  if (!found) return { end: text.length, next: undefined };
  return { end: found.index, next: found.index + found[0].length };
}
