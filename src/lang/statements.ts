/** The steps of a scenario, one a line. Blocks (`repeat`) are in `parser.ts`. */

import { isIcmpError } from '../tcp/icmp/messages.js';
import { callStatement } from './calls.js';
import {
  atEnd,
  atSymbol,
  atWord,
  type Cursor,
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
  take,
  takeJoined,
  want,
} from './cursor.js';
import type { Expression, Template } from './expression-tree.js';
import { expression, sum, text } from './expressions.js';
import { atCall, fact } from './facts.js';
import { refuseFiller } from './fillers.js';
import { CALL_WORDS, DECLARATIONS, ICMP_WORDS, STEPS } from './keywords.js';
import * as say from './messages.js';
import { connectionSubject, pair } from './phrases.js';
import { atSegment, segmentPattern } from './segments.js';
import { fire, set } from './set-statements.js';
import * as sayStated from './statement-messages.js';
import { type Option, tail, withFields } from './statement-options.js';
import type { FaultStatement, Statement } from './statement-tree.js';
import { suggest } from './suggest.js';
import { meant, STATEMENT_SYNONYMS } from './synonyms.js';
import { template } from './template.js';

/** What a statement may begin with besides a name, and what reads the rest. */
const LEADING: Readonly<Record<string, (cursor: Cursor) => Statement>> = {
  expect: (cursor) => expectation(cursor, 'expect'),
  eventually: (cursor) => expectation(cursor, 'eventually'),
  never: (cursor) => expectation(cursor, 'never'),
  inject,
  icmp,
  drop: (cursor) => fault(cursor, 'drop'),
  duplicate: (cursor) => fault(cursor, 'duplicate'),
  delay: (cursor) => fault(cursor, 'delay'),
  corrupt: (cursor) => fault(cursor, 'corrupt'),
  hold: (cursor) => fault(cursor, 'hold'),
  release,
  cut: (cursor) => path(cursor, 'cut'),
  mend: (cursor) => path(cursor, 'mend'),
  crash: (cursor) => hostStep(cursor, 'crash'),
  restart: (cursor) => hostStep(cursor, 'restart'),
  wait,
  deliver,
  fire,
  set,
  let: binding,
  print,
};

/** Reads the statement of this line, all but `repeat` and `given`, which have blocks. */
export function lineStatement(cursor: Cursor): Statement {
  if (cursor.caret) cursor.caret.subject = undefined;
  want(cursor, { kind: 'statement' });
  want(cursor, { kind: 'host' });
  if (peek(cursor, 2).kind === 'caret' && atSymbol(cursor, '.', 1)) connectionSubject(cursor);
  if (atCall(cursor)) return callStatement(cursor, 'step');
  const word = peek(cursor).text.toLowerCase();
  const read = Object.hasOwn(LEADING, word) ? LEADING[word] : undefined;
  if (read && peek(cursor).kind === 'word') return read(cursor);
  fail(cursor, noStatement(cursor));
  return {
    kind: 'release',
    name: { text: '', range: since(cursor, startOf(cursor)) },
    range: since(cursor, startOf(cursor)),
  };
}

/** Why this line is no statement: what it was probably meant to be. */
function noStatement(cursor: Cursor) {
  const first = peek(cursor);
  const second = peek(cursor, 1);
  if (first.text === '{') return say.braceBelow();
  if (first.kind !== 'word') return say.expected('a statement', seen(cursor));
  if (atSegment(cursor)) return sayStated.segmentWithoutVerb();
  const { text: joined, count } = hyphenated(cursor);
  if (count > 1) return say.hyphenInName(joined);
  const assigned = assignedPath(cursor);
  if (assigned !== undefined) return sayStated.bareAssignment(assigned);
  const dotted = atSymbol(cursor, '.', 1) ? peek(cursor, 2) : second;
  const call = dotted.kind === 'word' ? suggest(dotted.text, CALL_WORDS) : undefined;
  if (call) return sayStated.callWithoutColon(first.text, call);
  if (CALL_WORDS.includes(first.text.toLowerCase())) return sayStated.callWithoutHost(first.text);
  const words = [...STEPS, ...DECLARATIONS].map(({ word }) => word);
  return sayStated.unknownStatement(first.text, meant(first.text, STATEMENT_SYNONYMS, words));
}

/** The name before an `=` that begins a line: `x = 5`, `client.SND.WND = 0`. */
function assignedPath(cursor: Cursor): string | undefined {
  let path = peek(cursor).text;
  let ahead = 1;
  while (atSymbol(cursor, '.', ahead) && peek(cursor, ahead + 1).kind === 'word') {
    path += `.${peek(cursor, ahead + 1).text}`;
    ahead += 2;
  }
  return atSymbol(cursor, '=', ahead) ? path : undefined;
}

function expectation(cursor: Cursor, mode: 'expect' | 'eventually' | 'never'): Statement {
  const start = startOf(cursor);
  take(cursor);
  want(cursor, { kind: 'host' });
  if (atSegment(cursor)) {
    const pattern = segmentPattern(cursor);
    const options = tail(cursor, 'segment', mode === 'never' ? ['for'] : ['as', 'within']);
    const { as, within, during } = options;
    const range = since(cursor, start);
    return {
      kind: 'segment',
      mode,
      pattern: withFields(pattern, options.fields),
      as,
      within,
      during,
      range,
    };
  }
  if (atCall(cursor)) {
    if (mode !== 'expect') fail(cursor, sayStated.callAfter(mode));
    return { ...callStatement(cursor, 'expect'), range: since(cursor, start) };
  }
  if (mode === 'eventually') fail(cursor, sayStated.eventuallyFact());
  const what = fact(cursor);
  const { within, during } = tail(cursor, 'fact', mode === 'never' ? ['for'] : ['within']);
  return {
    kind: 'fact',
    mode: mode === 'never' ? 'never' : 'expect',
    fact: what,
    within,
    during,
    range: since(cursor, start),
  };
}

function inject(cursor: Cursor): Statement {
  const start = startOf(cursor);
  take(cursor);
  const pattern = segmentPattern(cursor);
  const { as, fields } = tail(cursor, 'segment', ['as']);
  return { kind: 'inject', pattern: withFields(pattern, fields), as, range: since(cursor, start) };
}

function icmp(cursor: Cursor): Statement {
  const start = startOf(cursor);
  take(cursor);
  want(cursor, { kind: 'icmp' });
  const { text: word, count } = hyphenated(cursor);
  const error = takeJoined(cursor, word, count);
  if (!isIcmpError(word.toLowerCase())) {
    const inPieces = `${word}-${peek(cursor).text}`.toLowerCase();
    const near = isIcmpError(inPieces) ? inPieces : suggest(word, ICMP_WORDS);
    failAt(cursor, sayStated.unknownIcmp(word, near, ICMP_WORDS), error.range);
  }
  const mtu = eatWord(cursor, 'mtu') ? mtuHere(cursor) : undefined;
  const pattern = segmentPattern(cursor);
  return { kind: 'icmp', error, mtu, pattern, range: since(cursor, start) };
}

function mtuHere(cursor: Cursor): Expression {
  needSymbol(cursor, '=', '`=` and a value after `mtu`');
  return sum(cursor);
}

function fault(cursor: Cursor, kind: FaultStatement['fault']): Statement {
  const start = startOf(cursor);
  take(cursor);
  // Only a bare number or parentheses: `drop n -> b SYN` would read in two ways.
  const counted = peek(cursor).kind === 'number' || atSymbol(cursor, '(');
  const count = counted ? countHere(cursor) : undefined;
  const all = ['all', 'any', 'every'].includes(peek(cursor).text.toLowerCase());
  if (atSymbol(cursor, '%') || (all && peek(cursor, 1).kind === 'word')) {
    fail(cursor, sayStated.shareOfSegments());
  }
  const pattern = segmentPattern(cursor);
  const { kind: next, text: behind } = peek(cursor);
  if (next === 'number' && /^\d+$/.test(behind)) fail(cursor, sayStated.countBehind(kind, behind));
  const own: readonly Option[] = kind === 'delay' ? ['by'] : kind === 'hold' ? ['as'] : [];
  const options = tail(cursor, 'segment', [...own, 'now', 'nth']);
  const { meets, nth } = options;
  if (nth && meets === 'sent') failAt(cursor, sayStated.misplacedOption('nth'), nth.range);
  if (kind === 'delay' && !options.by) fail(cursor, say.expected('`by` and a time', seen(cursor)));
  if (kind === 'hold' && !options.as) fail(cursor, say.expected('`as` and a name', seen(cursor)));
  return {
    kind: 'fault',
    fault: kind,
    count,
    pattern: withFields(pattern, options.fields),
    by: options.by,
    as: options.as,
    meets,
    nth,
    range: since(cursor, start),
  };
}

/** A number alone, without a unit in the next word: in `drop 2 s -> r SYN` the host is `s`. */
function countHere(cursor: Cursor): Expression {
  if (atSymbol(cursor, '(')) return sum(cursor);
  const token = peek(cursor);
  const start = startOf(cursor);
  if (!/^[0-9_]+$/.test(token.text))
    fail(cursor, say.expected('how many, a whole number', seen(cursor)));
  take(cursor);
  const value = Number(token.text.replaceAll('_', ''));
  return { kind: 'number', value, text: token.text, range: since(cursor, start) };
}

function release(cursor: Cursor): Statement {
  const start = startOf(cursor);
  take(cursor);
  const name = needName(cursor, 'the name of what is held', { kind: 'held' });
  return { kind: 'release', name, range: since(cursor, start) };
}

function path(cursor: Cursor, kind: 'cut' | 'mend'): Statement {
  const start = startOf(cursor);
  take(cursor);
  const { from, to } = pair(cursor);
  return { kind, from, to, range: since(cursor, start) };
}

function hostStep(cursor: Cursor, kind: 'crash' | 'restart'): Statement {
  const start = startOf(cursor);
  take(cursor);
  const host = needName(cursor, 'the name of a host', { kind: 'host' });
  return { kind, host, range: since(cursor, start) };
}

function wait(cursor: Cursor): Statement {
  const start = startOf(cursor);
  take(cursor);
  if (eatWord(cursor, 'quiet')) {
    return { kind: 'wait', until: { kind: 'quiet' }, range: since(cursor, start) };
  }
  if (atWord(cursor, 'until') && atWord(cursor, 'quiet', 1))
    fail(cursor, sayStated.filler('until'));
  if (eatWord(cursor, 'until')) {
    const what = fact(cursor);
    const { within } = tail(cursor, 'fact', ['within']);
    const until = { kind: 'fact', fact: what, within } as const;
    return { kind: 'wait', until, range: since(cursor, start) };
  }
  refuseFiller(cursor, ['for', 'about'], ['number']);
  if (atWord(cursor, 'for')) fail(cursor, sayStated.waitFor());
  if (atEnd(cursor)) fail(cursor, say.expected('a time, `until` or `quiet`', seen(cursor)));
  const amount = sum(cursor);
  const counted = eatWord(cursor, 'events') || eatWord(cursor, 'event');
  const until = counted
    ? ({ kind: 'events', count: amount } as const)
    : ({ kind: 'duration', duration: amount } as const);
  return { kind: 'wait', until, range: since(cursor, start) };
}

function deliver(cursor: Cursor): Statement {
  const start = startOf(cursor);
  take(cursor);
  const pattern = segmentPattern(cursor);
  const { nth, in: after, fields } = tail(cursor, 'segment', ['nth', 'in']);
  const range = since(cursor, start);
  return { kind: 'deliver', pattern: withFields(pattern, fields), nth, in: after, range };
}

function binding(cursor: Cursor): Statement {
  const start = startOf(cursor);
  take(cursor);
  const name = needName(cursor, 'a name');
  needSymbol(cursor, '=', '`=` and a value');
  const value = expression(cursor);
  return { kind: 'let', name, value, range: since(cursor, start) };
}

function print(cursor: Cursor): Statement {
  const start = startOf(cursor);
  take(cursor);
  const written = text(cursor);
  const parsed: Template = template(cursor, written);
  return { kind: 'print', template: parsed, range: since(cursor, start) };
}
