/** Segments as the script writes them: what must be there, what is different, and how to make one. */

import type { ProgramSegment } from '../lang/program.js';
import { type FieldName, isCounters } from '../lang/segment-tree.js';
import { codepointOf, printCodepoint } from '../tcp/ecn/ip.js';
import type { Options } from '../tcp/options.js';
import { ACK, FLAGS, has, PSH, printCtl, type Segment } from '../tcp/segment.js';
import { num } from '../tcp/seq.js';
import type { Environment, Problem } from './environment.js';
import { evaluate } from './evaluate.js';
import type { Difference, FieldText } from './expectations.js';
import { equal, numberValue, seqValue, showValue, textValueOf, type Value } from './values.js';

/** A pattern with its expressions calculated. */
export interface Wanted {
  readonly from: string;
  readonly to: string;
  /** The control bits as an octet. */
  readonly ctl: number | 'blank' | undefined;
  readonly fields: readonly WantedField[];
}

interface WantedField {
  readonly name: FieldName;
  readonly value: Value | 'any';
  readonly echo: Value | undefined;
}

/** Calculates a pattern's expressions; the problem with the first that has no value. */
export function wantedOf(pattern: ProgramSegment, env: Environment): Wanted | Problem {
  const fields: WantedField[] = [];
  for (const { name, value, echo } of pattern.fields) {
    const found = value === 'any' ? value : evaluate(value, env);
    if (found !== 'any' && found.kind === 'problem') return found;
    const second = echo && evaluate(echo, env);
    if (second?.kind === 'problem') return second;
    fields.push({ name, value: found, echo: second });
  }
  const { from, to, flags } = pattern;
  const ctl = flags === undefined || flags === 'blank' ? flags : ctlOf(flags);
  return { from, to, ctl, fields };
}

function ctlOf(flags: readonly string[]): number {
  return FLAGS.reduce((ctl, flag, i) => (flags.includes(flag) ? ctl | (1 << i) : ctl), 0);
}

/** Whether the pattern has a student's `?`. */
export function isUnanswered(wanted: Wanted): boolean {
  const blank = (value: Value | 'any' | undefined) =>
    value !== undefined && value !== 'any' && value.kind === 'blank';
  return (
    wanted.ctl === 'blank' || wanted.fields.some(({ value, echo }) => blank(value) || blank(echo))
  );
}

/** Field by field, what is not as the pattern wants it; empty when the segment matches. */
export function differencesFrom(wanted: Wanted, seg: Segment): readonly Difference[] {
  const found: Difference[] = [];
  if (typeof wanted.ctl === 'number' && !sameCtl(wanted.ctl, seg.ctl)) {
    found.push({ field: 'flags', expected: printCtl(wanted.ctl), actual: printCtl(seg.ctl) });
  }
  for (const field of wanted.fields) found.push(...fieldDifference(field, seg));
  return found;
}

/** Whether the segment is as the pattern wants it. */
export function matches(wanted: Wanted, seg: Segment): boolean {
  return differencesFrom(wanted, seg).length === 0;
}

/** PSH counts only where it is written: figures leave it out. */
export function sameCtl(wanted: number, actual: number): boolean {
  const mask = (wanted & PSH) !== 0 ? ~0 : ~PSH;
  return (wanted & mask) === (actual & mask);
}

/** What is shown where a segment has no such option. */
export const NO_OPTION = 'none';

function fieldDifference({ name, value, echo }: WantedField, seg: Segment): readonly Difference[] {
  const actual = actualField(name, seg, value);
  const shown = actual === undefined ? NO_OPTION : showField(name, actual);
  if (value === 'any') {
    const there = name === 'data' ? seg.data.length > 0 : actual !== undefined;
    return there
      ? []
      : [{ field: name, expected: name === 'data' ? 'some' : 'there', actual: shown }];
  }
  const found: Difference[] = [];
  if (value.kind !== 'blank' && !(actual && equal(value, actual))) {
    found.push({ field: name, expected: showField(name, value), actual: shown });
  }
  if (echo && echo.kind !== 'blank') {
    const ecr = seg.options.timestamps?.ecr;
    if (ecr === undefined || !equal(echo, seqValue(ecr))) {
      const text = ecr === undefined ? NO_OPTION : String(ecr);
      found.push({ field: 'ts echo', expected: showValue(echo), actual: text });
    }
  }
  return found;
}

/** A codepoint has a name. */
function showField(name: FieldName, value: Value): string {
  if (isCounters(name) && value.kind === 'text') return new TextDecoder().decode(value.octets);
  return name === 'ecn' && value.kind === 'number'
    ? printCodepoint(codepointOf(value.value))
    : showValue(value);
}

/** The segment's own value of a field; undefined when it has none. */
function actualField(name: FieldName, seg: Segment, wanted: Value | 'any'): Value | undefined {
  const { options } = seg;
  const option = (value: number | undefined) => (value === undefined ? value : numberValue(value));
  switch (name) {
    case 'from':
      return numberValue(seg.sourcePort);
    case 'to':
      return numberValue(seg.destinationPort);
    case 'seq':
      return seqValue(num(seg.seq));
    case 'ack':
      return has(seg, ACK) ? seqValue(num(seg.ack)) : undefined;
    case 'win':
      return numberValue(seg.wnd);
    case 'len':
      return numberValue(seg.data.length);
    case 'data':
      return wanted !== 'any' && wanted.kind === 'text'
        ? textValueOf(seg.data)
        : numberValue(seg.data.length);
    case 'mss':
      return option(options.mss);
    case 'wscale':
      return option(options.windowScale);
    case 'sackok':
      return options.sackPermitted ? numberValue(1) : undefined;
    case 'ts':
      return options.timestamps && seqValue(options.timestamps.val);
    case 'uto':
      return option(options.userTimeout);
    case 'up':
      return numberValue(seg.up);
    case 'ecn':
      return numberValue(seg.ecn);
    case 'fo':
    case 'foexp':
      return cookieValue(options, name === 'foexp');
    case 'accecn0':
    case 'accecn1':
      return countersValue(options, name === 'accecn0' ? 0 : 1);
  }
}

/** The counters of the option in this order, as they are written; undefined when it is not there. */
function countersValue({ accurateEcn }: Options, order: 0 | 1): Value | undefined {
  if (accurateEcn?.order !== order) return undefined;
  return textValueOf(new TextEncoder().encode(accurateEcn.fields.join(':')));
}

/** The cookie of the option, empty for a request; undefined when it is not there, or is the other kind. */
function cookieValue({ fastOpen }: Options, experimental: boolean): Value | undefined {
  if (fastOpen === undefined || (fastOpen.experimental === true) !== experimental) return undefined;
  return textValueOf(new TextEncoder().encode(fastOpen.cookie));
}

/** The pattern's fields as texts, flags first; a student's `?` stays one. */
export function fieldTexts(wanted: Wanted): readonly FieldText[] {
  const texts: FieldText[] = [];
  if (wanted.ctl !== undefined) {
    texts.push({ name: 'flags', text: wanted.ctl === 'blank' ? '?' : printCtl(wanted.ctl) });
  }
  for (const { name, value } of wanted.fields) {
    texts.push({ name, text: value === 'any' ? 'there' : showField(name, value) });
  }
  return texts;
}

/** The same fields of a segment that was seen. Where the pattern has a `?`, a `?`: the answer is the student's. */
export function actualTexts(wanted: Wanted, seg: Segment): readonly FieldText[] {
  const texts: FieldText[] = [];
  if (wanted.ctl !== undefined) {
    texts.push({ name: 'flags', text: wanted.ctl === 'blank' ? '?' : printCtl(seg.ctl) });
  }
  for (const { name, value } of wanted.fields) {
    const hidden = value !== 'any' && value.kind === 'blank';
    const actual = actualField(name, seg, value);
    texts.push({ name, text: hidden ? '?' : actual ? showField(name, actual) : NO_OPTION });
  }
  return texts;
}
