/** The declarations of a script and of what it includes: hosts, links and the seed, checked. */

import { isIPv6 } from '../tcp/ip-version.js';
import { parseState } from '../tcp/states.js';
import { madeUpAddress, readAddress } from './addresses.js';
import type { Script } from './ast.js';
import * as sayDeclared from './declaration-messages.js';
import type {
  Declaration,
  HostDeclaration,
  LinkDeclaration,
  SeedDeclaration,
} from './declaration-tree.js';
import { type Include, type Report, type Walker, walkDeclarations } from './includes.js';
import { RESERVED } from './keywords.js';
import * as sayNamed from './name-messages.js';
import type { Place, ProgramHost, ProgramLink } from './program.js';
import type { Name } from './range.js';
import { hostSettings, linkSettings } from './settings.js';
import { suggest } from './suggest.js';

export interface World {
  readonly hosts: readonly ProgramHost[];
  readonly links: readonly ProgramLink[];
  readonly seed: number | undefined;
}

interface Declared<Of> {
  readonly declaration: Of;
  readonly file: string;
  /** What is wrong with it. */
  readonly report: Report;
}

interface Declaring {
  readonly hosts: Map<string, Declared<HostDeclaration>>;
  readonly links: Declared<LinkDeclaration>[];
  seed: { readonly value: number; readonly line: number } | undefined;
}

/** Collects and checks what a script declares. Names in `lost` may be missing because of other mistakes. */
export function declareWorld(
  script: Script,
  options: {
    readonly file: string;
    readonly include: Include | undefined;
    readonly lost: ReadonlySet<string>;
    readonly report: Report;
    /** Whether nothing more needs to be reported. */
    readonly full: () => boolean;
  },
): World {
  const { file, include, lost, report } = options;
  const declaring: Declaring = { hosts: new Map(), links: [], seed: undefined };
  const take: Walker['take'] = (item, where, tell) => declare(item, where, declaring, tell);
  walkDeclarations(script, file, { include, take }, report);
  const addresses = assignAddresses(declaring);
  const hosts = [...declaring.hosts.values()].map((host): ProgramHost => {
    const { name, role, block } = host.declaration;
    const address = addresses.get(name.text)!;
    const { profile, settings } = hostSettings(block, address, host.report);
    if (role === 'peer' && block) host.report(sayDeclared.peerWithSettings(name.text), block.range);
    const place: Place = { file: host.file, range: host.declaration.range };
    return { name: name.text, role, address, profile, settings, place };
  });
  const links = checkLinks(declaring, lost, options.full);
  return { hosts, links, seed: declaring.seed?.value };
}

function declare(
  item: HostDeclaration | LinkDeclaration | SeedDeclaration,
  file: string,
  declaring: Declaring,
  report: Report,
): void {
  if (item.kind === 'host') declareHost(item, file, declaring, report);
  else if (item.kind === 'link') declaring.links.push({ declaration: item, file, report });
  else if (declaring.seed) report(sayDeclared.seedTwice(declaring.seed.line), item.range);
  else declaring.seed = { value: item.value.value, line: lineOf(item) };
}

function declareHost(
  item: HostDeclaration,
  file: string,
  declaring: Declaring,
  report: Report,
): void {
  const { text, range } = item.name;
  const known = declaring.hosts.get(text);
  if (isReserved(text)) report(sayNamed.reservedName(text), range);
  else if (known) report(sayNamed.nameTaken(text, 'a host', lineOf(known.declaration)), range);
  if (!known) declaring.hosts.set(text, { declaration: item, file, report });
}

/** Whether a name would make a line read in two ways. */
export function isReserved(name: string): boolean {
  return RESERVED.has(name.toLowerCase()) || parseState(name) !== undefined || name === 'seg';
}

function lineOf(declaration: Declaration): number {
  return declaration.range.start.line + 1;
}

/** Addresses by host: those written, and for the others the next free ones of the same family. */
function assignAddresses(declaring: Declaring): ReadonlyMap<string, string> {
  const addresses = new Map<string, string>();
  const owners = new Map<string, string>();
  let first: { readonly host: string; readonly address: string } | undefined;
  for (const [host, { declaration, report }] of declaring.hosts) {
    if (!declaration.address) continue;
    const { text, range } = declaration.address;
    const address = readAddress(text);
    const owner = address === undefined ? undefined : owners.get(address);
    if (address === undefined) report(sayDeclared.unknownAddress(text), range);
    else if (owner) report(sayDeclared.addressTaken(address, owner), range);
    else if (first && isIPv6(first.address) !== isIPv6(address)) {
      report(sayDeclared.mixedFamilies(first.host, host), range);
    }
    if (address === undefined) continue;
    first ??= { host, address };
    addresses.set(host, address);
    owners.set(address, host);
  }
  const family = first && isIPv6(first.address) ? 'IPv6' : 'IPv4';
  let order = 0;
  // Who finds the place of their number taken comes after all others, so that nobody else is moved.
  let spare = declaring.hosts.size;
  for (const host of declaring.hosts.keys()) {
    order += 1;
    if (addresses.has(host)) continue;
    let address = madeUpAddress(order, family);
    for (; owners.has(address); address = madeUpAddress(spare, family)) spare += 1;
    addresses.set(host, address);
    owners.set(address, host);
  }
  return addresses;
}

/** Checks the links in order; a second one between the same hosts is a mistake. */
function checkLinks(
  { hosts, links }: Declaring,
  lost: ReadonlySet<string>,
  full: () => boolean,
): readonly ProgramLink[] {
  const found = new Map<string, ProgramLink>();
  const names = [...hosts.keys()];
  for (const { declaration, file, report } of links) {
    if (full()) break;
    const { from, to, block, range } = declaration;
    const settings = linkSettings(block, report);
    const missing = [from, to].filter(({ text }) => !hosts.has(text));
    for (const name of missing) reportUnknownHost(name, names, lost, report);
    if (missing.length > 0) continue;
    const pair = [from.text, to.text].sort().join(' ');
    const same = found.get(pair);
    if (same) {
      report(sayDeclared.linkTwice(from.text, to.text, same.place.range.start.line + 1), range);
    } else found.set(pair, { from: from.text, to: to.text, settings, place: { file, range } });
  }
  return [...found.values()];
}

/** Reports a host that nobody declared, unless its declaration is a line with a mistake. */
export function reportUnknownHost(
  { text, range }: Name,
  names: readonly string[],
  lost: ReadonlySet<string>,
  report: Report,
): void {
  if (!lost.has(text)) report(sayNamed.unknownHost(text, names, suggest(text, names)), range);
}
