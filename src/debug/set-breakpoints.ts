/** Requests that set breakpoints: on lines, by name, by filter. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { FILTERS } from '../run/filters.js';
import { spotsOf } from '../run/spots.js';
import { dapBreakpoint, type Resolved, type Target } from './breakpoints.js';
import type { Written } from './conditions.js';
import type { Answer, Debugger } from './debugger.js';
import { splitPath } from './handles.js';
import { documentName } from './rfc-document.js';

type Wish = readonly [Target, Written];

/** Sets a group of breakpoints, and says what becomes of each. */
function set(debugging: Debugger, group: string, wishes: readonly Wish[]): Answer {
  const { breakpoints, session } = debugging;
  return answer(debugging, breakpoints.set(group, wishes, session?.launched));
}

function answer({ client }: Debugger, resolved: readonly Resolved[]): Answer {
  return { body: { breakpoints: resolved.map((one) => dapBreakpoint(one, client)) } };
}

/** A source as breakpoints know it: a script by its one spelling, or a document of the RFC. */
function sourceKey(
  { environment, handles }: Debugger,
  source: DebugProtocol.Source | undefined,
): { readonly file: string } | { readonly document: string } | undefined {
  if (source?.sourceReference) {
    const [kind, document] = splitPath(handles.pathOf(source.sourceReference) ?? '');
    return kind === 'rfc' && document !== undefined ? { document } : undefined;
  }
  if (typeof source?.path !== 'string') return undefined;
  const document = documentName(source.path);
  return document === undefined ? { file: environment.normalise(source.path) } : { document };
}

export function setBreakpoints(
  debugging: Debugger,
  args: Partial<DebugProtocol.SetBreakpointsArguments>,
): Answer {
  const key = sourceKey(debugging, args.source);
  const wanted = args.breakpoints ?? (args.lines ?? []).map((line) => ({ line }));
  const { firstLine, firstColumn } = debugging.client;
  const wishes = wanted.map((one: DebugProtocol.SourceBreakpoint): Wish => {
    const line = one.line - firstLine;
    const column = one.column === undefined ? undefined : one.column - firstColumn;
    const target: Target =
      key && 'document' in key
        ? { kind: 'rfc', document: key.document, line }
        : { kind: 'line', file: key?.file ?? '', line, column };
    return [target, one];
  });
  const group = key && 'document' in key ? `rfc ${key.document}` : `file ${key?.file ?? ''}`;
  return set(debugging, group, wishes);
}

/** The spots between two places; without columns, of whole lines. */
export function breakpointLocations(
  debugging: Debugger,
  args: Partial<DebugProtocol.BreakpointLocationsArguments>,
): Answer {
  const { firstLine, firstColumn } = debugging.client;
  const key = sourceKey(debugging, args.source);
  const launched = debugging.session?.launched;
  if (!launched || !key || !('file' in key) || key.file !== launched.key) {
    return { body: { breakpoints: [] } };
  }
  const first = {
    line: (args.line ?? 0) - firstLine,
    column: (args.column ?? firstColumn) - firstColumn,
  };
  const last = {
    line: (args.endLine ?? args.line ?? 0) - firstLine,
    column: args.endColumn === undefined ? Number.POSITIVE_INFINITY : args.endColumn - firstColumn,
  };
  const breakpoints = spotsOf(launched.run.program)
    .filter((spot) => inOrder(first, spot) && inOrder(spot, last))
    .map(({ line, column }) => ({ line: line + firstLine, column: column + firstColumn }));
  return { body: { breakpoints } };
}

interface Position {
  readonly line: number;
  readonly column: number;
}

function inOrder(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.column <= b.column);
}

export function setFunctionBreakpoints(
  debugging: Debugger,
  args: Partial<DebugProtocol.SetFunctionBreakpointsArguments>,
): Answer {
  const wishes = (args.breakpoints ?? []).map(
    (one): Wish => [{ kind: 'function', name: String(one.name) }, one],
  );
  return set(debugging, 'functions', wishes);
}

export function setDataBreakpoints(
  debugging: Debugger,
  args: Partial<DebugProtocol.SetDataBreakpointsArguments>,
): Answer {
  const wishes = (args.breakpoints ?? []).map(
    ({ accessType: access, ...one }): Wish => [
      { kind: 'data', id: String(one.dataId), access },
      one,
    ],
  );
  return set(debugging, 'data', wishes);
}

/** Filters by name, or with a condition; those of other debuggers are refused one by one. */
export function setExceptionBreakpoints(
  debugging: Debugger,
  args: Partial<DebugProtocol.SetExceptionBreakpointsArguments>,
): Answer {
  const plain = (args.filters ?? []).map((filter): Wish => [{ kind: 'filter', filter }, {}]);
  const refined = (args.filterOptions ?? []).map(
    ({ filterId, condition }): Wish => [{ kind: 'filter', filter: filterId }, { condition }],
  );
  const known = [...plain, ...refined];
  const launched = debugging.session?.launched;
  const resolved = debugging.breakpoints.set('filters', known, launched);
  // Before the launch a filter is as good as it will be.
  const ours = new Set(FILTERS.map(({ id }) => id));
  const answers = resolved.map((one) => {
    const { target } = one.wanted;
    const early = launched === undefined && target.kind === 'filter' && ours.has(target.filter);
    return early ? { ...one, problem: undefined } : one;
  });
  return answer(debugging, answers);
}
