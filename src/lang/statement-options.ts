/** The options after a segment or a fact, in any order: `as NAME`, `within T`, `nth 2`. */

import { atEnd, atSymbol, type Cursor, fail, needName, peek, take, want } from './cursor.js';
import type { Expression } from './expression-tree.js';
import { sum } from './expressions.js';
import { needEnd } from './line-end.js';
import * as say from './messages.js';
import type { Name } from './range.js';
import type { Field, SegmentPattern } from './segment-tree.js';
import { fieldList } from './segments.js';
import * as sayStated from './statement-messages.js';

/** What was read; after a segment, more of its fields may stand between the options. */
interface Tail {
  as: Name | undefined;
  within: Expression | undefined;
  during: Expression | undefined;
  by: Expression | undefined;
  in: Expression | undefined;
  nth: Expression | undefined;
  meets: 'sent' | 'under-way';
  fields: readonly Field[];
}

export type Option = 'as' | 'within' | 'for' | 'by' | 'in' | 'now' | 'nth';

/** Words that are options of some statement: where they are not allowed they are misplaced. */
const ELSEWHERE = {
  fact: ['as', 'within', 'for', 'by', 'with'],
  segment: ['as', 'within', 'for', 'by', 'with', 'in', 'now', 'nth', 'without'],
} as const satisfies Record<string, readonly string[]>;

/** Reads them up to the end of the line or of the block; `allowed` are those that this statement may have. */
export function tail(cursor: Cursor, after: 'segment' | 'fact', allowed: readonly Option[]): Tail {
  const found: Tail = {
    as: undefined,
    within: undefined,
    during: undefined,
    by: undefined,
    in: undefined,
    nth: undefined,
    meets: 'sent',
    fields: [],
  };
  const misplaced: readonly string[] = ELSEWHERE[after];
  want(cursor, { kind: 'words', words: allowed });
  while (!atEnd(cursor) && !atSymbol(cursor, '}')) {
    const word = peek(cursor).text.toLowerCase();
    const option = allowed.find((known) => known === word);
    if (option !== undefined) {
      takeOption(cursor, option, found);
      want(cursor, { kind: 'words', words: allowed.filter((other) => !isGiven(other, found)) });
      continue;
    }
    if (misplaced.includes(word)) fail(cursor, sayStated.misplacedOption(word));
    if (after === 'segment' && atSymbol(cursor, ',')) fail(cursor, say.commaInFields());
    lonelyTime(cursor, allowed, found);
    if (after === 'fact' || peek(cursor).kind !== 'word') needEnd(cursor);
    found.fields = [...found.fields, ...fieldList(cursor)];
  }
  return found;
}

const TIMED: readonly Option[] = ['by', 'within', 'for', 'in'];

/** A time without the word in front of it, which is the first here that says how long. */
function lonelyTime(cursor: Cursor, allowed: readonly Option[], found: Tail): void {
  const { text } = peek(cursor);
  const option = TIMED.find((one) => allowed.includes(one) && !isGiven(one, found));
  if (option && /^[\d._]+\p{L}+$/u.test(text)) fail(cursor, sayStated.lonelyTime(text, option));
}

function keyOf(option: Exclude<Option, 'now'>) {
  return option === 'for' ? 'during' : option;
}

function isGiven(option: Option, found: Tail): boolean {
  return option === 'now' ? found.meets === 'under-way' : found[keyOf(option)] !== undefined;
}

function takeOption(cursor: Cursor, option: Option, found: Tail): void {
  if (option === 'now') {
    if (found.meets === 'under-way') fail(cursor, say.fieldTwice(option));
    take(cursor);
    found.meets = 'under-way';
    return;
  }
  const key = keyOf(option);
  if (found[key]) fail(cursor, say.fieldTwice(option));
  take(cursor);
  if (key === 'as') found.as = needName(cursor, 'a name after `as`');
  else found[key] = sum(cursor);
}

/** The pattern with the fields that stood between its options. */
export function withFields(pattern: SegmentPattern, fields: readonly Field[]): SegmentPattern {
  return fields.length === 0 ? pattern : { ...pattern, fields: [...pattern.fields, ...fields] };
}
