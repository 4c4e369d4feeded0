/** Facts about a host, a connection or the run: what `expect`, `never` and `wait until` speak of. */

import { parseState } from '../tcp/states.js';
import {
  atSymbol,
  type Cursor,
  eatSymbol,
  eatWord,
  fail,
  hyphenated,
  peek,
  since,
  startOf,
  want,
} from './cursor.js';
import { expression, sum, text } from './expressions.js';
import { CALL_WORDS } from './keywords.js';
import * as say from './messages.js';
import { connectionSubject, octets, outcome, refuseStateInPieces, stateHere } from './phrases.js';
import { printSubject } from './printer.js';
import type { Fact, Subject } from './statement-tree.js';
import { FACT_SYNONYMS, synonymOf } from './synonyms.js';

/** Words that go on with an expression; any other word after a name begins a fact about it. */
const OPERATOR_WORDS: ReadonlySet<string> = new Set(['and', 'or', 'within', 'for']);

/** Whether `NAME:` or `NAME.NAME:` and a call stands here. `server:80 LISTEN` is a fact. */
export function atCall(cursor: Cursor): boolean {
  if (peek(cursor).kind !== 'word') return false;
  const colon = atSymbol(cursor, '.', 1) ? 3 : 1;
  if (!atSymbol(cursor, ':', colon)) return false;
  const after = peek(cursor, colon + 1);
  if (after.kind === 'caret') return true;
  if (after.kind !== 'word' || CALL_WORDS.includes(after.text.toLowerCase())) {
    return after.kind === 'word' || after.kind === 'end';
  }
  return after.spaced;
}

/** Reads a fact up to `within`, `for` or the end of the line. */
export function fact(cursor: Cursor): Fact {
  const start = startOf(cursor);
  const subject = atSubject(cursor) ? factSubject(cursor) : undefined;
  if (!subject) {
    const whole = expression(cursor);
    return { kind: 'expression', subject, expression: whole, range: since(cursor, start) };
  }
  return factAbout(cursor, subject);
}

function factAbout(cursor: Cursor, subject: Subject): Fact {
  const { start } = subject.range;
  if (cursor.caret) {
    const parts = [subject.host, ...(subject.connection ? [subject.connection] : [])];
    cursor.caret.subject = parts.map(({ text: part }) => part);
  }
  want(cursor, { kind: 'state' });
  if (atSymbol(cursor, '?') && !isOperator(cursor, 1)) {
    eatSymbol(cursor, '?');
    const state = { kind: 'blank', range: since(cursor, start) } as const;
    return { kind: 'state', subject, state, range: since(cursor, start) };
  }
  if (eatWord(cursor, 'received')) {
    const quoted = peek(cursor).kind === 'text';
    const data = quoted ? text(cursor) : octets(cursor, 'a text');
    const bytes = quoted ? 'text' : 'count';
    return { kind: 'received', subject, data, bytes, range: since(cursor, start) };
  }
  if (eatWord(cursor, 'fails')) {
    const message = outcome(cursor);
    return { kind: 'fails', subject, message, range: since(cursor, start) };
  }
  refuseStateInPieces(cursor);
  const word = hyphenated(cursor);
  if (parseState(word.text) && !isOperator(cursor, word.count)) {
    const state = stateHere(cursor);
    return { kind: 'state', subject, state, range: since(cursor, start) };
  }
  const after = hyphenated(cursor, word.count);
  if (word.count > 0 && parseState(after.text)) {
    const other = ['not', 'never'].includes(word.text.toLowerCase()) ? 'state != ' : '';
    const right = `${printSubject(subject)} ${other}${after.text}`;
    fail(cursor, say.stateAfterWord(word.text, right));
  }
  const meant = synonymOf(word.text, FACT_SYNONYMS);
  const { kind } = peek(cursor, 1);
  if (meant && (kind === 'text' || kind === 'number')) {
    fail(cursor, say.unexpectedWord(word.text, meant));
  }
  const whole = expression(cursor);
  return { kind: 'expression', subject, expression: whole, range: since(cursor, start) };
}

/** Whether what stands here is a name with more to say about it, rather than an expression. */
function atSubject(cursor: Cursor): boolean {
  const first = peek(cursor);
  if (first.kind !== 'word' || first.text.toLowerCase() === 'not') return false;
  let ahead = 1;
  while (atSymbol(cursor, '.', ahead) && peek(cursor, ahead + 1).kind === 'word') ahead += 2;
  const next = peek(cursor, ahead);
  if (next.kind === 'caret') return next.spaced;
  if (next.kind === 'word') return !OPERATOR_WORDS.has(next.text.toLowerCase());
  if (next.kind !== 'symbol') return false;
  return ['?', ':', '('].includes(next.text) || (next.text === '!' && next.spaced);
}

function factSubject(cursor: Cursor): Subject {
  const start = startOf(cursor);
  const { host, connection } = connectionSubject(cursor);
  const port = !connection && eatSymbol(cursor, ':') ? sum(cursor) : undefined;
  return { host, connection, port, range: since(cursor, start) };
}

function isOperator(cursor: Cursor, ahead: number): boolean {
  const { kind, text: symbol } = peek(cursor, ahead);
  if (kind === 'word') return symbol.toLowerCase() === 'and' || symbol.toLowerCase() === 'or';
  return kind === 'symbol' && symbol !== '}';
}
