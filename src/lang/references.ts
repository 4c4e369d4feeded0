/** What the names of scripts refer to, across the files that they include: definitions, references. */

import { isStatement, type Script } from './ast.js';
import { type Include, walkDeclarations } from './includes.js';
import { declarationOccurrences, statementOccurrences } from './occurrences.js';
import { parse } from './parser.js';
import { comparePositions, type Position, type Range } from './range.js';
import type { Occurrence } from './reading.js';

/** Scripts that are looked at together. What they include is asked for. */
export interface Sources {
  readonly files: readonly { readonly file: string; readonly text: string }[];
  readonly include: Include | undefined;
}

/** An occurrence in a file. */
export interface Site extends Occurrence {
  readonly file: string;
}

export interface Index {
  /** In the order of each file. */
  readonly sites: ReadonlyMap<string, readonly Site[]>;
  /** Words on lines with mistakes, by file: a name may be written there too. */
  readonly lost: ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;
  /** The one site that stands for all that are of the same thing. */
  readonly groupOf: (site: Site) => string;
}

/** Finds out what all names in the scripts refer to. */
export function indexOf({ files, include }: Sources): Index {
  const indexing: Indexing = { sites: new Map(), lost: new Map(), parents: new Map() };
  for (const { file, text } of files) readFile(file, text, include, indexing);
  return {
    sites: indexing.sites,
    lost: indexing.lost,
    groupOf: (site) => find(idOf(site), indexing.parents),
  };
}

/** The name, or the arrow of a link, at a place. */
export function siteAt({ sites }: Index, file: string, at: Position): Site | undefined {
  const here = (sites.get(file) ?? []).filter(({ range }) => contains(range, at));
  return here.find(({ kind }) => kind !== 'link') ?? here[0];
}

/** All sites of what is named at a site, declarations and uses, each place once. */
export function sameAs(index: Index, site: Site): readonly Site[] {
  const group = index.groupOf(site);
  const all = [...index.sites.values()].flat().filter((one) => index.groupOf(one) === group);
  const places = new Map(all.map((one) => [placeOf(one), one]));
  return [...places.values()];
}

/** Where what is named at a site is declared; the latest before it where a name is given again. */
export function declarationsOf(index: Index, site: Site): readonly Site[] {
  const all = sameAs(index, site).filter(({ role }) => role === 'declaration');
  const before = all.filter(({ file, range }) => file === site.file && !isAfter(range, site.range));
  const latest = before.at(-1);
  return site.kind === 'host' || site.kind === 'link' || !latest ? all : [latest];
}

// Reading ---------------------------------------------------------------------------------------------

interface Indexing {
  readonly sites: Map<string, readonly Site[]>;
  readonly lost: Map<string, ReadonlyMap<string, readonly number[]>>;
  readonly parents: Map<string, string>;
}

/** Reads a script and what it includes, as the world that it runs in. */
function readFile(
  file: string,
  text: string,
  include: Include | undefined,
  indexing: Indexing,
): void {
  const { script, lost } = parse(text);
  indexing.lost.set(file, lost);
  const inWorld = new Map<string, readonly Site[]>([[file, sitesOfDeclarations(script, file)]]);
  walkDeclarations(script, file, {
    include,
    take: () => undefined,
    enter: (entered, included) => inWorld.set(entered, sitesOfDeclarations(included, entered)),
  });
  const declarations = [...inWorld.values()].flat();
  const hosts = new Set(
    declarations.flatMap(({ kind, role, name }) =>
      kind === 'host' && role === 'declaration' ? [name] : [],
    ),
  );
  const own = sitesOfStatements(script, file, hosts, indexing);
  indexing.sites.set(
    file,
    [...declarations.filter((site) => site.file === file), ...own].sort(inOrder),
  );
  for (const [entered, sites] of inWorld) {
    if (!indexing.sites.has(entered)) indexing.sites.set(entered, sites);
  }
  joinWorld([...declarations, ...own], file, indexing);
}

function sitesOfDeclarations(script: Script, file: string): readonly Site[] {
  return script.items.flatMap(declarationOccurrences).map((one) => ({ ...one, file }));
}

/** The sites in each scenario; the statements of a script without scenarios are one. */
function sitesOfStatements(
  { items }: Script,
  file: string,
  hosts: ReadonlySet<string>,
  { parents }: Indexing,
): readonly Site[] {
  const bodies = items.flatMap((item) => (item.kind === 'scenario' ? [item.body] : []));
  const loose = items.filter(isStatement);
  return [loose, ...bodies].flatMap((body, i) => {
    const { found, joins } = statementOccurrences(body, `${i}`, hosts);
    for (const [one, other] of joins) unite(local(file, one), local(file, other), parents);
    return found.map((one) => ({ ...one, file }));
  });
}

/** Hosts and links of the same name in one world are the same, whichever files they are written in. */
function joinWorld(sites: readonly Site[], root: string, { parents }: Indexing): void {
  const declared = new Map<string, string>();
  for (const site of sites) {
    const first = site.role === 'declaration' && isGlobal(site) && !declared.has(site.key);
    if (first) declared.set(site.key, idOf(site));
  }
  for (const site of sites) {
    if (!isGlobal(site)) continue;
    unite(declared.get(site.key) ?? `undeclared ${root} ${site.key}`, idOf(site), parents);
  }
}

// What is the same --------------------------------------------------------------------------------------

function isGlobal({ kind }: Site): boolean {
  return kind === 'host' || kind === 'link';
}

/** Of what is known in one file alone its key, of the others their place: which host it is depends on who includes it. */
function idOf(site: Site): string {
  return isGlobal(site) ? `${site.kind} ${placeOf(site)}` : local(site.file, site.key);
}

function local(file: string, key: string): string {
  return `${file}\n${key}`;
}

function placeOf({ file, range: { start } }: Site): string {
  return `${file}:${start.line}:${start.character}`;
}

function find(id: string, parents: Map<string, string>): string {
  let root = id;
  for (let up = parents.get(root); up !== undefined; up = parents.get(root)) root = up;
  for (let one = id; one !== root; ) {
    const up = parents.get(one)!;
    parents.set(one, root);
    one = up;
  }
  return root;
}

function unite(one: string, other: string, parents: Map<string, string>): void {
  const [a, b] = [find(one, parents), find(other, parents)];
  if (a !== b) parents.set(b, a);
}

// Places -------------------------------------------------------------------------------------------------

function contains({ start, end }: Range, at: Position): boolean {
  return comparePositions(start, at) <= 0 && comparePositions(at, end) <= 0;
}

function isAfter(one: Range, other: Range): boolean {
  return comparePositions(one.start, other.start) > 0;
}

function inOrder(one: Site, other: Site): number {
  return comparePositions(one.range.start, other.range.start);
}
