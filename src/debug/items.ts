/** Values of the record as trees of variables: names, texts, and what they open into. */

import { spaced } from '../base/spaced.js';
import { printDuration, printInstant } from '../base/time.js';
import { isSequence, sequenceOrigin } from '../run/fields.js';
import type { Place } from '../sim/step.js';
import { printCodepoint } from '../tcp/ecn/ip.js';
import { ACK, has, printCtl, printPorts, type Segment, segLen } from '../tcp/segment.js';
import { num, seq } from '../tcp/seq.js';
import { SETTINGS } from '../tcp/settings.js';
import { printSocket, type Socket } from '../tcp/tcb.js';
import { wholeList } from '../tcp/whole-lists.js';
import { type Bases, type Shown, show, shownSegment, shownText, turned } from './numbers.js';

/** One variable. Numbers are printed when somebody looks, in the way that the user wants to see them. */
export interface Item {
  /** Tells it from a problem. */
  readonly kind?: undefined;
  readonly name: string;
  readonly value: Shown;
  readonly type?: string;
  /** The expression that gives this value again, for watches. */
  readonly evaluateName?: string;
  /** The name by which it is set, where that is no expression: `#3.seq`, `client--server.loss`. */
  readonly setName?: string;
  /** The segment whose octets it has, by the number of its delivery. */
  readonly delivery?: number;
  /** What it was before this step changed it. */
  readonly was?: Shown;
  /** The moment that it tells of: one can go there. */
  readonly moment?: Place;
  readonly children?: Children;
}

/** What a variable opens into. `indexed`: numbered elements, which a client may ask for in pages. */
export interface Children {
  readonly size: number;
  readonly indexed: boolean;
  /** To know how many they are they would have to be made. */
  readonly uncounted?: boolean;
  /** From `start` up to `end`, both within [0, size]. */
  readonly slice: (start: number, end: number) => readonly Item[];
  /** Elements that go by their names, whatever their number is just now: the one of this name. */
  readonly find?: (name: string) => Item | undefined;
}

/** Named children. */
export function named(items: readonly Item[]): Children {
  return { size: items.length, indexed: false, slice: (start, end) => items.slice(start, end) };
}

/** So many named children, made when somebody looks. */
export function namedLater(size: number, make: () => readonly Item[]): Children {
  return { size, indexed: false, slice: (start, end) => make().slice(start, end) };
}

/** Named children, made when somebody looks, or asks how many they are; once. */
export function namedUncounted(make: () => readonly Item[]): Children {
  let made: readonly Item[] | undefined;
  const items = () => {
    made ??= make();
    return made;
  };
  return {
    get size() {
      return items().length;
    },
    indexed: false,
    uncounted: true,
    slice: (start, end) => items().slice(start, end),
  };
}

/** Numbered children, each made when its page is asked for. */
export function numbered<T>(
  values: readonly T[],
  itemOf: (value: T, index: number) => Item,
): Children {
  return {
    size: values.length,
    indexed: true,
    slice: (start, end) => values.slice(start, end).map((value, i) => itemOf(value, start + i)),
  };
}

/** Elements of a large table, made when their page is asked for, and found again by name as others come and go. */
export function keyed(
  size: number,
  slice: Children['slice'],
  find: (name: string) => Item | undefined,
): Children {
  return { size, indexed: true, slice, find };
}

/** `SND.UNA` for the path `snd.una`: the property path is the RFC's name in lower case. */
export function displayName(path: string): string {
  return path.toUpperCase();
}

/** `18 octets: "GET / HTTP/1.0\r\n"`, cut after 60 characters; octets that are no text as hexadecimal. */
function printOctets(data: Uint8Array): string {
  const count = `${data.length} octet${data.length === 1 ? '' : 's'}`;
  if (data.length === 0) return count;
  const head = [...data.subarray(0, 60)];
  const readable = head.every(
    (octet) => (octet >= 32 && octet < 127) || [9, 10, 13].includes(octet),
  );
  const shown = readable
    ? JSON.stringify(String.fromCharCode(...head))
    : head
        .slice(0, 20)
        .map((octet) => octet.toString(16).padStart(2, '0'))
        .join(' ');
  return `${count}: ${shown}${shown.length > 0 && data.length > head.length ? ' ...' : ''}`;
}

/** Keys whose numbers are microseconds, by the last part of the path. */
const MICROSECONDS = new Set([
  'value',
  'srtt',
  'rttvar',
  ...SETTINGS.filter(({ kind }) => kind === 'duration').map(({ name }) => name),
]);

/** Keys whose numbers are instants. */
const INSTANTS = new Set(['sentAt', 'since', 'tsRecentAt', 'at']);

/** Any value of the record as a variable. `expression` reaches it from the evaluator, if it can. */
export function itemOf(name: string, value: unknown, path = name, more: ItemOptions = {}): Item {
  const made = plainItem(name, value, path, more.bases);
  return more.expression === undefined ? made : { ...made, evaluateName: more.expression };
}

export interface ItemOptions {
  readonly expression?: string | undefined;
  /** Of the connection that the value belongs to: where its own numbers begin, and those of the other side. */
  readonly bases?: Bases | undefined;
}

/** Lists of what the peer has sent, by their path. */
const FROM_PEER = new Set(['queued.outOfOrder']);

function plainItem(name: string, value: unknown, path: string, bases?: Bases): Item {
  if (value === undefined) return { name, value: 'none' };
  if (typeof value === 'number') return numberItem(name, value, path, bases);
  if (typeof value !== 'object' || value === null) return { name, value: String(value) };
  if (value instanceof Uint8Array) return { name, value: printOctets(value), type: 'octets' };
  if (Array.isArray(value)) {
    return listItem(name, value, bases && FROM_PEER.has(path) ? turned(bases) : bases);
  }
  if (isSegment(value)) return segmentItem(name, value, { bases });
  const entries = Object.entries(value);
  return {
    name,
    value: summary(value, path, bases),
    children: namedLater(entries.length, () =>
      entries.map(([part, inner]) =>
        plainItem(spaced(part), wholeList(part, inner), `${path}.${part}`, bases),
      ),
    ),
  };
}

/** The last part of a path: `srtt`. */
function keyOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function numberItem(name: string, value: number, path: string, bases?: Bases): Item {
  const time = timeText(value, keyOf(path));
  if (time !== undefined) return { name, value: time, type: 'time' };
  if (!isSequence(path.toLowerCase())) return { name, value, type: 'number' };
  const origin = sequenceOrigin(path.toLowerCase());
  if (origin === undefined) return { name, value: num(seq(value)), type: 'number' };
  const base = origin === 'iss' ? bases?.sender : bases?.other;
  return { name, value: { seq: seq(value), base }, type: 'sequence number' };
}

/** A number that is a time by its key, in words. */
function timeText(value: number, key: string): string | undefined {
  if (INSTANTS.has(key)) return `${printInstant(value)} s`;
  return MICROSECONDS.has(key) ? printDuration(value) : undefined;
}

/** The one line that stands for a list. */
export function listSummary(length: number): string {
  if (length === 0) return 'empty';
  return `${length} element${length === 1 ? '' : 's'}`;
}

function listItem(name: string, values: readonly unknown[], bases: Bases | undefined): Item {
  const value = listSummary(values.length);
  if (values.length === 0) return { name, value };
  return {
    name,
    value,
    children: numbered(values, (one, index) => plainItem(`[${index}]`, one, 'element', bases)),
  };
}

/** The one line that stands for a closed tree. */
function summary(value: object, path: string, bases: Bases | undefined): Shown {
  if (isSocket(value)) return printSocket(value);
  if ('segment' in value && isSegment(value.segment)) return shownSegment(value.segment, bases);
  const simple = Object.entries(value).filter(
    ([, inner]) => inner !== undefined && typeof inner !== 'object',
  );
  const parts = simple.slice(0, 4).map(([key, inner]) => {
    const text = typeof inner === 'number' ? numberText(inner, `${path}.${key}`) : inner;
    return `${spaced(key)} ${text}`;
  });
  const text = parts.join(', ');
  return simple.length > parts.length ? `${text}, ...` : text;
}

/** The same line for parts that are variables already. */
export function summaryOfParts(parts: readonly Item[]): Shown {
  const simple = parts.filter(({ children }) => children === undefined);
  const texts = simple.slice(0, 4).map(({ name, value }) => shownText`${spaced(name)} ${value}`);
  const more = simple.length > texts.length ? ', ...' : '';
  return (numbers) => texts.map((text) => show(text, numbers)).join(', ') + more;
}

/** A number in that line. */
function numberText(value: number, path: string): string | number {
  const number = isSequence(path.toLowerCase()) ? num(seq(value)) : value;
  return timeText(value, keyOf(path)) ?? number;
}

function isSocket(value: object): value is Socket {
  return 'address' in value && 'port' in value;
}

function isSegment(value: unknown): value is Segment {
  return typeof value === 'object' && value !== null && 'ctl' in value && 'sourcePort' in value;
}

export interface SegmentOptions {
  /** What reaches the segment in an expression, if anything does. */
  readonly expression?: string | undefined;
  /** By which its fields are set, where they can be. */
  readonly setName?: string | undefined;
  readonly bases?: Bases | undefined;
}

/** A segment in the RFC's notation, opening into its fields. */
export function segmentItem(name: string, segment: Segment, options: SegmentOptions = {}): Item {
  return {
    name,
    value: shownSegment(segment, options.bases),
    type: 'segment',
    children: named(segmentItems(segment, options)),
  };
}

/** The fields of a segment under the RFC's names. */
export function segmentItems(
  segment: Segment,
  { expression, setName, bases }: SegmentOptions = {},
): readonly Item[] {
  const settable = (name: string) =>
    setName === undefined ? {} : { setName: `${setName}.${name}` };
  const field = (name: string, value: Shown): Item => ({
    name: displayName(`seg.${name}`),
    value,
    type: typeof value === 'object' ? 'sequence number' : 'number',
    ...(expression === undefined ? {} : { evaluateName: `${expression}.${name}`.toUpperCase() }),
    ...(name === 'len' || value === 'none' ? {} : settable(name)),
  });
  const options = Object.entries(segment.options);
  return [
    field('seq', { seq: segment.seq, base: bases?.sender }),
    field('ack', has(segment, ACK) ? { seq: segment.ack, base: bases?.other } : 'none'),
    field('len', segLen(segment)),
    field('wnd', segment.wnd),
    field('up', segment.up),
    { name: 'CTL', value: printCtl(segment.ctl), type: 'control bits', ...settable('ctl') },
    { name: 'ECN', value: printCodepoint(segment.ecn), type: 'codepoint' },
    ...(segment.udp === undefined
      ? []
      : [{ name: 'UDP', value: printPorts(segment.udp), type: 'ports' }]),
    { name: 'source port', value: segment.sourcePort, type: 'number' },
    { name: 'destination port', value: segment.destinationPort, type: 'number' },
    {
      name: 'options',
      value: options.length === 0 ? 'none' : options.map(([key]) => spaced(key)).join(', '),
      ...(options.length === 0
        ? {}
        : {
            children: named(options.map(([key, value]) => plainItem(spaced(key), value, key))),
          }),
    },
    { name: 'data', value: printOctets(segment.data), type: 'octets' },
  ];
}
