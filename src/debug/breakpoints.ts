/** Breakpoints as the client asked for them, and what became of each in the run that is debugged. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Program } from '../lang/program.js';
import {
  type Breakpoint,
  createBreakpoint,
  dataBreakpoint,
  lineBreakpoint,
  type Predicate,
} from '../run/breakpoint.js';
import { FILTERS } from '../run/filters.js';
import { parseFunctionBreakpoint } from '../run/function-breakpoint.js';
import type { Run } from '../run/run.js';
import { refine, type Written } from './conditions.js';
import { readVariable } from './data-breakpoints.js';
import type { Launched } from './launch.js';
import { ruleAtLine } from './rfc-document.js';
import * as words from './words.js';

/** What is to be stopped at. Lines count from 0. */
export type Target =
  | { readonly kind: 'line'; readonly file: string; readonly line: number }
  | { readonly kind: 'rfc'; readonly document: string; readonly line: number }
  | { readonly kind: 'function'; readonly name: string }
  /** `server.c1.snd.nxt`. */
  | { readonly kind: 'data'; readonly variable: string }
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
  const nowhere = { wanted, line: undefined, meaning: undefined, breakpoint: undefined };
  if (launched === undefined) return { ...nowhere, problem: words.notLaunchedYet };
  const found = find(wanted.target, launched);
  if (typeof found === 'string') return { ...nowhere, problem: found };
  const refinement = refine(wanted.written, launched.run);
  if (typeof refinement === 'string') return { ...nowhere, line: found.line, problem: refinement };
  return {
    wanted,
    line: found.line,
    problem: undefined,
    meaning: found.meaning,
    breakpoint: createBreakpoint(wanted.id, found.holds, refinement),
  };
}

interface Found {
  readonly line: number | undefined;
  readonly meaning: string | undefined;
  readonly holds: Predicate;
}

/** What a target means in this run, or why it means nothing. */
function find(target: Target, launched: Launched): Found | string {
  switch (target.kind) {
    case 'line':
      return findLine(target, launched);
    case 'rfc':
      return findRule(target, launched.run);
    case 'function': {
      const parsed = parseFunctionBreakpoint(target.name, launched.run.program);
      if (parsed.kind === 'impossible') return parsed.message;
      return { line: undefined, meaning: parsed.text, holds: parsed.holds };
    }
    case 'data':
      return findVariable(target.variable, launched.run.program);
    case 'filter': {
      const filter = FILTERS.find(({ id }) => id === target.filter);
      if (filter === undefined) return words.noSuchFilter(target.filter);
      return { line: undefined, meaning: filter.doc, holds: filter.holds };
    }
  }
}

/** The statement at a line of the script, or the next one after it. */
function findLine(
  { file, line }: Target & { readonly kind: 'line' },
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
  const statements = statementLines(program);
  const next = statements.find((one) => one.line >= line);
  if (next === undefined) return words.noStatementAfter(statements.at(-1)?.line);
  const predicates = statements
    .filter((one) => one.line === next.line)
    .map(({ statement }) => lineBreakpoint(statement));
  const holds: Predicate = (look) => {
    for (const predicate of predicates) {
      const why = predicate(look);
      if (why !== undefined) return why;
    }
    return undefined;
  };
  return { line: next.line, meaning: undefined, holds };
}

/** The lines at which a run can stop, with their statements, in order. */
export function statementLines(
  program: Program,
): readonly { readonly line: number; readonly column: number; readonly statement: number }[] {
  return program.instructions
    .filter(
      ({ operation, place }) => operation.kind !== 'end-repeat' && place.file === program.file,
    )
    .map(({ index, place: { range } }) => ({
      line: range.start.line,
      column: range.start.character,
      statement: index,
    }))
    .sort((a, b) => a.line - b.line);
}

/** A variable of a connection by its whole name: host, connection, path. */
function findVariable(name: string, program: Program): Found | string {
  const variable = readVariable(name, program);
  if (variable === undefined) return words.noSuchVariable(name);
  const { host, connection, path } = variable;
  return {
    line: undefined,
    meaning: words.variableChanges(variable),
    holds: dataBreakpoint(host, connection, path),
  };
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

/** A breakpoint in the protocol's words, `line` in the client's counting. */
export function dapBreakpoint(resolved: Resolved, firstLine: number): DebugProtocol.Breakpoint {
  const { wanted, line, problem, meaning } = resolved;
  return {
    id: wanted.id,
    verified: problem === undefined,
    ...(line === undefined ? {} : { line: line + firstLine }),
    ...((problem ?? meaning) === undefined ? {} : { message: problem ?? meaning ?? '' }),
    ...(problem === undefined ? {} : { reason: 'failed' }),
  } as DebugProtocol.Breakpoint;
}
