/** A script with lines for what was done in a run of it: before their statements, in the turn of a loop where it was. */

import { isStatement, type Scenario } from '../../lang/ast.js';
import { linesOf } from '../../lang/lexer.js';
import { durationText } from '../../lang/numbers.js';
import { parse } from '../../lang/parser.js';
import type { Program } from '../../lang/program.js';
import type { Range } from '../../lang/range.js';
import type { Statement } from '../../lang/statement-tree.js';
import type { Own, Visit } from './visits.js';

/** A script as lines, with the statements of a scenario, each on lines of its own. */
export interface Layout {
  readonly lines: readonly string[];
  readonly body: readonly Statement[];
  /** The last line of the body. */
  readonly last: number;
}

/** The text laid out; undefined where two statements share a line. */
export function layoutOf(text: string, scenario: string): Layout | undefined {
  const { items } = parse(text).script;
  const blocks = items.filter((item): item is Scenario => item.kind === 'scenario');
  const block = blocks.find(({ name }) => name.text === scenario);
  if (blocks.length > 0 && block === undefined) return undefined;
  const body = block?.body ?? items.filter(isStatement);
  const end = block ? block.range.end.line : Number.POSITIVE_INFINITY;
  const lines = linesOf(text);
  const head = block ? block.head.end.line : -1;
  const last = body.at(-1)?.range.end.line ?? (block ? head : lines.length - 1);
  return isSpread(body, head, end) ? { lines, body, last } : undefined;
}

/** Whether all statements are below the line `after` and above `before`, none on the line of another. */
function isSpread(body: readonly Statement[], after: number, before: number): boolean {
  let last = after;
  for (const statement of body) {
    const { start, end } = statement.range;
    if (start.line <= last) return false;
    if (statement.kind === 'repeat') {
      if (!isSpread(statement.body, statement.head.end.line, end.line)) return false;
    }
    last = end.line;
  }
  return last < before;
}

/** The text of the layout with the lines of the visits. */
export function written(program: Program, layout: Layout, visits: readonly Visit[]): string {
  const writing: Writing = { program, layout, visits };
  const { body, lines, last } = layout;
  const inner = writeBody(writing, body, 0, last + 1, { first: 0, turns: [] });
  const after = visits.filter(({ statement }) => statement === undefined);
  const indent = indentOf(lines[body[0]?.range.start.line ?? 0]);
  const added = after.flatMap(({ lines: all }) => all);
  const ending = after.length === 0 ? [] : [...added, 'wait quiet'].map((text) => indent + text);
  return [...inner, ...ending, ...lines.slice(last + 1)].join('\n');
}

interface Writing {
  readonly program: Program;
  readonly layout: Layout;
  readonly visits: readonly Visit[];
}

/** Where a body is being written. */
interface Spot {
  /** The index of its first instruction. */
  readonly first: number;
  /** The turns of the loops around it. */
  readonly turns: readonly number[];
}

function indentOf(line: string | undefined): string {
  return /^\s*/.exec(line ?? '')?.[0] ?? '';
}

/** Lines `[from, to)`, in which the statements of the body are. */
function writeBody(
  writing: Writing,
  body: readonly Statement[],
  from: number,
  to: number,
  { first, turns }: Spot,
): readonly string[] {
  const { lines } = writing.layout;
  const all: string[] = [];
  let line = from;
  let index = first;
  for (const statement of body) {
    const { start, end } = statement.range;
    all.push(...lines.slice(line, start.line));
    const visit = visitAt(writing, index, turns);
    const indent = indentOf(lines[start.line]);
    if (visit) all.push(...visit.lines.map((text) => indent + text));
    if (statement.kind === 'repeat')
      all.push(...writeRepeat(writing, statement, { first: index, turns }));
    else all.push(...ownLines(writing, statement, visit?.own));
    line = end.line + 1;
    index += lengthOf(statement);
  }
  return [...all, ...lines.slice(line, to)];
}

function visitAt({ visits }: Writing, index: number, turns: readonly number[]): Visit | undefined {
  return visits.find(
    (one) =>
      one.statement === index && startsWith(one.turns, turns) && one.turns.length === turns.length,
  );
}

function startsWith(turns: readonly number[], start: readonly number[]): boolean {
  return start.every((turn, i) => turns[i] === turn);
}

/** How many instructions a statement is: a loop has one for its head and one for its end. */
function lengthOf(statement: Statement): number {
  if (statement.kind !== 'repeat') return 1;
  return statement.body.reduce((sum, one) => sum + lengthOf(one), 2);
}

/** A loop, divided where something was done in a turn of it. */
function writeRepeat(
  writing: Writing,
  statement: Statement & { readonly kind: 'repeat' },
  { first, turns }: Spot,
): readonly string[] {
  const { lines } = writing.layout;
  const { start, end } = statement.range;
  const whole = lines.slice(start.line, end.line + 1);
  const operation = writing.program.instructions[first]?.operation;
  const inside = writing.visits.filter(
    ({ statement: at, turns: all }) =>
      at !== undefined &&
      at > first &&
      at < first + lengthOf(statement) &&
      all.length > turns.length &&
      startsWith(all, turns),
  );
  const marked = new Set(inside.flatMap(({ turns: all }) => all[turns.length] ?? []));
  if (operation?.kind !== 'repeat' || marked.size === 0) return whole;
  const head = (count: number, from: number) =>
    headLine(statement, lines, count, operation.from + from);
  const all: string[] = [];
  let done = 0;
  for (const turn of [...marked].sort((a, b) => a - b)) {
    if (turn > done) all.push(head(turn - done, done), ...whole.slice(1));
    const spot = { first: first + 1, turns: [...turns, turn] };
    all.push(
      head(1, turn),
      ...writeBody(writing, statement.body, start.line + 1, end.line + 1, spot),
    );
    done = turn + 1;
  }
  const left = operation.times - done;
  return left > 0 ? [...all, head(left, done), ...whole.slice(1)] : all;
}

/** `repeat 2 as i from 3 {`, with what follows the brace. */
function headLine(
  { head, as }: Statement & { readonly kind: 'repeat' },
  lines: readonly string[],
  count: number,
  from: number,
): string {
  const { start, end } = head;
  const line = lines[start.line] ?? '';
  const counter = as === undefined ? '' : ` as ${as.text}${from === 0 ? '' : ` from ${from}`}`;
  return `${line.slice(0, start.character)}repeat ${count}${counter} {${line.slice(end.character)}`;
}

/** The lines of a statement, or what stands for it. */
function ownLines(
  { layout: { lines } }: Writing,
  statement: Statement,
  own: Own | undefined,
): readonly string[] {
  const { start, end } = statement.range;
  const whole = lines.slice(start.line, end.line + 1);
  if (own === undefined) return whole;
  const [line = '', ...more] = whole;
  if (own.kind === 'gone') {
    const why = own.why === 'failed' ? 'not so: ' : 'came to be: ';
    return whole.map((text) => `${indentOf(text)}# ${why}${text.trim()}`);
  }
  const range = amountOf(statement, own);
  if (range === undefined) return whole;
  const left = own.kind === 'time' ? durationText(own.left) : String(own.left);
  return [line.slice(0, range.start.character) + left + line.slice(range.end.character), ...more];
}

/** Where the statement says how long, or for how many events. */
function amountOf(statement: Statement, { kind }: Own): Range | undefined {
  switch (statement.kind) {
    case 'wait': {
      const { until } = statement;
      if (until.kind === 'fact') return until.within?.range;
      if (until.kind === 'events') return kind === 'events' ? until.count.range : undefined;
      return until.kind === 'duration' ? until.duration.range : undefined;
    }
    case 'segment':
    case 'fact':
      return (statement.within ?? statement.during)?.range;
    default:
      return undefined;
  }
}
