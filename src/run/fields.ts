/** The values of a connection, a host and a segment under their names: `snd.nxt`, `syn-queue`, `seq`. */

import { CONNECTION_FIELDS, HOST_FIELDS, SEGMENT_FIELDS } from '../lang/fields.js';
import { listed, suggest } from '../lang/suggest.js';
import { uncongested } from '../tcp/congestion/flight.js';
import type { Host } from '../tcp/host.js';
import type { Instant } from '../tcp/rule.js';
import type { Segment } from '../tcp/segment.js';
import { ACK, FLAGS, has, printCtl, segLen } from '../tcp/segment.js';
import type { Seq } from '../tcp/seq.js';
import { num } from '../tcp/seq.js';
import { SETTINGS } from '../tcp/settings.js';
import { parseState } from '../tcp/states.js';
import type { Tcb } from '../tcp/tcb.js';
import { knowsPeer } from '../tcp/tcb.js';
import { TIMER_NAMES } from '../tcp/timers.js';
import { wholeList } from '../tcp/whole-lists.js';
import type { Part, Value } from './values.js';
import { booleanValue, durationValue, numberValue, seqValue, textValueOf } from './values.js';

/** Where a TCB holds sequence numbers. */
const SEQUENCE_PATH =
  /(?:^|\.)(?:iss|irs|snd\.(?:una|nxt|up|wl[12])|rcv\.(?:nxt|up)|fin|isn\.(?:value|m|f|nxt)|lastacksent|end|left|right)$/;

/** Whether the number at this path (in lower case) is a sequence number. */
export function isSequence(path: string): boolean {
  return SEQUENCE_PATH.test(path);
}

/** Sequence numbers of this side's, counted from ISS, and of the peer's, counted from IRS. */
const FROM_ISS: ReadonlySet<string> = new Set([
  'iss',
  'snd.una',
  'snd.nxt',
  'snd.up',
  'snd.wl2',
  'fin',
]);
const FROM_IRS: ReadonlySet<string> = new Set([
  'irs',
  'rcv.nxt',
  'rcv.up',
  'snd.wl1',
  'options.lastacksent',
]);

/** Whose numbers a sequence number at this path (in lower case) is one of; undefined: neither side's. */
export function sequenceOrigin(path: string): 'iss' | 'irs' | undefined {
  if (FROM_ISS.has(path)) return 'iss';
  return FROM_IRS.has(path) ? 'irs' : undefined;
}

/** Times in the TCB beyond those that the language documents. */
const TIME_PATHS: ReadonlySet<string> = new Set([
  ...CONNECTION_FIELDS.filter(({ type }) => type === 'duration').map(({ name }) => name),
  'isn.at',
]);

const TIME_SETTINGS: ReadonlySet<string> = new Set(
  SETTINGS.filter(({ kind }) => kind === 'duration').map(({ name }) => `settings.${plain(name)}`),
);

/** Last parts of paths whose numbers are instants. */
const INSTANTS: ReadonlySet<string> = new Set(['since', 'sentat', 'tsrecentat']);

/** `rto` alone means its value; the timers are found without `timers.` too. */
const SHORT: ReadonlyMap<string, string> = new Map([
  ['rto', 'rto.value'],
  ['srtt', 'rto.srtt'],
]);

/** A connection's value at a path in lower case; undefined when the TCB has no such name. */
export function connectionField(tcb: Tcb, path: string): Value | undefined {
  if (isCongestion(path)) return congestionField(tcb, path);
  const found = findProperty(tcb, path);
  return found && withBase(toValue(found.value, found.path), tcb, found.path);
}

/**
 * The same as an expression reads it at an instant: a timer is the time that is left until it goes off, which is also what it is
 * set to. As a value of the TCB it is an instant, and so the same until a rule changes it.
 */
export function connectionFieldAt(tcb: Tcb, path: string, now: Instant): Value | undefined {
  const found = isCongestion(path) ? undefined : findProperty(tcb, path);
  const value = connectionField(tcb, path);
  if (value === undefined || !found || !/^timers(\.|$)/.test(found.path)) return value;
  return timeLeft(value, now);
}

function timeLeft(value: Value, now: Instant): Value {
  if (value.kind === 'duration') return durationValue(Math.max(0, value.value - now));
  if (value.kind !== 'parts') return value;
  const parts = value.parts.map((part) => ({ ...part, value: timeLeft(part.value, now) }));
  return { ...value, parts };
}

/** Whether a TCB has a name at a path in lower case. */
export function isConnectionField(tcb: Tcb, path: string): boolean {
  return isCongestion(path) || findProperty(tcb, path) !== undefined;
}

function isCongestion(path: string): path is 'cwnd' | 'ssthresh' {
  return path === 'cwnd' || path === 'ssthresh';
}

/** What RFC 5681 calls so stands elsewhere, and not before it has changed. */
function congestionField(tcb: Tcb, name: 'cwnd' | 'ssthresh'): Value {
  if (tcb.settings.initialWindow === undefined) {
    return { kind: 'absent', why: 'no congestion window: `initial-window` is off' };
  }
  const { window, threshold } = tcb.rto.congestion ?? uncongested(tcb);
  return numberValue(name === 'cwnd' ? window : threshold);
}

/** A sequence number knows what it is counted from; so do those among the parts of a value. */
function withBase(value: Value, tcb: Tcb, path: string): Value {
  if (value.kind === 'seq') return seqValue(value.value, baseOf(tcb, plain(path)));
  if (value.kind !== 'parts') return value;
  const parts = value.parts.map(({ name, value: part }) => ({
    name,
    value: withBase(part, tcb, `${path}.${name}`),
  }));
  return { ...value, parts };
}

function baseOf(tcb: Tcb, path: string): Seq | undefined {
  const origin = sequenceOrigin(path);
  if (origin === 'iss') return tcb.isn && tcb.iss;
  return origin === 'irs' && knowsPeer(tcb) ? tcb.irs : undefined;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

/** `retransmission`, `timewait`, ...: found without `timers.` before them too. */
const TIMERS: ReadonlySet<string> = new Set(TIMER_NAMES.map(plain));

interface Property {
  readonly value: unknown;
  /** Its names from the TCB down, in lower case and without hyphens. */
  readonly path: string;
}

function findProperty(tcb: Tcb, path: string): Property | undefined {
  const full = SHORT.get(path) ?? path;
  return walk(tcb, full.split('.')) ?? (TIMERS.has(full) ? walk(tcb, ['timers', full]) : undefined);
}

/** Follows names down an object, in either case and with or without hyphens. */
function walk(from: object, names: readonly string[]): Property | undefined {
  let value: unknown = from;
  for (const name of names) {
    if (typeof value !== 'object' || value === null) return undefined;
    const key = keyNamed(value, plain(name));
    if (key === undefined) return undefined;
    value = wholeList(key, (value as Readonly<Record<string, unknown>>)[key]);
  }
  return { value, path: names.map(plain).join('.') };
}

function keyNamed(at: object, wanted: string): string | undefined {
  if (Object.prototype.propertyIsEnumerable.call(at, wanted)) return wanted;
  return Object.keys(at).find((name) => plain(name) === wanted);
}

/** A property of the TCB as a value. */
function toValue(value: unknown, path: string): Value {
  if (typeof value === 'number') return numeric(value, path);
  if (typeof value === 'boolean') return booleanValue(value);
  if (typeof value === 'string') {
    const state = path === 'state' ? parseState(value) : undefined;
    return state ? { kind: 'state', value: state } : textValueOf(new TextEncoder().encode(value));
  }
  if (value instanceof Uint8Array) return textValueOf(value);
  if (typeof value === 'object' && value !== null) return partsOf(value, path);
  const timer = path.startsWith('timers.') ? path.slice(7) : undefined;
  return { kind: 'absent', why: timer ? `the ${timer} timer is not armed` : `no ${path}` };
}

function numeric(value: number, path: string): Value {
  if (isSequence(path)) return seqValue(value);
  return isTime(path) ? durationValue(value) : numberValue(value);
}

function isTime(path: string): boolean {
  return (
    TIME_PATHS.has(path) ||
    TIME_SETTINGS.has(path) ||
    path.startsWith('timers.') ||
    INSTANTS.has(path.slice(path.lastIndexOf('.') + 1))
  );
}

function partsOf(value: object, path: string): Value {
  const parts = Object.entries(value).map(
    ([name, part]): Part => ({
      name,
      value: toValue(wholeList(name, part), `${path}.${plain(name)}`),
    }),
  );
  return { kind: 'parts', name: path, parts };
}

/** A host's own value: `connections`, `syn-queue`; undefined when hosts have no such name. */
export function hostField(host: Host, field: string): Value | undefined {
  const listeners = sum(host.listeners.values(), (ids) => ids.length);
  switch (field) {
    case 'connections':
      return numberValue(host.connections.size - listeners);
    case 'listeners':
      return numberValue(listeners);
    case 'syn-queue':
      return numberValue(sum(host.queues.values(), (queues) => queues.halfOpen.size));
    case 'accept-queue':
      return numberValue(sum(host.queues.values(), (queues) => queues.complete.size));
    default:
      return undefined;
  }
}

function sum<T>(all: Iterable<T>, count: (one: T) => number): number {
  let total = 0;
  for (const one of all) total += count(one);
  return total;
}

/** A segment's value: `seq`, `ack`, `len`, `syn`; undefined when segments have no such name. */
export function segmentField(seg: Segment, field: string): Value | undefined {
  const optional = (value: number | undefined, name: string): Value =>
    value === undefined ? { kind: 'absent', why: `no ${name} option` } : numberValue(value);
  switch (field) {
    case 'seq':
      return seqValue(num(seg.seq));
    case 'ack':
      return has(seg, ACK) ? seqValue(num(seg.ack)) : { kind: 'absent', why: 'no ACK' };
    case 'wnd':
    case 'win':
      return numberValue(seg.wnd);
    case 'len':
      return numberValue(segLen(seg));
    case 'up':
      return numberValue(seg.up);
    case 'ecn':
      return numberValue(seg.ecn);
    case 'mss':
      return optional(seg.options.mss, 'MSS');
    case 'uto':
      return optional(seg.options.userTimeout, 'user timeout option');
    case 'wscale':
      return optional(seg.options.windowScale, 'window scale');
    case 'tsval':
      return optional(seg.options.timestamps?.val, 'timestamps');
    case 'tsecr':
      return optional(seg.options.timestamps?.ecr, 'timestamps');
    case 'data':
      return textValueOf(seg.data);
    case 'from':
      return numberValue(seg.sourcePort);
    case 'to':
      return numberValue(seg.destinationPort);
    case 'ctl':
      return textValueOf(new TextEncoder().encode(printCtl(seg.ctl)));
    default:
      return flagField(seg, field);
  }
}

function flagField(seg: Segment, field: string): Value | undefined {
  const bit = FLAGS.findIndex((flag) => flag.toLowerCase() === field);
  return bit < 0 ? undefined : booleanValue(has(seg, 1 << bit));
}

/** What a name that nothing has should probably have been. */
export function unknownField(kind: 'connection' | 'host' | 'segment', field: string): string {
  const table = { connection: CONNECTION_FIELDS, host: HOST_FIELDS, segment: SEGMENT_FIELDS }[kind];
  const names = table.map(({ name }) => (kind === 'connection' ? name.toUpperCase() : name));
  const near = suggest(field, names);
  const what = `A ${kind} has nothing called \`${field}\`.`;
  return near
    ? `${what} Did you mean \`${near}\`?`
    : `${what} It has ${listed(names.slice(0, 8))} and more.`;
}

/** What a name means, in a sentence; undefined when nothing is known. */
export function fieldDoc(
  kind: 'connection' | 'host' | 'segment',
  field: string,
): string | undefined {
  const table = { connection: CONNECTION_FIELDS, host: HOST_FIELDS, segment: SEGMENT_FIELDS }[kind];
  return table.find(({ name }) => name === (SHORT.get(field) ?? field))?.doc;
}
