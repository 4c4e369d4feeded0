/** One door for tests of whole scripts: compile a text or an example, run it, look at what came of it. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compile } from '../../src/lang/compile.js';
import { diagnosticText } from '../../src/lang/diagnostics.js';
import type { Program } from '../../src/lang/program.js';
import { finish, type Results, type Run, type RunOptions, startRun } from '../../src/run/run.js';
import { trace } from '../../src/sim/trace.js';

/** The project's folder. */
export const root = path.resolve(__dirname, '../..');

/** Two hosts with fixed ISNs and a link of 10 ms: what most tests talk about. */
export const TWO_HOSTS = `host client 10.0.0.1 { isn 100 }
host server 10.0.0.2 { isn 300 }
link client -- server { delay 10ms }
`;

/** The program of a text that must have no errors. */
export function program(text: string, scenario?: string, file = 'test.tcpflow'): Program {
  const compiled = compile(text, { file, scenario });
  const errors = compiled.diagnostics.filter(({ severity }) => severity === 'error');
  const told = errors.map((one) => `${one.range.start.line + 1}: ${diagnosticText(one)}`);
  assert.deepEqual(told, [], `${file} has errors`);
  assert(compiled.program, `${file} has no scenario ${scenario ?? ''}`);
  return compiled.program;
}

/** The programs of all scenarios of a file, by path relative to the project's folder. */
export function programsOf(file: string): readonly Program[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const { scenarios } = compile(text, { file });
  assert.ok(scenarios.length > 0, `${file} has no scenario`);
  return scenarios.map(({ name }) => program(text, name, file));
}

/** A run of these statements between `TWO_HOSTS`, to its end. */
export function scenario(statements: string, options?: RunOptions): Run & { results: Results } {
  const run = startRun(program(`${TWO_HOSTS}${statements}\n`), options);
  return { ...run, results: finish(run) };
}

/** The readable record of a run. */
export function traceOf({ timeline }: Run): string {
  const steps = Array.from({ length: timeline.length() }, (_, i) => timeline.step(i));
  return trace(timeline.stateBefore(0).world, steps);
}
