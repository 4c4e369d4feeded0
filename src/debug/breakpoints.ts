/** Breakpoints as the client asked for them, and what became of each in the run that is debugged. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Program } from '../lang/program.js';
import { type Breakpoint, createBreakpoint, type Predicate } from '../run/breakpoint.js';
import { FILTERS } from '../run/filters.js';
import { parseFunctionBreakpoint } from '../run/function-breakpoint.js';
import { type Run, stateNow } from '../run/run.js';
import { type Spot, spotBreakpoint, spotsOf } from '../run/spots.js';
import { refine, type Written } from './conditions.js';
import type { Client } from './debugger.js';
import type { Launched } from './launch.js';
import { ruleAtLine } from './rfc-document.js';
import { findData } from './watched.js';
import * as words from './words.js';

/** What is to be stopped at. Lines and columns count from 0. */
export type Target =
  /** Without a column, before the statement. */
  | {
      readonly kind: 'line';
      readonly file: string;
      readonly line: number;
      readonly column: number | undefined;
    }
  | { readonly kind: 'rfc'; readonly document: string; readonly line: number }
  | { readonly kind: 'function'; readonly name: string }
  /** The protocol's `dataId` (`server.c1.snd.nxt`) and `accessType`. */
  | { readonly kind: 'data'; readonly id: string; readonly access: string | undefined }
  | { readonly kind: 'filter'; readonly filter: string };

export interface Wanted {
  readonly id: number;
  readonly target: Target;
  readonly written: Written;
}

/** A breakpoint that was looked at in the light of the run. */
export interface Resolved {
  readonly wanted: Wanted;
  /** Where it really is, counted from 0; undefined: as wanted, or nowhere in particular. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** Why it will never be hit; undefined for one that may be. */
  readonly problem: string | undefined;
  /** What it means, in words. */
  readonly meaning: string | undefined;
  readonly breakpoint: Breakpoint | undefined;
}

export interface Breakpoints {
  /** Replaces a group (`functions`, `filters`, or a source's key); what it says of each holds for the run as it is now. */
  readonly set: (
    group: string,
    targets: readonly (readonly [Target, Written])[],
    launched: Launched | undefined,
  ) => readonly Resolved[];
  /** The run is another: all are looked at anew. */
  readonly renew: (launched: Launched) => readonly Resolved[];
  readonly active: () => readonly Breakpoint[];
  /** The target of a breakpoint that was hit. */
  readonly targetOf: (id: number) => Target | undefined;
}

export function createBreakpoints(): Breakpoints {
  const groups = new Map<string, readonly Resolved[]>();
  let lastId = 0;

  function set(
    group: string,
    targets: readonly (readonly [Target, Written])[],
    launched: Launched | undefined,
  ): readonly Resolved[] {
    const resolved = targets.map(([target, written]) =>
      resolve({ id: ++lastId, target, written }, launched),
    );
    groups.set(group, resolved);
    return resolved;
  }

  // Until a client says otherwise.
  const usual = FILTERS.filter(({ isDefault }) => isDefault);
  set(
    'filters',
    usual.map(({ id }) => [{ kind: 'filter', filter: id }, {}]),
    undefined,
  );

  const all = () => [...groups.values()].flat();
  return {
    set,
    renew: (launched) => {
      for (const [group, members] of groups) {
        groups.set(
          group,
          members.map(({ wanted }) => resolve(wanted, launched)),
        );
      }
      return all();
    },
    active: () => all().flatMap(({ breakpoint }) => breakpoint ?? []),
    targetOf: (id) => all().find(({ wanted }) => wanted.id === id)?.wanted.target,
  };
}

function resolve(wanted: Wanted, launched: Launched | undefined): Resolved {
  const nowhere = {
    ...{ wanted, line: undefined, column: undefined },
    ...{ meaning: undefined, breakpoint: undefined },
  };
  if (launched === undefined) return { ...nowhere, problem: words.notLaunchedYet };
  const found = find(wanted.target, launched);
  if (typeof found === 'string') return { ...nowhere, problem: found };
  const refinement = refine(wanted.written, launched.run);
  const { line, column } = found;
  if (typeof refinement === 'string') return { ...nowhere, line, column, problem: refinement };
  return {
    wanted,
    line,
    column,
    problem: undefined,
    meaning: found.meaning,
    breakpoint: createBreakpoint(wanted.id, found.holds, refinement),
  };
}

interface Found {
  readonly line?: number;
  readonly column?: number | undefined;
  readonly meaning: string | undefined;
  readonly holds: Predicate;
}

/** The program with the names that were given in the console, too. */
function programNow(run: Run): Program {
  return stateNow(run).setup.program;
}

/** What a target means in this run, or why it means nothing. */
function find(target: Target, launched: Launched): Found | string {
  switch (target.kind) {
    case 'line':
      return findLine(target, launched);
    case 'rfc':
      return findRule(target, launched.run);
    case 'function': {
      const parsed = parseFunctionBreakpoint(target.name, programNow(launched.run));
      if (parsed.kind === 'impossible') return parsed.message;
      return { meaning: parsed.text, holds: parsed.holds };
    }
    case 'data':
      return findData(target.id, target.access, programNow(launched.run));
    case 'filter': {
      const filter = FILTERS.find(({ id }) => id === target.filter);
      if (filter === undefined)
        return words.noSuchFilter(
          target.filter,
          FILTERS.map(({ id }) => id),
        );
      return { meaning: filter.doc, holds: filter.holds };
    }
  }
}

/** The spot at a line of the script, or at the next line that has any. */
function findLine(
  { file, line, column }: Target & { readonly kind: 'line' },
  launched: Launched,
): Found | string {
  const { program } = launched.run;
  if (file !== launched.key) return words.otherFile(launched.path);
  if (line >= launched.lines) return words.pastTheEnd(launched.lines);
  const other = launched.scenarios.find(
    ({ name, range }) =>
      name !== program.scenario && line >= range.start.line && line <= range.end.line,
  );
  if (other) return words.otherScenario(other.name, program.scenario);
  const spots = spotsOf(program);
  const next = spots.find((one) => one.line >= line);
  if (next === undefined) return words.noStatementAfter(spots.at(-1)?.line);
  const there = spots.filter((one) => one.line === next.line);
  const spot = column === undefined || next.line !== line ? next : spotAt(there, column, next);
  const meant = there.filter((one) => one.column === spot.column);
  const predicates = meant.map((one) => spotBreakpoint(program, one));
  const holds: Predicate = (look) => {
    for (const predicate of predicates) {
      const why = predicate(look);
      if (why !== undefined) return why;
    }
    return undefined;
  };
  const said = column === undefined ? undefined : spot.column;
  return { line: next.line, column: said, meaning: words.atSpot(spot.kind), holds };
}

/** The last spot at or before a column, else the first of the line. */
function spotAt(spots: readonly Spot[], column: number, first: Spot): Spot {
  return spots.filter((one) => one.column <= column).at(-1) ?? first;
}

function findRule(
  { document, line }: Target & { readonly kind: 'rfc' },
  { program }: Run,
): Found | string {
  const found = ruleAtLine(document, line + 1);
  if (found === undefined) return words.noRuleAfter;
  const parsed = parseFunctionBreakpoint(found.rule.id, program);
  if (parsed.kind === 'impossible') return parsed.message;
  return { line: found.line - 1, meaning: parsed.text, holds: parsed.holds };
}

/** Before the launch nobody knows the script yet. */
function reasonOf(problem: string): 'pending' | 'failed' {
  return problem === words.notLaunchedYet ? 'pending' : 'failed';
}

/** A breakpoint in the protocol's words, line and column in the client's counting. */
export function dapBreakpoint(
  resolved: Resolved,
  { firstLine, firstColumn }: Client,
): DebugProtocol.Breakpoint {
  const { wanted, line, column, problem, meaning } = resolved;
  return {
    id: wanted.id,
    verified: problem === undefined,
    ...(line === undefined ? {} : { line: line + firstLine }),
    ...(column === undefined ? {} : { column: column + firstColumn }),
    ...((problem ?? meaning) === undefined ? {} : { message: problem ?? meaning ?? '' }),
    ...(problem === undefined ? {} : { reason: reasonOf(problem) }),
  } as DebugProtocol.Breakpoint;
}
