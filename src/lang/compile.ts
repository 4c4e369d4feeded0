/** A script made ready to run: from its text to flat, resolved instructions, each with its line. */

import { fileNameOf } from '../base/file-name.js';
import { type Item, isStatement, type Scenario, type Script } from './ast.js';
import { type Checked, checkScenario } from './checker.js';
import * as say from './checker-messages.js';
import { DIAGNOSTIC_LIMIT, type Diagnostic, isError, type Message } from './diagnostics.js';
import { flatten } from './flatten.js';
import type { Include } from './includes.js';
import { linesOf } from './lexer.js';
import * as sayNamed from './name-messages.js';
import type { Known } from './names.js';
import { parse } from './parser.js';
import type { Operation, Program, ProgramHost } from './program.js';
import { comparePositions, type Range } from './range.js';
import type { Statement } from './statement-tree.js';
import { suggest } from './suggest.js';
import { declareWorld, type World } from './world.js';

/** A scenario of a file, for lists and for what to run under the cursor. */
export interface ScenarioInfo {
  readonly name: string;
  readonly range: Range;
  /** Where its name is written; of a file without scenario blocks its first statement. */
  readonly selection: Range;
}

export interface Compiled {
  /** Undefined when the text has errors that concern the scenario. */
  readonly program: Program | undefined;
  /** All mistakes of the text, in its order, those of other scenarios too. */
  readonly diagnostics: readonly Diagnostic[];
  readonly scenarios: readonly ScenarioInfo[];
  /** Any scenario of the text made ready to run, without reading the text again; undefined as `program` is. */
  readonly programOf: (scenario: string) => Program | undefined;
}

export interface CompileOptions {
  /** The file's name or path: of places, and where includes start from. */
  readonly file: string;
  /** The name of the scenario; undefined is the first. */
  readonly scenario?: string | undefined;
  /** Gives the text of included files; without it there are none. */
  readonly include?: Include | undefined;
}

/** Parses, checks and flattens one scenario of a script. Never throws. */
export function compile(text: string, options: CompileOptions): Compiled {
  const { file, include } = options;
  const { script, diagnostics: found, lost } = parse(text);
  const diagnostics: Diagnostic[] = [...found];
  const report = (message: Message, range: Range) => {
    diagnostics.push({ ...message, range });
  };
  const full = () => diagnostics.length >= DIAGNOSTIC_LIMIT;
  const parts = partsOf(script, file);
  const lostIn = (part?: Part) => wordsOf(lost, (line) => isSeenIn(line, part, parts));
  const outside = lostIn(script.items.some(isScenario) ? undefined : parts[0]);
  const world = declareWorld(script, { file, include, lost: outside, report, full });
  checkStructure(script, report);
  const checked = new Map<Part, Checked>();
  for (const part of parts) {
    const result = checkScenario(part.body, world, lostIn(part));
    diagnostics.push(...result.diagnostics);
    checked.set(part, result);
  }
  const part = choose(parts, options.scenario, report);
  const all = diagnostics.sort(inOrder).slice(0, DIAGNOSTIC_LIMIT);
  const scenarios = parts.map(({ name, range, selection }) => ({ name, range, selection }));
  const lines = linesOf(text);
  const wanting = all.filter(isError);
  const ready = (one: Part | undefined): Program | undefined => {
    const result = one && checked.get(one);
    const isWrong = !one || wanting.some((mistake) => concerns(mistake, one, parts));
    return isWrong || !result ? undefined : programOf(lines, file, one, world, result);
  };
  return {
    program: ready(part),
    diagnostics: all,
    scenarios,
    programOf: (name) => ready(parts.find((one) => one.name === name)),
  };
}

function programOf(
  lines: readonly string[],
  file: string,
  part: Part,
  world: World,
  checked: Checked,
): Program {
  const { hosts, links, seed } = world;
  const roles = new Map(hosts.map(({ name, role }) => [name, role]));
  return {
    file,
    scenario: part.name,
    seed: seed ?? 0,
    hosts,
    links,
    instructions: flatten(part.body, {
      file,
      lines,
      roles,
      times: checked.times,
    }),
    scope: checked.scope,
  };
}

interface Part extends ScenarioInfo {
  readonly body: readonly Statement[];
}

/** The scenarios of a script; a script without scenario blocks is one, named after its file. */
function partsOf(script: Script, file: string): readonly Part[] {
  const blocks = script.items.filter(isScenario);
  if (blocks.length > 0) {
    return blocks.map(({ name, range, body }) => ({
      name: name.text,
      range,
      selection: name.range,
      body,
    }));
  }
  const body = script.items.filter(isStatement);
  const [first] = body;
  if (!first) return [];
  return [{ name: baseName(file), range: script.range, selection: first.range, body }];
}

function isScenario(item: Item): item is Scenario {
  return item.kind === 'scenario';
}

/** `handshake` of `examples/handshake.tcpflow`. */
function baseName(file: string): string {
  const name = fileNameOf(file);
  return name.replace(/\.tcpflow$/i, '') || name;
}

/** Scenarios have names of their own, and the steps of a file that has any are inside them. */
function checkStructure(script: Script, report: (message: Message, range: Range) => void): void {
  const lines = new Map<string, number>();
  for (const item of script.items) {
    if (item.kind !== 'scenario') continue;
    const { text, range } = item.name;
    const line = lines.get(text);
    if (line !== undefined) report(sayNamed.scenarioTaken(text, line), range);
    else lines.set(text, range.start.line + 1);
  }
  const stray = lines.size > 0 ? script.items.find(isStatement) : undefined;
  if (stray) report(sayNamed.statementOutside(), stray.range);
}

function choose(
  parts: readonly Part[],
  wanted: string | undefined,
  report: (message: Message, range: Range) => void,
): Part | undefined {
  if (wanted === undefined) return parts[0];
  const found = parts.find(({ name }) => name === wanted);
  const start = { line: 0, character: 0 };
  const names = parts.map(({ name }) => name);
  if (!found)
    report(say.unknownScenario(wanted, names, suggest(wanted, names)), { start, end: start });
  return found;
}

/** Whether an error keeps a scenario from running: any but one inside another scenario. */
function concerns({ range }: Diagnostic, part: Part, parts: readonly Part[]): boolean {
  return isSeenIn(range.start.line, part, parts);
}

/** Whether a line is this scenario's, or no scenario's. */
function isSeenIn(line: number, part: Part | undefined, parts: readonly Part[]): boolean {
  const inside = parts.find((one) => line >= one.range.start.line && line <= one.range.end.line);
  return inside === undefined || inside === part;
}

/** The words that were lost on such lines. */
function wordsOf(
  lost: ReadonlyMap<string, readonly number[]>,
  isSeen: (line: number) => boolean,
): ReadonlySet<string> {
  return new Set([...lost].filter(([, lines]) => lines.some(isSeen)).map(([word]) => word));
}

function inOrder(one: Diagnostic, other: Diagnostic): number {
  return comparePositions(one.range.start, other.range.start);
}

/** What one line, typed while a program runs, would do; its mistakes when it is no statement. */
export function compileStatement(
  text: string,
  program: { readonly hosts: readonly ProgramHost[]; readonly scope: Known },
): { readonly operation: Operation | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const { script, diagnostics: found, lost } = parse(text);
  const body = script.items.filter(isStatement);
  const checked = checkScenario(body, program, new Set(lost.keys()), program.scope);
  const diagnostics = [
    ...found,
    ...checked.diagnostics.filter(({ code }) => code !== 'unused-hold'),
  ];
  const [only, more] = body;
  const odd = script.items.length !== 1 || !only || more || only.kind === 'repeat';
  if (odd && diagnostics.length === 0)
    diagnostics.push({ ...say.notOneStatement(), range: script.range });
  const wrong = diagnostics.some(isError);
  if (wrong || !only) return { operation: undefined, diagnostics };
  const roles = new Map(program.hosts.map(({ name, role }) => [name, role]));
  const lines = linesOf(text);
  const [instruction] = flatten(body, { file: '', lines, roles, times: checked.times });
  return { operation: instruction?.operation, diagnostics };
}
