/** `set` and `fire`: what a step changes by hand. */

import {
  atSymbol,
  atWord,
  type Cursor,
  eatSymbol,
  eatWord,
  fail,
  needName,
  needSymbol,
  peek,
  seen,
  since,
  startOf,
  take,
} from './cursor.js';
import type { Expression } from './expression-tree.js';
import { expression, sum } from './expressions.js';
import { LINK_SETTINGS } from './keywords.js';
import * as say from './messages.js';
import { readQuantity } from './numbers.js';
import { pair } from './phrases.js';
import type { Name } from './range.js';
import { atSegment, segmentChanges, segmentPattern } from './segments.js';
import * as sayStated from './statement-messages.js';
import type { SetStatement, Statement } from './statement-tree.js';

/** `set H.VARIABLE = VALUE`, `set A -- B OPTION = VALUE`, `set A -> B ... with ...`. */
export function set(cursor: Cursor): Statement {
  const start = startOf(cursor);
  take(cursor);
  if (atSegment(cursor)) {
    const target = segmentTarget(cursor);
    return { kind: 'set', target, value: undefined, range: since(cursor, start) };
  }
  const isLink = peek(cursor, 1).text === '--';
  const target = isLink ? linkSetting(cursor) : variable(cursor);
  needSymbol(cursor, '=', '`=` and a value');
  const off = eatWord(cursor, 'off');
  const value = off ? undefined : (percentage(cursor, target) ?? expression(cursor));
  return { kind: 'set', target, value, range: since(cursor, start) };
}

/** `30%` or `0.5`, where a link takes a percentage; undefined when another expression is written. */
function percentage(cursor: Cursor, target: SetStatement['target']): Expression | undefined {
  if (target.kind !== 'link' || !PERCENTAGES.has(target.setting.text.toLowerCase()))
    return undefined;
  const { kind, text } = peek(cursor);
  const signed = atSymbol(cursor, '%', 1);
  if (kind !== 'number' || peek(cursor, signed ? 2 : 1).kind !== 'end') return undefined;
  const quantity = readQuantity(text);
  if (quantity === undefined || quantity.unit !== '') return undefined;
  const start = startOf(cursor);
  take(cursor);
  if (signed) take(cursor);
  return { kind: 'number', value: quantity.amount, text, range: since(cursor, start) };
}

const PERCENTAGES: ReadonlySet<string> = new Set(
  LINK_SETTINGS.filter(({ kind }) => kind === 'percent').map(({ word }) => word),
);

function segmentTarget(cursor: Cursor): SetStatement['target'] {
  const pattern = segmentPattern(cursor);
  const nth = eatWord(cursor, 'nth') ? sum(cursor) : undefined;
  const bare = atWord(cursor, 'without');
  const isChanged = bare || eatWord(cursor, 'with');
  if (!isChanged) fail(cursor, say.expected('`with` and what is to be changed', seen(cursor)));
  const changes = segmentChanges(cursor, pattern);
  const without: Name[] = [];
  if (eatWord(cursor, 'without')) {
    do without.push(needName(cursor, 'an option such as `ts`'));
    while (eatSymbol(cursor, ','));
  }
  return { kind: 'segment', pattern, nth, changes, without };
}

function linkSetting(cursor: Cursor): SetStatement['target'] {
  const { from, to } = pair(cursor);
  return {
    kind: 'link',
    from,
    to,
    setting: needName(cursor, 'an option of a link', { kind: 'setting', of: 'link' }),
  };
}

function variable(cursor: Cursor): SetStatement['target'] {
  return { kind: 'variable', parts: dotted(cursor, 'settable') };
}

/** `client.c1.SND.WND` */
function dotted(cursor: Cursor, kind: 'settable' | 'timer'): readonly Name[] {
  const parts = [needName(cursor, 'the name of a host and a variable', { kind: 'host' })];
  while (eatSymbol(cursor, '.')) {
    const of = parts.map(({ text }) => text);
    parts.push(needName(cursor, 'the name of a variable', { kind, of }));
  }
  return parts;
}

/** `fire H.timers.TIMER`. */
export function fire(cursor: Cursor): Statement {
  const start = startOf(cursor);
  take(cursor);
  const parts = dotted(cursor, 'timer');
  const [host] = parts;
  if (host && parts.length === 1 && peek(cursor).kind === 'word') {
    fail(cursor, sayStated.timerWithoutPath(host.text, peek(cursor).text));
  }
  return { kind: 'fire', parts, range: since(cursor, start) };
}
