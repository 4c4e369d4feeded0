/** Phrases that several statements share: `server:80`, `A -- B`, `client.c1`, `100 bytes`, a state. */

import { parseState, STATES } from '../tcp/states.js';
import {
  atSymbol,
  type Cursor,
  eatSymbol,
  eatWord,
  fail,
  failAt,
  hyphenated,
  needName,
  needSymbol,
  peek,
  seen,
  since,
  startOf,
  takeJoined,
  tokenRange,
  want,
} from './cursor.js';
import type {
  BlankExpression,
  Expression,
  StateExpression,
  TextExpression,
} from './expression-tree.js';
import { sum, text } from './expressions.js';
import * as say from './messages.js';
import { hasUnit, OCTETS, unitValue } from './numbers.js';
import type { Name } from './range.js';
import * as sayStated from './statement-messages.js';
import type { Endpoint, Subject } from './statement-tree.js';
import { suggest } from './suggest.js';

/** `server:80`. */
export function endpoint(cursor: Cursor): Endpoint {
  const start = startOf(cursor);
  if (peek(cursor).kind === 'number') fail(cursor, sayStated.addressForHost());
  const host = needName(cursor, 'a host and a port, such as `server:80`', { kind: 'host' });
  needSymbol(cursor, ':', `\`:\` and a port after \`${host.text}\``);
  return { host, port: sum(cursor), range: since(cursor, start) };
}

/** A state in either spelling. */
export function stateHere(cursor: Cursor): StateExpression {
  want(cursor, { kind: 'state' });
  refuseStateInPieces(cursor);
  const { text: word, count } = hyphenated(cursor);
  const state = parseState(word);
  if (!state)
    fail(
      cursor,
      count === 0
        ? say.expected('a state', seen(cursor))
        : say.unknownState(word, suggest(word, STATES)),
    );
  const name = takeJoined(cursor, word, count);
  return { kind: 'state', state: state ?? 'CLOSED', text: name.text, range: name.range };
}

/** Refuses `TIME WAIT` and `FIN WAIT 1`. */
export function refuseStateInPieces(cursor: Cursor): void {
  for (const count of [3, 2]) {
    const tokens = Array.from({ length: count }, (_, i) => peek(cursor, i));
    const state = parseState(tokens.map(({ text: piece }) => piece).join('_'));
    const last = tokens.at(-1)!;
    if (state === undefined || last.kind === 'end') continue;
    const { start } = tokenRange(cursor, tokens[0]!);
    failAt(cursor, say.stateInPieces(state), { start, end: tokenRange(cursor, last).end });
  }
}

/** The text after `fails`, or a student's `?`. */
export function outcome(cursor: Cursor): TextExpression | BlankExpression {
  const start = startOf(cursor);
  if (eatSymbol(cursor, '?')) return { kind: 'blank', range: since(cursor, start) };
  return text(cursor);
}

/** `client` or `client.c1`. */
export function connectionSubject(cursor: Cursor): Subject {
  const start = startOf(cursor);
  const host = needName(cursor, 'the name of a host', { kind: 'host' });
  const connection: Name | undefined = eatSymbol(cursor, '.')
    ? needName(cursor, 'the name of a connection', { kind: 'connection', of: [host.text] })
    : undefined;
  return { host, connection, port: undefined, range: since(cursor, start) };
}

/** `A -- B`. */
export function pair(cursor: Cursor): { readonly from: Name; readonly to: Name } {
  const from = needName(cursor, 'the name of a host', { kind: 'host' });
  const isArrow = ['->', '-', '<'].some((symbol) => atSymbol(cursor, symbol));
  if (isArrow) fail(cursor, sayStated.pathArrow(from.text));
  needSymbol(cursor, '--', '`--` and the name of the other host');
  return { from, to: needName(cursor, 'the name of the other host', { kind: 'host' }) };
}

/** `100 bytes`; the word may be left out after a unit of size, as in `64KiB`. `instead`: what else may be here. */
export function octets(cursor: Cursor, instead?: 'a text'): Expression {
  const count = sum(cursor);
  const spelled = ['bytes', 'byte', 'octets', 'octet'].some((word) => eatWord(cursor, word));
  if (!spelled && !hasUnit(count)) {
    const unit = peek(cursor).text;
    if (count.kind === 'number' && unitValue(OCTETS, unit) !== undefined)
      fail(cursor, sayStated.unitApart(`${count.text}${unit}`));
    const word = count.kind === 'path' ? count.parts[0]?.text : undefined;
    if (word && instead === 'a text') fail(cursor, say.textWithoutQuotes(word));
    else fail(cursor, say.expected(`\`bytes\`${word ? ` after \`${word}\`` : ''}`, seen(cursor)));
  }
  return count;
}

/** `as NAME`, if it is here. */
export function asName(cursor: Cursor): Name | undefined {
  return eatWord(cursor, 'as') ? needName(cursor, 'a name after `as`') : undefined;
}
