/** Segments as the script writes them: what must be there, what is different, and how to make one. */

import type { FieldName } from '../lang/ast.js';
import type { ProgramSegment } from '../lang/program.js';
import type { Options } from '../tcp/options.js';
import type { Segment } from '../tcp/segment.js';
import { ACK, FLAGS, has, PSH, printCtl, segment } from '../tcp/segment.js';
import { num, seq } from '../tcp/seq.js';
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
  const mask = (wanted & PSH) !== 0 ? 0xff : 0xff & ~PSH;
  return (wanted & mask) === (actual & mask);
}

function fieldDifference({ name, value, echo }: WantedField, seg: Segment): readonly Difference[] {
  const actual = actualField(name, seg, value);
  const shown = actual === undefined ? 'none' : showValue(actual);
  if (value === 'any') {
    const there = name === 'data' ? seg.data.length > 0 : actual !== undefined;
    return there
      ? []
      : [{ field: name, expected: name === 'data' ? 'some' : 'there', actual: shown }];
  }
  const found: Difference[] = [];
  if (value.kind !== 'blank' && !(actual && equal(value, actual))) {
    found.push({ field: name, expected: showValue(value), actual: shown });
  }
  if (echo && echo.kind !== 'blank') {
    const ecr = seg.options.timestamps?.ecr;
    if (ecr === undefined || !equal(echo, seqValue(ecr))) {
      const text = ecr === undefined ? 'none' : String(ecr);
      found.push({ field: 'ts echo', expected: showValue(echo), actual: text });
    }
  }
  return found;
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
    case 'fo':
    case 'foexp':
      return cookieValue(options, name === 'foexp');
  }
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
    texts.push({ name, text: value === 'any' ? 'there' : showValue(value) });
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
    texts.push({ name, text: hidden ? '?' : actual ? showValue(actual) : 'none' });
  }
  return texts;
}

/** Where an injected segment comes from and goes to, when the script does not say. */
export interface Ports {
  readonly source: number;
  readonly destination: number;
}

/** The window of an injected segment that names none: open, so that the receiver is not kept from sending. */
const OPEN_WINDOW = 65535;

/** The segment that a pattern describes, to be put on the wire. */
export function segmentFrom(wanted: Wanted, ports: Ports): Segment {
  const numberOf = (name: FieldName) => numberIn(wanted, name);
  return segment({
    ctl: typeof wanted.ctl === 'number' ? wanted.ctl : 0,
    sourcePort: numberOf('from') ?? ports.source,
    destinationPort: numberOf('to') ?? ports.destination,
    seq: seq(numberOf('seq') ?? 0),
    ack: seq(numberOf('ack') ?? 0),
    wnd: numberOf('win') ?? OPEN_WINDOW,
    up: numberOf('up') ?? 0,
    options: optionsFrom(wanted, numberOf),
    data: dataFrom(wanted, numberOf('data') ?? numberOf('len') ?? 0),
  });
}

/** A segment with what a pattern says in place of its own, and without some options. */
export function alteredBy(
  wanted: Wanted,
  without: readonly FieldName[],
  segment: Segment,
): Segment {
  const numberOf = (name: FieldName) => numberIn(wanted, name);
  const { data, ...rest } = segment;
  const length = numberOf('data') ?? numberOf('len');
  const says = wanted.fields.some(({ name }) => name === 'data');
  const options: { [name in keyof Options]: Options[name] } = {
    ...rest.options,
    ...optionsFrom(wanted, numberOf),
  };
  for (const name of without) {
    const key = optionOf(name);
    if (key !== undefined) delete options[key];
  }
  return {
    ...rest,
    ctl: typeof wanted.ctl === 'number' ? wanted.ctl : rest.ctl,
    sourcePort: numberOf('from') ?? rest.sourcePort,
    destinationPort: numberOf('to') ?? rest.destinationPort,
    seq: seq(numberOf('seq') ?? num(rest.seq)),
    ack: seq(numberOf('ack') ?? num(rest.ack)),
    wnd: numberOf('win') ?? rest.wnd,
    up: numberOf('up') ?? rest.up,
    options,
    data: says || length !== undefined ? dataFrom(wanted, length ?? 0) : data,
  };
}

/** The option that a field is about; undefined when it is about another part of a segment. */
export function optionOf(name: FieldName): keyof Options | undefined {
  switch (name) {
    case 'mss':
      return 'mss';
    case 'wscale':
      return 'windowScale';
    case 'sackok':
      return 'sackPermitted';
    case 'ts':
      return 'timestamps';
    case 'uto':
      return 'userTimeout';
    case 'fo':
    case 'foexp':
      return 'fastOpen';
    default:
      return undefined;
  }
}

/** The number that a pattern says a field is; undefined where it says none. */
export function numberIn({ fields }: Wanted, name: FieldName): number | undefined {
  const value = fields.find((field) => field.name === name)?.value;
  if (value === undefined || value === 'any') return undefined;
  return 'value' in value && typeof value.value === 'number' ? value.value : undefined;
}

function optionsFrom(wanted: Wanted, numberOf: (name: FieldName) => number | undefined): Options {
  const [mss, windowScale, val] = [numberOf('mss'), numberOf('wscale'), numberOf('ts')];
  const userTimeout = numberOf('uto');
  const echo = wanted.fields.find(({ name }) => name === 'ts')?.echo;
  const ecr = echo && 'value' in echo && typeof echo.value === 'number' ? echo.value : 0;
  return {
    ...(mss === undefined ? {} : { mss }),
    ...(windowScale === undefined ? {} : { windowScale }),
    ...(wanted.fields.some(({ name }) => name === 'sackok')
      ? { sackPermitted: true as const }
      : {}),
    ...(val === undefined ? {} : { timestamps: { val: val >>> 0, ecr: ecr >>> 0 } }),
    ...(userTimeout === undefined ? {} : { userTimeout }),
    ...cookieFrom(wanted),
  };
}

function cookieFrom({ fields }: Wanted): Pick<Options, 'fastOpen'> {
  const field = fields.find(({ name }) => name === 'fo' || name === 'foexp');
  if (field === undefined) return {};
  const { name, value } = field;
  const octets = value !== 'any' && value.kind === 'text' ? value.octets : new Uint8Array(0);
  const cookie = new TextDecoder().decode(octets);
  return { fastOpen: name === 'fo' ? { cookie } : { cookie, experimental: true } };
}

function dataFrom(wanted: Wanted, count: number): Uint8Array {
  const value = wanted.fields.find(({ name }) => name === 'data')?.value;
  if (value !== undefined && value !== 'any' && value.kind === 'text') return value.octets;
  return filler(value === 'any' ? Math.max(1, count) : count);
}

/** Text of a given length, where the script gives only the length: the alphabet, over and over. */
export function filler(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => 0x61 + (i % 26));
}
