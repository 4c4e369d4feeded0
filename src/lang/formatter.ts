/** A script in its canonical form: two blanks of indent, single blanks, comments and empty lines kept. */

import type { Item, Script } from './ast.js';
import type { SettingsBlock } from './declaration-tree.js';
import { parse } from './parser.js';
import { printGivenValue, printHost, printLink, printSetting, printStatement } from './printer.js';
import type { Range } from './range.js';
import type { GivenStatement, Statement } from './statement-tree.js';
import { quote } from './text.js';

/** A line of the result, before comments are put in. */
interface Line {
  /** The line of the source it comes from. */
  readonly source: number;
  readonly depth: number;
  readonly text: string;
  /** A line that opens or closes a block has no empty line after or before it. */
  readonly edge: 'opens' | 'closes' | undefined;
}

/** Formats a script. A text with syntax errors is returned as it is. */
export function format(text: string): string {
  const { script, diagnostics } = parse(text);
  if (diagnostics.length > 0) return text;
  const lineBreak = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
  const lines = withComments(linesOf(script), script, text);
  return lines.length === 0 ? '' : lines.join(lineBreak) + lineBreak;
}

function linesOf(script: Script): readonly Line[] {
  const lines: Line[] = [];
  for (const item of script.items) addItem(item, lines);
  return lines;
}

function addItem(item: Item, lines: Line[]): void {
  const { line } = item.range.start;
  switch (item.kind) {
    case 'host':
      addBlock(printHost(item), line, item.block, lines);
      break;
    case 'link':
      addBlock(printLink(item), line, item.block, lines);
      break;
    case 'seed':
      lines.push({ source: line, depth: 0, text: `seed ${item.value.text}`, edge: undefined });
      break;
    case 'include':
      lines.push({
        source: line,
        depth: 0,
        text: `include ${quote(item.path.text)}`,
        edge: undefined,
      });
      break;
    case 'scenario':
      addBody(`scenario ${quote(item.name.text)}`, item, 0, lines);
      break;
    default:
      addStatement(item, 0, lines);
  }
}

function addStatement(statement: Statement, depth: number, lines: Line[]): void {
  const text = printStatement(statement);
  if (statement.kind === 'repeat') addBody(text, statement, depth, lines);
  else if (statement.kind === 'given' && statement.block) addGiven(text, statement, depth, lines);
  else lines.push({ source: statement.range.start.line, depth, text, edge: undefined });
}

/** A block of statements, always on lines of its own. */
function addBody(
  head: string,
  { body, range }: { readonly body: readonly Statement[]; readonly range: Range },
  depth: number,
  lines: Line[],
): void {
  lines.push({ source: range.start.line, depth, text: `${head} {`, edge: 'opens' });
  for (const statement of body) addStatement(statement, depth + 1, lines);
  lines.push({ source: range.end.line, depth, text: '}', edge: 'closes' });
}

function addBlock(
  head: string,
  source: number,
  block: SettingsBlock | undefined,
  lines: Line[],
): void {
  const pieces = block?.settings.map((setting) => ({
    line: setting.range.start.line,
    text: printSetting(setting),
  }));
  if (block && pieces) addPieces(head, source, { pieces, range: block.range }, 0, lines);
  else lines.push({ source, depth: 0, text: head, edge: undefined });
}

function addGiven(head: string, given: GivenStatement, depth: number, lines: Line[]): void {
  const pieces = given.values.map((value) => ({
    line: value.range.start.line,
    text: printGivenValue(value),
  }));
  const range = given.block ?? given.range;
  addPieces(head, given.range.start.line, { pieces, range }, depth, lines);
}

/** A block of settings: on one line if it was, else its lines as they were. */
function addPieces(
  head: string,
  source: number,
  block: {
    readonly pieces: readonly { readonly line: number; readonly text: string }[];
    readonly range: Range;
  },
  depth: number,
  lines: Line[],
): void {
  const { pieces, range } = block;
  if (range.start.line === range.end.line) {
    const inner = pieces.map(({ text }) => text).join(', ');
    lines.push({ source, depth, text: `${head} { ${inner}${inner && ' '}}`, edge: undefined });
    return;
  }
  lines.push({ source, depth, text: `${head} {`, edge: 'opens' });
  const rows = new Map<number, string[]>();
  for (const { line, text } of pieces) rows.set(line, [...(rows.get(line) ?? []), text]);
  for (const [line, texts] of rows) {
    lines.push({ source: line, depth: depth + 1, text: texts.join(', '), edge: undefined });
  }
  lines.push({ source: range.end.line, depth, text: '}', edge: 'closes' });
}

/** Puts comments and empty lines where they were: after their line, or on one of their own. */
function withComments(lines: readonly Line[], script: Script, text: string): readonly string[] {
  const comments = new Map(
    script.comments.map(({ range, text: comment }) => [range.start.line, comment]),
  );
  const result: string[] = [];
  let before: Line | undefined;
  let next = 0;
  const put = (line: Line, comment: string | undefined) => {
    const apart = before !== undefined && line.source > before.source + 1;
    if (apart && before?.edge !== 'opens' && line.edge !== 'closes') result.push('');
    const tail = comment === undefined ? '' : `  ${comment}`;
    result.push(`${'  '.repeat(line.depth)}${line.text}${tail}`);
    before = line;
  };
  const putOwn = (until: number, depth: number) => {
    for (; next < own.length && own[next]! < until; next += 1) {
      put(
        { source: own[next]!, depth, text: comments.get(own[next]!)!, edge: undefined },
        undefined,
      );
    }
  };
  const sources = new Set(lines.map(({ source }) => source));
  const own = [...comments.keys()].filter((line) => !sources.has(line));
  for (const [i, line] of lines.entries()) {
    putOwn(line.source, line.edge === 'closes' ? line.depth + 1 : line.depth);
    const last = lines[i + 1]?.source !== line.source;
    put(line, last ? comments.get(line.source) : undefined);
  }
  putOwn(Number.POSITIVE_INFINITY, 0);
  return text === '' ? [] : result;
}
