/** A script read for debugging: its text, what it includes, and the scenario that is meant. */

import { compilePackets, isPacketScript } from '../interop/packetdrill/translate.js';
import { type Compiled, compile, type ScenarioInfo } from '../lang/compile.js';
import { diagnosticText, isError } from '../lang/diagnostics.js';
import type { Include } from '../lang/includes.js';
import { linesOf } from '../lang/lexer.js';
import type { Program } from '../lang/program.js';
import type { Environment } from './debugger.js';
import * as errors from './errors.js';

export interface Script {
  /** As the client names it. */
  readonly path: string;
  /** The one spelling by which paths are compared. */
  readonly key: string;
  readonly program: Program;
  readonly scenarios: readonly ScenarioInfo[];
  readonly text: string;
  /** How many lines its text has. */
  readonly lines: number;
}

/** The scenario of this name, else the first; throws what is to be told the user. */
export async function loadScript(
  environment: Environment,
  path: string,
  scenario: string | undefined,
  profile: string,
): Promise<Script> {
  const text = await read(environment, path);
  if (text.trim() === '' && !isPacketScript(path)) throw errors.emptyScript(path);
  const compiled = await compileScript(environment, text, path, profile, scenario);
  const { program, scenarios } = compiled;
  const names = scenarios.map(({ name }) => name);
  if (scenario !== undefined && names.length > 0 && !names.includes(scenario)) {
    throw errors.unknownScenario(scenario, path, names);
  }
  if (program === undefined) throw whatIsWrong(path, compiled);
  const lines = linesOf(text).length;
  return { path, key: environment.normalise(path), program, scenarios, text, lines };
}

async function read({ readFile }: Environment, path: string): Promise<string> {
  const text = await readFile(path).catch((cause: unknown) => {
    throw errors.unreadable(path, cause);
  });
  return text.replace(/^\uFEFF/, '');
}

/** Compiles a script of either kind. `profile` is what a packetdrill script runs against. */
export async function compileScript(
  environment: Environment,
  text: string,
  file: string,
  profile: string,
  scenario?: string,
): Promise<Omit<Compiled, 'programOf'>> {
  return isPacketScript(file)
    ? { ...compilePackets(text, { file, profile }), scenarios: [] }
    : compileWithIncludes(environment, text, file, scenario);
}

/** Compiles with the included files. */
export function compileWithIncludes(
  environment: Environment,
  text: string,
  file: string,
  scenario?: string,
): Promise<Compiled> {
  return withIncludes(environment, (include) => compile(text, { file, scenario, include }));
}

/** Rounds of reading what the last round was found to include. */
const ROUNDS = 20;

/** What is made of included files. Whoever makes it asks for them at once, they come later: it is made again. */
export async function withIncludes<Made>(
  environment: Environment,
  make: (include: Include) => Made,
): Promise<Made> {
  const texts = new Map<string, string | undefined>();
  for (let round = 0; ; round++) {
    const wanted = new Set<string>();
    const made = make((relative, from) => {
      const path = environment.resolve(from, relative);
      if (path === undefined) return 'outside';
      if (!texts.has(path)) wanted.add(path);
      const included = texts.get(path);
      return included === undefined ? 'missing' : { file: path, text: included };
    });
    if (wanted.size === 0 || round === ROUNDS) return made;
    for (const path of wanted) {
      texts.set(path, await environment.readFile(path).catch(() => undefined));
    }
  }
}

function whatIsWrong(
  path: string,
  { diagnostics }: Pick<Compiled, 'diagnostics'>,
): errors.UserError {
  const mistakes = diagnostics.filter(isError);
  const [first] = mistakes;
  if (first === undefined) return errors.noStatements(path);
  const { line, character } = first.range.start;
  const text = `${path}:${line + 1}:${character + 1}: ${diagnosticText(first)}`;
  return errors.scriptErrors(text, mistakes.length - 1);
}
