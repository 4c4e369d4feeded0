/** Checks of segments: what may be expected, injected, or lost. */

import * as say from './checker-messages.js';
import { type Checking, checkNumber, SEQUENCE, typing } from './checking.js';
import type { Expression } from './expression-tree.js';
import { fieldTwice } from './messages.js';
import * as names from './names.js';
import {
  type Field,
  type FieldName,
  isCookie,
  isCounters,
  type SegmentPattern,
} from './segment-tree.js';
import { textOctets } from './text.js';
import { constantOf, typeOf } from './types.js';

/** What a segment is written for: only what is expected may have a student's blanks. `change`: of what is under way. */
export type PatternUse = 'expect' | 'inject' | 'fault' | 'change';

const OCTET = [0, 255] as const;
const WORD = [0, 65_535] as const;

/** Each number's name and range. */
const FIELD_RANGES: Readonly<Record<FieldName, readonly [string, readonly [number, number]]>> = {
  from: ['A port', [1, 65_535]],
  to: ['A port', [1, 65_535]],
  seq: ['A sequence number', SEQUENCE],
  ack: ['An acknowledgment number', SEQUENCE],
  win: ['A window field', WORD],
  len: ['A length', [0, 65_535]],
  data: ['A length', [0, 65_495]],
  mss: ['The MSS option', WORD],
  wscale: ['The window scale option', OCTET],
  sackok: ['SACK-permitted', OCTET],
  ts: ['A timestamp', SEQUENCE],
  uto: ['The user timeout option, in seconds,', [0, 32_767 * 60]],
  up: ['The urgent pointer', WORD],
  ecn: ['The ECN field', [0, 3]],
  fo: ['A cookie', OCTET],
  foexp: ['A cookie', OCTET],
  accecn0: ['A counter', [0, 2 ** 24 - 1]],
  accecn1: ['A counter', [0, 2 ** 24 - 1]],
};

export function checkPattern(pattern: SegmentPattern, use: PatternUse, checking: Checking): void {
  const { from, to, flags, fields } = pattern;
  names.needAnyHost(checking.names, from);
  names.needAnyHost(checking.names, to);
  const seen = new Set<FieldName>();
  for (const field of fields) {
    if (seen.has(field.name)) checking.report(fieldTwice(field.name), field.range);
    seen.add(field.name);
    checkField(field, use, checking);
  }
  checkLength(fields, checking);
  if (flags === 'blank') {
    checking.report(use === 'expect' ? say.unanswered() : say.blankHere(), pattern.range);
  } else {
    const ack = fields.find(({ name }) => name === 'ack');
    if (flags && ack && !flags.includes('ACK')) checking.report(say.ackWithoutBit(), ack.range);
    if (use === 'inject') checkComplete(pattern, seen, checking);
  }
}

/** A segment to inject says all that has no obvious value. */
function checkComplete(
  { flags, range }: SegmentPattern,
  seen: ReadonlySet<FieldName>,
  checking: Checking,
): void {
  if (!flags) checking.report(say.injectWithoutFlags(), range);
  else if (!seen.has('seq')) checking.report(say.injectWithoutField('seq', ''), range);
  else if (flags.includes('ACK') && !seen.has('ack')) {
    checking.report(say.injectWithoutField('ack', ' with the control bit ACK'), range);
  }
}

function checkField({ name, value, echo }: Field, use: PatternUse, checking: Checking): void {
  const [what, range] = FIELD_RANGES[name];
  for (const part of [value, echo]) {
    if (part === undefined) continue;
    if (part.kind === 'blank' && use === 'expect') checking.report(say.unanswered(), part.range);
    else if (isCookie(name)) checkCookie(part, checking);
    else if (isCounters(name)) checkCounters(part, range[1], checking);
    else if (isText(part, checking)) checkText(name, part, checking);
    else checkNumber(part, what, use === 'change' ? [0, range[1]] : range, checking);
  }
}

/** RFC 9768 §3.2.3: at most three counters of 24 bits. */
function checkCounters(value: Expression, most: number, checking: Checking): void {
  if (value.kind !== 'text') return;
  const counters = value.value.split(':');
  if (counters.length > 3 || counters.some((one) => !/^\d+$/.test(one) || Number(one) > most))
    checking.report(say.badCounters(most), value.range);
}

/** A cookie is a text of hexadecimal digits, two an octet; longer than 38 octets it fits no header. */
function checkCookie(value: Expression, checking: Checking): void {
  if (!isText(value, checking)) {
    checking.report(say.wrongType('a text', 'something else'), value.range);
  } else if (value.kind === 'text' && !/^(?:[0-9a-f]{2}){0,38}$/.test(digits(value.text))) {
    checking.report(say.badCookie(), value.range);
  }
}

function digits(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(textOctets(text)));
}

function isText(value: Expression, checking: Checking): boolean {
  const quiet = { ...typing(checking), report: () => undefined, unknownPath: () => undefined };
  return typeOf(value, quiet) === 'text';
}

function checkText(name: FieldName, value: Expression, checking: Checking): void {
  if (name !== 'data') checking.report(say.wrongType('a number', 'a text'), value.range);
  else typeOf(value, typing(checking));
}

/** `len` and `data` of one segment agree. */
function checkLength(fields: readonly Field[], checking: Checking): void {
  const len = fields.find(({ name }) => name === 'len');
  const data = fields.find(({ name }) => name === 'data')?.value;
  const said = len?.value && constantOf(len.value, checking.names.constants);
  if (said === undefined || !len || data?.kind !== 'text') return;
  const { length } = textOctets(data.text);
  if (said !== length) checking.report(say.lengthDiffers(said, length), len.range);
}
