/** Segments that a script makes: injected, or altered under way. */

import { OPTION_FIELDS } from '../lang/keywords.js';
import { type FieldName, isCounters } from '../lang/segment-tree.js';
import { codepointOf, NOT_ECT } from '../tcp/ecn/ip.js';
import { OPTION_SPACE, type Options, optionsLength } from '../tcp/options.js';
import { type Segment, segment } from '../tcp/segment.js';
import { num, seq } from '../tcp/seq.js';
import type { Wanted } from './pattern.js';

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
    ecn: codepointOf(numberOf('ecn') ?? NOT_ECT),
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
    const key = OPTION_FIELDS[name];
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
    ecn: codepointOf(numberOf('ecn') ?? rest.ecn),
    options,
    data: says || length !== undefined ? dataFrom(wanted, length ?? 0) : data,
  };
}

/** Why no TCP could send such a segment; undefined when one could. */
export function whyNone({ options }: Segment): string | undefined {
  const length = optionsLength(options);
  if (length <= OPTION_SPACE) return undefined;
  return `The options of this segment would have ${length} octets: a TCP header has room for ${OPTION_SPACE}.`;
}

/** Where an injected segment comes from and goes to, when the script does not say. */
export interface Ports {
  readonly source: number;
  readonly destination: number;
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
    ...countersFrom(wanted),
  };
}

function cookieFrom({ fields }: Wanted): Pick<Options, 'fastOpen'> {
  const field = fields.find(({ name }) => name === 'fo' || name === 'foexp');
  if (field === undefined) return {};
  const { name, value } = field;
  const cookie = textIn(value);
  return { fastOpen: name === 'fo' ? { cookie } : { cookie, experimental: true } };
}

function countersFrom({ fields }: Wanted): Pick<Options, 'accurateEcn'> {
  const field = fields.find(({ name }) => isCounters(name));
  if (field === undefined) return {};
  const { name, value } = field;
  const written = textIn(value);
  const counters = written === '' ? [] : written.split(':').map(Number);
  return { accurateEcn: { order: name === 'accecn0' ? 0 : 1, fields: counters } };
}

/** What a text says; nothing for a value that may be any. */
function textIn(value: Wanted['fields'][number]['value']): string {
  return value !== 'any' && value.kind === 'text' ? new TextDecoder().decode(value.octets) : '';
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

/** The window of an injected segment that names none: open, so that the receiver is not kept from sending. */
const OPEN_WINDOW = 65535;
