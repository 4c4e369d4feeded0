/** Segments in a script: `A -> B SYN,ACK seq=300 ack=101`, or `A -> B <SEQ=300><ACK=101><CTL=SYN,ACK>`. */

import { CODEPOINTS } from '../tcp/ecn/ip.js';
import { FLAGS, type Flag } from '../tcp/segment.js';
import {
  atEnd,
  atSymbol,
  atWord,
  type Cursor,
  eatSymbol,
  fail,
  failAt,
  needName,
  needSymbol,
  peek,
  seen,
  since,
  startOf,
  take,
  want,
} from './cursor.js';
import type { Expression } from './expression-tree.js';
import { sum, text } from './expressions.js';
import { FIELD_NAMES, FIELD_SPELLINGS } from './keywords.js';
import * as say from './messages.js';
import {
  type Field,
  type FieldName,
  isCookie,
  isCounters,
  isFlag,
  type SegmentPattern,
} from './segment-tree.js';
import { addressInSegment } from './statement-messages.js';
import { suggest } from './suggest.js';
import { FIELD_SYNONYMS, meant } from './synonyms.js';

/** What may follow the fields of a segment; whoever asked for the segment reads it. */
const TAIL: ReadonlySet<string> = new Set([
  ...['as', 'within', 'for', 'by', 'with'],
  ...['in', 'now', 'nth', 'without'],
]);

/** Whether a segment begins here: `NAME ->`, or an arrow that was meant to be one. */
export function atSegment(cursor: Cursor): boolean {
  return peek(cursor).kind === 'word' && atArrow(cursor, 1);
}

function atArrow(cursor: Cursor, ahead: number): boolean {
  return atSymbol(cursor, '->', ahead) || arrowMistake(cursor, ahead) !== undefined;
}

/** Other arrows: `A <- B`, `A --> B`, `A => B`, `A → B`; `A > B` where control bits follow. */
function arrowMistake(cursor: Cursor, ahead: number): string | undefined {
  const arrow = peek(cursor, ahead);
  if (arrow.kind === 'unknown' && /^[\u2192\u21d2\u2794\u279c\u27f6]$/.test(arrow.text))
    return arrow.text;
  const next = peek(cursor, ahead + 1);
  const control = peek(cursor, ahead + 2);
  if (arrow.text === '>' && next.kind === 'word' && isFlag(control.text)) return '>';
  if (next.spaced) return undefined;
  if (atSymbol(cursor, '--', ahead) && next.text === '>') return '-->';
  if (atSymbol(cursor, '<', ahead) && (next.text === '-' || next.text === '--')) return '<-';
  if (atSymbol(cursor, '=', ahead) && next.text === '>') return '=>';
  return undefined;
}

/** Reads a segment up to the end of the line or a word of the tail. */
export function segmentPattern(cursor: Cursor): SegmentPattern {
  const start = startOf(cursor);
  if (peek(cursor).kind === 'number') fail(cursor, addressInSegment());
  const from = needName(cursor, 'the name of the sender', { kind: 'host' });
  if (isFlag(from.text) && !atArrow(cursor, 0)) {
    failAt(cursor, say.segmentWithoutHosts(from.text), from.range);
  }
  const mistake = arrowMistake(cursor, 0);
  if (mistake) fail(cursor, say.wrongArrow(mistake, from.text, peek(cursor, 2).text));
  needSymbol(cursor, '->', '`->` and the name of the receiver');
  if (peek(cursor).kind === 'number') fail(cursor, addressInSegment());
  const to = needName(cursor, 'the name of the receiver', { kind: 'host' });
  if (atSymbol(cursor, ':')) fail(cursor, say.portInSegment());
  if (atSymbol(cursor, '<')) return rfcNotation(cursor, { from, to, start });
  const flags = atFlags(cursor) ? flagList(cursor) : undefined;
  const fields = fieldList(cursor);
  const range = since(cursor, start);
  return { from, to, flags, fields, notation: 'fields', flagsAt: 0, range };
}

/** The bits and fields after `with`: what a segment has instead of its own. */
export function segmentChanges(
  cursor: Cursor,
  { from, to }: Pick<SegmentPattern, 'from' | 'to'>,
): SegmentPattern {
  const start = startOf(cursor);
  const flags = !atEnd(cursor) && atFlags(cursor) ? flagList(cursor) : undefined;
  const fields = fieldList(cursor);
  if (flags === undefined && fields.length === 0 && !atWord(cursor, 'without')) {
    fail(cursor, say.expected('control bits or fields such as `seq=1`', seen(cursor)));
  }
  return { from, to, flags, fields, notation: 'fields', flagsAt: 0, range: since(cursor, start) };
}

function atFlags(cursor: Cursor): boolean {
  want(cursor, { kind: 'flag' });
  if (atSymbol(cursor, '?')) return true;
  const { kind, text: word } = peek(cursor);
  const name = word.toLowerCase();
  if (kind !== 'word' || TAIL.has(name) || atSymbol(cursor, '=', 1)) return false;
  return !Object.hasOwn(FIELD_SPELLINGS, name) || name === 'ack';
}

/** `SYN,ACK`, `none` or `?`. */
function flagList(cursor: Cursor): readonly Flag[] | 'blank' {
  if (eatSymbol(cursor, '?')) return 'blank';
  if (atWord(cursor, 'none')) {
    take(cursor);
    return [];
  }
  const flags: Flag[] = [];
  do {
    const flag = flagHere(cursor);
    if (flag && flags.includes(flag)) fail(cursor, say.flagTwice(flag));
    take(cursor);
    if (flag) flags.push(flag);
  } while (eatSymbol(cursor, ','));
  const glue = peek(cursor);
  const next = peek(cursor, 1);
  if (['+', '|', '-', '/', '&', '||', '&&'].includes(glue.text) && next.kind === 'word') {
    fail(cursor, say.flagsJoinedBy(glue.text, [...flags, next.text.toUpperCase()].join(',')));
  }
  if (isFlag(glue.text) && !atSymbol(cursor, '=', 1) && !atSymbol(cursor, '==', 1)) {
    fail(cursor, say.flagsJoinedBy(' ', [...flags, glue.text.toUpperCase()].join(',')));
  }
  return flags;
}

function flagHere(cursor: Cursor): Flag | undefined {
  want(cursor, { kind: 'flag' });
  const token = peek(cursor);
  const name = token.text.toUpperCase();
  const flag = token.kind === 'word' ? FLAGS.find((known) => known === name) : undefined;
  if (!flag) {
    if (token.kind !== 'word')
      fail(cursor, say.expected('a control bit such as `SYN`', seen(cursor)));
    else if (name === 'SYNACK' || name === 'FINACK') {
      fail(cursor, say.flagsJoinedBy('', `${name.slice(0, 3)},ACK`));
    } else fail(cursor, say.unknownFlag(token.text, suggest(token.text, FLAGS)));
  }
  return flag;
}

/** Fields up to the end of the line or a word of the tail. */
export function fieldList(cursor: Cursor): readonly Field[] {
  const fields: Field[] = [];
  want(cursor, { kind: 'field' });
  while (peek(cursor).kind === 'word' && !TAIL.has(peek(cursor).text.toLowerCase())) {
    fields.push(field(cursor));
    want(cursor, { kind: 'field' });
  }
  return fields;
}

function field(cursor: Cursor): Field {
  const start = startOf(cursor);
  const name = fieldName(cursor);
  if (name === 'sackok' || (mayBeBare(name) && !atSymbol(cursor, '='))) {
    return { name, value: undefined, echo: undefined, range: since(cursor, start) };
  }
  if (name === 'from' || name === 'to') eatSymbol(cursor, '=');
  else needSymbol(cursor, '=', `\`=\` and a value after \`${name}\``);
  const { value, echo } = fieldValue(cursor, name);
  return { name, value, echo, range: since(cursor, start) };
}

/** The Fast Open and the AccECN Option need no value: they are there. */
function mayBeBare(name: FieldName): boolean {
  return isCookie(name) || isCounters(name);
}

function fieldName(cursor: Cursor): FieldName {
  const token = peek(cursor);
  const spelling = token.text.toLowerCase();
  const name = Object.hasOwn(FIELD_SPELLINGS, spelling) ? FIELD_SPELLINGS[spelling] : undefined;
  if (name === undefined) {
    if (isFlag(token.text)) fail(cursor, say.flagAfterFields(token.text));
    else {
      fail(cursor, say.unknownField(token.text, meant(spelling, FIELD_SYNONYMS, FIELD_NAMES)));
    }
  }
  take(cursor);
  return name ?? 'seq';
}

function fieldValue(
  cursor: Cursor,
  name: FieldName,
): { readonly value: Expression; readonly echo: Expression | undefined } {
  if ((name === 'data' || isCookie(name)) && peek(cursor).kind === 'text')
    return { value: text(cursor), echo: undefined };
  if (isCounters(name) && !atSymbol(cursor, '?'))
    return { value: counters(cursor), echo: undefined };
  const value = (name === 'ecn' ? codepoint(cursor) : undefined) ?? sum(cursor);
  const echo = name === 'ts' && eatSymbol(cursor, ':') ? sum(cursor) : undefined;
  return { value, echo };
}

/** `1:0:1`, or fewer. */
function counters(cursor: Cursor): Expression {
  const start = startOf(cursor);
  const written: string[] = [];
  do {
    const token = peek(cursor);
    if (token.kind !== 'number') fail(cursor, say.expected('a counter, a number', seen(cursor)));
    written.push(token.text);
    take(cursor);
  } while (eatSymbol(cursor, ':'));
  const value = written.join(':');
  return { kind: 'text', value, text: `"${value}"`, range: since(cursor, start) };
}

/** `ce`, `ect0`: the number of the codepoint by its name. */
function codepoint(cursor: Cursor): Expression | undefined {
  want(cursor, { kind: 'codepoint' });
  const { kind, text: word } = peek(cursor);
  const value = (CODEPOINTS as readonly string[]).indexOf(word.toUpperCase());
  if (kind !== 'word' || value < 0) return undefined;
  const start = startOf(cursor);
  take(cursor);
  return { kind: 'number', value, text: word, range: since(cursor, start) };
}

/** The figures' notation: each part in angle brackets, CTL among them. */
function rfcNotation(
  cursor: Cursor,
  head: Pick<SegmentPattern, 'from' | 'to'> & { readonly start: ReturnType<typeof startOf> },
): SegmentPattern {
  const fields: Field[] = [];
  let flags: readonly Flag[] | 'blank' | undefined;
  let flagsAt = 0;
  while (eatSymbol(cursor, '<')) {
    if (atWord(cursor, 'ctl')) {
      take(cursor);
      needSymbol(cursor, '=', '`=` and the control bits after `CTL`');
      if (flags) fail(cursor, say.fieldTwice('CTL'));
      flags = flagList(cursor);
      flagsAt = fields.length;
    } else fields.push(rfcField(cursor));
    needSymbol(cursor, '>', 'a closing `>`');
  }
  const { from, to, start } = head;
  const range = since(cursor, start);
  return { from, to, flags, fields, notation: 'rfc', flagsAt, range };
}

/** `SEQ=100`, `DATA=10` (octets of text) or `DATA` (some text). */
function rfcField(cursor: Cursor): Field {
  const start = startOf(cursor);
  want(cursor, { kind: 'field' });
  if (peek(cursor).kind !== 'word') {
    fail(cursor, say.expected('a field such as `SEQ=100` or `CTL=SYN`', seen(cursor)));
  }
  const isData = atWord(cursor, 'data');
  const name = fieldName(cursor);
  if (name === 'sackok' || ((isData || mayBeBare(name)) && !atSymbol(cursor, '='))) {
    return { name, value: undefined, echo: undefined, range: since(cursor, start) };
  }
  needSymbol(cursor, '=', `\`=\` and a value after \`${name.toUpperCase()}\``);
  const { value, echo } = fieldValue(cursor, name);
  return { name, value, echo, range: since(cursor, start) };
}
