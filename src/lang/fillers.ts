/** Words that English has and the language does not: `listen on 80`, `wait for 1s`, `host a ip 10.0.0.1`. */

import { type Cursor, fail, peek } from './cursor.js';
import type { TokenKind } from './lexer.js';
import { filler } from './statement-messages.js';

/** Refuses one of `words` where what follows it is meant: a name that is spelt so stands before something else. */
export function refuseFiller(
  cursor: Cursor,
  words: readonly string[],
  meant: readonly TokenKind[],
): void {
  const { kind, text } = peek(cursor);
  const isFiller = kind === 'word' && words.includes(text.toLowerCase());
  if (isFiller && meant.includes(peek(cursor, 1).kind)) fail(cursor, filler(text));
}
