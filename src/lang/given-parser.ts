/** `given`: a connection that is there without having been opened. */

import { nextInBlock, recover } from './blocks.js';
import {
  atEnd,
  atSymbol,
  atWord,
  type Cursor,
  eatSymbol,
  eatWord,
  fail,
  needName,
  peek,
  report,
  seen,
  since,
  startOf,
  take,
  tokenRange,
} from './cursor.js';
import { sum } from './expressions.js';
import { needEnd } from './line-end.js';
import * as say from './messages.js';
import { asName, endpoint, stateHere } from './phrases.js';
import { givenWithoutBrace } from './statement-messages.js';
import type { GivenStatement, GivenValue } from './statement-tree.js';

/** `given A:80 ESTABLISHED with B:1000 as c { SND.NXT 100 }`; undefined when it has a mistake, which is reported. */
export function given(cursor: Cursor): GivenStatement | undefined {
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
  if (!plain && atSymbol(cursor, '.', 1)) fail(cursor, givenWithoutBrace(peek(cursor).text));
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
