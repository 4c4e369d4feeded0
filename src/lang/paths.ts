/** What a path in an expression names: `SND.NXT`, `client.c1.ISS`, `synack.seq`, `syn-queue`, `i`, `time`. */

import { STATES } from '../tcp/states.js';
import { TIMER_NAMES } from '../tcp/timers.js';
import * as say from './checker-messages.js';
import type { Message } from './diagnostics.js';
import {
  CONNECTION_FIELDS,
  type FieldInfo,
  HOST_FIELDS,
  SEGMENT_FIELDS,
  type ValueType,
} from './fields.js';
import { segmentWithoutHosts } from './messages.js';
import * as sayNamed from './name-messages.js';
import type { Name, Range } from './range.js';
import { isFlag } from './segment-tree.js';
import { timerNamed } from './settable.js';
import { suggest } from './suggest.js';
import { FIELD_SYNONYMS, meant } from './synonyms.js';

/** The names that an expression may use. */
export interface Scope {
  /** The hosts with a TCP. */
  readonly hosts: ReadonlySet<string>;
  readonly peers: ReadonlySet<string>;
  /** The names given by `as`, by host. */
  readonly connections: ReadonlyMap<string, ReadonlySet<string>>;
  /** The segments named by `as`; the debugger adds `seg`, the segment being looked at. */
  readonly segments: ReadonlySet<string>;
  /** `let` and `repeat ... as`. */
  readonly variables: ReadonlySet<string>;
  /** Of which type the values of those are that are known to be of one. */
  readonly types?: ReadonlyMap<string, ValueType>;
}

/** What a path means. Fields are in lower case: `snd.nxt`, `iss`, `state`. */
export type Reference =
  | { readonly kind: 'time' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'segment'; readonly name: string; readonly field: string }
  /** `host` undefined: the subject's host, or in the debugger the focused one. */
  | { readonly kind: 'host'; readonly host: string | undefined; readonly field: string }
  /** `host` undefined: the subject; `connection` undefined: the host's only one. */
  | {
      readonly kind: 'connection';
      readonly host: string | undefined;
      readonly connection: string | undefined;
      readonly field: string;
    };

/** Why a path means nothing: the index of the first part that is wrong, and how many are. */
export interface UnknownPath extends Message {
  readonly kind: 'unknown';
  readonly part: number;
  readonly count: number;
}

/** Where the parts stand that are wrong. */
export function rangeOfUnknown(path: readonly Name[], { part, count }: Wrong): Range | undefined {
  const first = path[Math.min(part, path.length - 1)];
  const last = path[Math.min(part + count, path.length) - 1] ?? first;
  return first && last && { start: first.range.start, end: last.range.end };
}

/** Which parts of a path are wrong. */
export type Wrong = Pick<UnknownPath, 'part' | 'count'>;

/** Short ways to write a field. */
const ALIASES: Readonly<Record<string, string>> = {
  rto: 'rto.value',
  srtt: 'rto.srtt',
  rttvar: 'rto.rttvar',
  port: 'local.port',
};

/**
 * What the parts of a path mean. `subject`: whether a host or connection is being spoken of, so that
 * `SND.NXT` alone is its. Names are looked up as written, TCP's own words in either case.
 */
export function resolvePath(
  path: readonly Name[],
  scope: Scope,
  subject: 'subject' | 'none' = 'subject',
): Reference | UnknownPath {
  const parts = path.map(({ text }) => text);
  const [first = '', ...rest] = parts;
  if (scope.variables.has(first)) return variable(first, rest);
  if (scope.segments.has(first)) return segmentField(first, rest);
  // The RFC writes SEG.SEQ: the segment that is looked at in either case.
  if (first === 'SEG' && scope.segments.has('seg')) return segmentField('seg', rest);
  if (scope.hosts.has(first)) return ofHost(first, rest, scope);
  if (scope.peers.has(first)) return unknown(0, say.peerHasNoState(first));
  if (first.toLowerCase() === 'time' && rest.length === 0) return { kind: 'time' };
  const field = fieldNamed(parts);
  if (field && subject === 'subject') return field;
  if (field) return unknown(0, sayNamed.ofWhich(parts.join('.'), [...scope.hosts]));
  const [written, words] = [parts.join('.'), candidates(scope, subject)];
  if (parts.length === 1) {
    // A segment was begun without its hosts.
    if (isFlag(first)) return unknown(0, segmentWithoutHosts(first));
    return unknown(0, sayNamed.unknownName(first, suggest(first, words)));
  }
  const meant = suggest(written, words);
  if (meant?.includes('.')) return unknown(0, sayNamed.unknownName(written, meant), parts.length);
  if (fieldNamed([first])) {
    const message = sayNamed.unknownProperty('A connection', written, undefined);
    return unknown(0, message, parts.length);
  }
  return unknown(0, sayNamed.unknownName(first, suggest(first, words)));
}

/** What is known of the value of a reference; undefined for a variable. */
export function fieldInfo(reference: Reference): FieldInfo | undefined {
  const named = (fields: readonly FieldInfo[], name: string) =>
    fields.find((field) => field.name === name);
  switch (reference.kind) {
    case 'time':
      return { name: 'time', type: 'duration', doc: 'Virtual time since the run began.' };
    case 'variable':
      return undefined;
    case 'segment':
      return named(SEGMENT_FIELDS, reference.field);
    case 'host':
      return named(HOST_FIELDS, reference.field);
    case 'connection':
      return named(CONNECTION_FIELDS, reference.field);
    default:
      return reference satisfies never;
  }
}

function candidates(scope: Scope, subject: 'subject' | 'none'): readonly string[] {
  const names = [...scope.variables, ...scope.segments, ...scope.hosts, ...STATES];
  if (subject === 'none') return names;
  return [...names, ...HOST_FIELDS.map(({ name }) => name), ...CONNECTION_FIELDS.map(upper)];
}

function upper({ name }: FieldInfo): string {
  return name === 'state' ? name : name.toUpperCase();
}

function unknown(part: number, message: Message, count = 1): UnknownPath {
  return { ...message, kind: 'unknown', part, count };
}

function variable(name: string, rest: readonly string[]): Reference | UnknownPath {
  if (rest[0] !== undefined)
    return unknown(1, sayNamed.unknownProperty(`\`${name}\``, rest[0], undefined));
  return { kind: 'variable', name };
}

function segmentField(name: string, rest: readonly string[]): Reference | UnknownPath {
  const written = rest.join('.');
  if (written === '') return unknown(0, sayNamed.notAValue(name, 'a segment', `${name}.seq`));
  const field = SEGMENT_FIELDS.find((known) => known.name === written.toLowerCase());
  if (!field) {
    const names = SEGMENT_FIELDS.map((known) => known.name);
    const near = meant(written, FIELD_SYNONYMS, names);
    const message = sayNamed.unknownProperty('A segment', written, near);
    return unknown(1, message, rest.length);
  }
  return { kind: 'segment', name, field: field.name };
}

/** `c1`, `l2`: what the engine calls the connections and listeners that no `as` names, in the order of creation. */
export function isNumbered(name: string): boolean {
  return /^[cl][1-9][0-9]{0,6}$/.test(name);
}

function ofHost(host: string, rest: readonly string[], scope: Scope): Reference | UnknownPath {
  const [first = '', ...others] = rest;
  if (first === '') return unknown(0, sayNamed.notAValue(host, 'a host', `${host}.state`));
  const named = scope.connections.get(host) ?? new Set<string>();
  const connection = named.has(first) || isNumbered(first) ? first : undefined;
  const path = connection === undefined ? rest : others;
  if (path.length === 0) {
    return unknown(1, sayNamed.notAValue(first, 'a connection', `${host}.${first}.state`));
  }
  const field = fieldNamed(path);
  if (!field) {
    return unknownOf(host, rest, path, named);
  }
  if (field.kind === 'connection') return { ...field, host, connection };
  if (connection === undefined) return { ...field, host };
  const what = `The connection \`${connection}\``;
  return unknown(2, sayNamed.unknownProperty(what, field.field, undefined));
}

/** Of `rest`, what stands after the host, `path` is no variable: it was meant to be one, or begins with a connection. */
function unknownOf(
  host: string,
  rest: readonly string[],
  path: readonly string[],
  named: ReadonlySet<string>,
): UnknownPath {
  const written = path.join('.');
  const fields = [...CONNECTION_FIELDS.map(upper), ...HOST_FIELDS.map(({ name }) => name)];
  const part = rest.length - path.length + 1;
  const meant = suggest(written, [...fields, ...TIMER_NAMES.map((timer) => `timers.${timer}`)]);
  const isName = path === rest && meant === undefined;
  const connection = isName ? suggest(path[0] ?? '', named) : undefined;
  if (connection === undefined) {
    return unknown(part, sayNamed.unknownProperty(host, written, meant), path.length);
  }
  return unknown(part, sayNamed.unknownProperty(host, path[0] ?? '', connection));
}

/** A field of a connection or host by its path, without saying whose. */
function fieldNamed(
  parts: readonly string[],
): Extract<Reference, { kind: 'host' | 'connection' }> | undefined {
  const written = parts.join('.').toLowerCase();
  const name = Object.hasOwn(ALIASES, written) ? ALIASES[written] : written;
  const ofHost = HOST_FIELDS.find((known) => known.name === name);
  if (ofHost) return { kind: 'host', host: undefined, field: ofHost.name };
  const field = CONNECTION_FIELDS.find((known) => known.name === name)?.name ?? grouped(written);
  if (field === undefined) return undefined;
  return { kind: 'connection', host: undefined, connection: undefined, field };
}

/** Parts of a TCB that the language has no words for, but a debugger's user may look into. */
const GROUPS: ReadonlySet<string> = new Set(['isn', 'options', 'timers', 'settings']);

function grouped(path: string): string | undefined {
  const [first = '', ...rest] = path.split('.');
  const whole = rest.length === 0 && ['snd', 'rcv', 'rto', 'local', 'remote'].includes(first);
  if (first === 'timers' && rest.length > 0 && timerNamed(path) === undefined) return undefined;
  return whole || GROUPS.has(first) ? path : undefined;
}
