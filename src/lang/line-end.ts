/** Where a statement should end: what else stands there, and what was meant. */

import { parseState } from '../tcp/states.js';
import { atEnd, atSymbol, type Cursor, fail, hyphenated, peek, seen } from './cursor.js';
import type { Message } from './diagnostics.js';
import { LOOSE_MODIFIERS, MODIFIERS } from './keywords.js';
import * as say from './messages.js';
import { callWithParentheses, commaInStatement, oneOfStates } from './statement-messages.js';
import { MODIFIER_SYNONYMS, meant, UNIT_SYNONYMS } from './synonyms.js';

/** Reports what is left of a line that should be over. */
export function needEnd(cursor: Cursor): void {
  if (atEnd(cursor) || atSymbol(cursor, '}')) return;
  const { kind, text: word } = peek(cursor);
  const number = cursor.tokens[cursor.index - 1]?.kind === 'number';
  const words = [...MODIFIERS, ...LOOSE_MODIFIERS];
  const state = hyphenated(cursor).text;
  const before = cursor.tokens[cursor.index - 1];
  if (parseState(state) && before?.kind === 'word') {
    fail(cursor, say.stateOfAnother(before.text, state));
  } else if (number && kind === 'word' && !words.includes(word)) {
    fail(cursor, say.afterNumber(word, meant(word, UNIT_SYNONYMS, MODIFIERS)));
  } else if (kind === 'word') {
    fail(cursor, say.unexpectedWord(word, meant(word, MODIFIER_SYNONYMS, words)));
  } else if (word === ';') fail(cursor, say.endedBySemicolon());
  else if (word === ',') fail(cursor, commaHere(cursor, before?.text ?? ''));
  else if (word === '(' && atSymbol(cursor, ')', 1)) fail(cursor, callWithParentheses());
  else fail(cursor, say.expected('the end of the statement', seen(cursor)));
}

function commaHere(cursor: Cursor, before: string): Message {
  const after = hyphenated(cursor, 1).text;
  const states = parseState(before) && parseState(after);
  return states ? oneOfStates(before, after) : commaInStatement();
}
