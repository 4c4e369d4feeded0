/** The names of a scenario while it is checked, from the first line to the last. */

import { STATES } from '../tcp/states.js';
import * as say from './checker-messages.js';
import type { Message } from './diagnostics.js';
import type { ValueType } from './fields.js';
import { unknownState } from './messages.js';
import * as sayNamed from './name-messages.js';
import { isNumbered, rangeOfUnknown, type Scope, type Wrong } from './paths.js';
import type { ProgramHost } from './program.js';
import type { Name, Range } from './range.js';
import type { Statement } from './statement-tree.js';
import { suggest } from './suggest.js';
import { isReserved, reportUnknownHost } from './world.js';

export interface Names extends Scope {
  readonly hosts: ReadonlySet<string>;
  readonly peers: ReadonlySet<string>;
  readonly connections: Map<string, Set<string>>;
  readonly segments: Set<string>;
  readonly variables: Set<string>;
  readonly types: Map<string, ValueType>;
  /** Values of variables that are known before the run. */
  readonly constants: Map<string, number | undefined>;
  /** What was held, until it is released. */
  readonly held: Map<string, { readonly name: Name; released: boolean; free: boolean }>;
  /** Where each name was given, for "already names ..."; without a line: in the run so far. */
  readonly places: Map<string, { readonly what: string; readonly line: number | undefined }>;
  /** Names given anywhere in the scenario, with their lines. */
  readonly later: ReadonlyMap<string, number>;
  readonly lost: ReadonlySet<string>;
  readonly report: (message: Message, range: Range) => void;
}

/** What a running scenario has named so far. */
export interface Known extends Scope {
  /** What is held, or will be. */
  readonly holds?: readonly string[];
}

/** The names before the first statement. `known`: those of a running scenario, for a statement typed later. */
export function openNames(
  hosts: readonly ProgramHost[],
  body: readonly Statement[],
  lost: ReadonlySet<string>,
  report: Names['report'],
  known?: Known,
): Names {
  const ofRole = (role: ProgramHost['role']) =>
    new Set(hosts.filter((host) => host.role === role).map(({ name }) => name));
  return {
    hosts: ofRole('host'),
    peers: ofRole('peer'),
    connections: new Map(
      [...(known?.connections ?? [])].map(([host, all]) => [host, new Set(all)]),
    ),
    segments: new Set(known?.segments),
    variables: new Set(known?.variables),
    types: new Map(known?.types),
    constants: new Map(),
    held: new Map(known?.holds?.map((text) => [text, heldBefore(text)])),
    places: new Map([
      ...[...(known?.segments ?? [])].map((text) => [text, givenBefore('a segment')] as const),
      ...[...(known?.variables ?? [])].map((text) => [text, givenBefore('a value')] as const),
    ]),
    later: namesGiven(body),
    lost,
    report,
  };
}

function givenBefore(what: string) {
  return { what, line: undefined };
}

/** Its name may be given again. */
function heldBefore(text: string) {
  const start = { line: 0, character: 0 };
  return { name: { text, range: { start, end: start } }, released: false, free: true };
}

function namesGiven(body: readonly Statement[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const visit = (statement: Statement) => {
    const as = 'as' in statement ? statement.as : undefined;
    const name = statement.kind === 'let' ? statement.name : as;
    if (name) found.set(name.text, name.range.start.line + 1);
    if (statement.kind === 'repeat') statement.body.forEach(visit);
  };
  body.forEach(visit);
  return found;
}

// Giving names ----------------------------------------------------------------------------------------

/** Takes a name for segments and values, which share one space with hosts. */
function claim(names: Names, name: Name, what: string): boolean {
  const { text, range } = name;
  const host = names.hosts.has(text) || names.peers.has(text);
  const place = names.places.get(text);
  if (isReserved(text)) names.report(sayNamed.reservedName(text), range);
  else if (host) names.report(sayNamed.nameIsHost(text), range);
  else if (place) names.report(sayNamed.nameTaken(text, place.what, place.line), range);
  else {
    names.places.set(text, { what, line: range.start.line + 1 });
    return true;
  }
  return false;
}

export function defineSegment(names: Names, name: Name): void {
  if (claim(names, name, 'a segment')) names.segments.add(name.text);
}

export function defineVariable(
  names: Names,
  name: Name,
  type: ValueType | undefined,
  value: number | undefined,
): void {
  if (!claim(names, name, 'a value')) return;
  names.variables.add(name.text);
  names.constants.set(name.text, value);
  // A zero may be a number or a time.
  if (type !== undefined && value !== 0) names.types.set(name.text, type);
  else names.types.delete(name.text);
}

/** Names a connection of a host. The same name at the same host names the newer one from here on. */
export function defineConnection(names: Names, host: string, name: Name): void {
  const { text, range } = name;
  if (isReserved(text)) names.report(sayNamed.reservedName(text), range);
  const known = names.connections.get(host) ?? new Set<string>();
  names.connections.set(host, known.add(text));
}

export function defineHeld(names: Names, name: Name): void {
  const known = names.held.get(name.text);
  if (isReserved(name.text)) names.report(sayNamed.reservedName(name.text), name.range);
  else if (known && !known.released && !known.free) {
    const line = known.name.range.start.line + 1;
    names.report(sayNamed.nameTaken(name.text, 'what is held', line), name.range);
  } else names.held.set(name.text, { name, released: false, free: false });
}

export function releaseHeld(names: Names, name: Name): void {
  const held = names.held.get(name.text);
  if (held) held.released = true;
  else if (!names.lost.has(name.text)) {
    const known = [...names.held.keys()];
    names.report(sayNamed.unknownHeld(name.text, known, suggest(name.text, known)), name.range);
  }
}

/** What is held and stays so. */
export function neverReleased(names: Names): readonly Name[] {
  const lost = [...names.held.values()].filter(({ name }) => !names.lost.has(name.text));
  return lost.filter(({ released }) => !released).map(({ name }) => name);
}

/** Remembers what a block does not know yet: the names that it gives may be given again after it. */
export function openBlock(names: Names): Before {
  return { places: new Set(names.places.keys()), held: new Set(names.held.values()) };
}

/** What was known before a block. */
interface Before {
  readonly places: ReadonlySet<string>;
  readonly held: ReadonlySet<unknown>;
}

/** Frees the names that the block gave: another block may give them again. */
export function closeBlock(names: Names, before: Before): void {
  for (const name of names.places.keys()) {
    if (before.places.has(name)) continue;
    names.places.delete(name);
    names.constants.delete(name);
    names.types.delete(name);
  }
  for (const held of names.held.values()) held.free ||= !before.held.has(held);
}

// Using names -----------------------------------------------------------------------------------------

/** A host or peer. */
export function needAnyHost(names: Names, name: Name): 'host' | 'peer' | undefined {
  if (names.hosts.has(name.text)) return 'host';
  if (names.peers.has(name.text)) return 'peer';
  reportUnknownHost(name, [...names.hosts, ...names.peers], names.lost, names.report);
  return undefined;
}

/** A host with a TCP. */
export function needHost(names: Names, name: Name): boolean {
  const role = needAnyHost(names, name);
  if (role === 'peer') names.report(say.peerHasNoState(name.text), name.range);
  return role === 'host';
}

/** A host that can make calls. */
export function needCaller(names: Names, name: Name): boolean {
  const role = needAnyHost(names, name);
  if (role === 'peer') names.report(say.peerActs(name.text), name.range);
  return role === 'host';
}

export function needConnection(names: Names, host: string, name: Name): void {
  const known = [...(names.connections.get(host) ?? [])];
  if (known.includes(name.text) || isNumbered(name.text) || names.lost.has(name.text)) return;
  const suggestion = suggest(name.text, known);
  names.report(sayNamed.unknownConnection(host, name.text, known, suggestion), name.range);
}

/** Reports a path that means nothing, unless a mistake elsewhere is why. */
export function reportUnknownPath(
  names: Names,
  path: readonly Name[],
  message: Message,
  wrong: Wrong,
  report: Names['report'],
): void {
  const first = path[0];
  const name = path[Math.min(wrong.part, path.length - 1)];
  const range = rangeOfUnknown(path, wrong);
  if (!first || !name || !range) return;
  if (names.lost.has(name.text) || names.lost.has(first.text)) return;
  const line = wrong.part === 0 && wrong.count === 1 ? names.later.get(name.text) : undefined;
  const later =
    line !== undefined && !names.variables.has(name.text) && line > name.range.start.line;
  report(later ? sayNamed.namedLater(name.text, line) : message, range);
}

/** A word where a state should be. */
export function stateMeant(names: Names, word: Name, report: Names['report']): void {
  if (!names.lost.has(word.text))
    report(unknownState(word.text, suggest(word.text, STATES)), word.range);
}
