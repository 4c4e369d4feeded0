/** The names of a scenario while it is read, as `names.ts` knows them while it is checked: what each names, and which belong together. */

import { isNumbered } from './paths.js';
import type { Name, Range } from './range.js';

/** What a name can name. A link has none: it is where the arrow between its hosts stands. */
export type Named = 'host' | 'link' | 'connection' | 'segment' | 'value' | 'held';

export interface Occurrence {
  readonly kind: Named;
  readonly name: string;
  readonly range: Range;
  readonly role: 'declaration' | 'use';
  /** Two of a file with the same key are of the same thing. Of hosts and links also two of different files. */
  readonly key: string;
}

/** What is given in two places at once: the same connection at either host. */
export type Join = readonly [key: string, other: string];

/** A host where it stands. */
export function hostAt({ text, range }: Name, role: Occurrence['role'] = 'use'): Occurrence {
  return { kind: 'host', name: text, range, role, key: `host ${text}` };
}

/** A link, where the arrow between its hosts stands. */
export function linkAt(
  { from, to }: { readonly from: Name; readonly to: Name },
  role: Occurrence['role'] = 'use',
): Occurrence {
  const key = `link ${[from.text, to.text].sort().join(' ')}`;
  const range = { start: from.range.end, end: to.range.start };
  return { kind: 'link', name: `${from.text} -- ${to.text}`, range, role, key };
}

/** The names of a scenario while it is read, as `names.ts` knows them while it is checked. */
export interface Reading {
  /** Tells the keys of one scenario from those of another. */
  readonly scenario: string;
  readonly hosts: ReadonlySet<string>;
  readonly found: Occurrence[];
  readonly joins: Join[];
  /** Connections named so far, by their keys. */
  readonly connections: Set<string>;
  /** Segments and values by their names: the latest of each, and the block that gave it. */
  readonly latest: Map<string, { readonly occurrence: Occurrence; readonly block: Block }>;
  /** Names of segments and values that are used after the block that gave them. */
  readonly escaped: Set<string>;
  count: number;
}

/** The blocks around a statement, the innermost last. */
export type Block = readonly object[];

/** A scenario that is read from here on. */
export function beginReading(scenario: string, hosts: ReadonlySet<string>): Reading {
  return {
    scenario,
    hosts,
    found: [],
    joins: [],
    connections: new Set(),
    latest: new Map(),
    escaped: new Set(),
    count: 0,
  };
}

/** What tells a connection of this name from all others: one is known as soon as it was named. */
export function connectionKey(name: string, host: string, { scenario }: Reading): string {
  return `connection ${scenario} ${host} ${name}`;
}

/** Whether a connection of this host was named so, or has its number for a name. */
export function isConnection(name: string, host: string, reading: Reading): boolean {
  return reading.connections.has(connectionKey(name, host, reading)) || isNumbered(name);
}

/** The same name at the same host is one name, whichever connection it names by then. */
export function declareConnection(name: Name, host: string, reading: Reading): void {
  reading.connections.add(connectionKey(name.text, host, reading));
  connectionAt(name, host, 'declaration', reading);
}

/** A connection of a host where it stands. */
export function connectionAt(
  name: Name,
  host: string,
  role: Occurrence['role'],
  reading: Reading,
): void {
  const key = connectionKey(name.text, host, reading);
  reading.found.push({ kind: 'connection', name: name.text, range: name.range, role, key });
}

/** What is held, where its name stands. */
export function heldAt({ text, range }: Name, role: Occurrence['role'], reading: Reading): void {
  const key = `held ${reading.scenario} ${text}`;
  reading.found.push({ kind: 'held', name: text, range, role, key });
}

/** Names a segment or a value, up to the end of its block at least: after it another may have the name. */
export function declareLocal(
  { text, range }: Name,
  kind: 'segment' | 'value',
  block: Block,
  reading: Reading,
): void {
  reading.count += 1;
  const key = `local ${reading.scenario} ${text} ${reading.count}`;
  const occurrence: Occurrence = { kind, name: text, range, role: 'declaration', key };
  // Declared twice in sight of each other: a mistake, and hardly two things.
  const before = reading.latest.get(text);
  if (before && isWithin(block, before.block)) reading.joins.push([before.occurrence.key, key]);
  reading.latest.set(text, { occurrence, block });
  reading.found.push(occurrence);
}

/** A segment or a value, which must have been named. */
export function useLocal({ text, range }: Name, block: Block, reading: Reading): void {
  const { occurrence, block: home } = reading.latest.get(text)!;
  reading.found.push({ ...occurrence, range, role: 'use' });
  if (!isWithin(block, home)) reading.escaped.add(text);
}

/** After its block a name stands for what gave it last, and which that was the text alone does not tell. */
export function escapedJoins({ found, escaped }: Reading): readonly Join[] {
  const first = new Map<string, string>();
  return found.flatMap(({ key, name, kind }): readonly Join[] => {
    if ((kind !== 'segment' && kind !== 'value') || !escaped.has(name)) return [];
    const known = first.get(name);
    if (known === undefined) first.set(name, key);
    return known === undefined ? [] : [[known, key]];
  });
}

function isWithin(block: Block, home: Block): boolean {
  return home.every((one, i) => block[i] === one);
}
