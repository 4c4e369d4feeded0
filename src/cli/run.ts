/** `tcpflow run`: scenarios run to their end, and what came of their expectations. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { printInstant } from '../base/time.js';
import { captureOf } from '../interop/capture.js';
import { encodeCapture } from '../interop/pcapng.js';
import { compile, type Program } from '../lang/program.js';
import { type Results, type Run, results, startRun, stepsOf } from '../run/run.js';
import { stepJson } from '../sim/json.js';
import { lanesOf, traceHeader, traceStep } from '../sim/trace.js';
import { ExitCode, type Output } from './output.js';
import { includesOf, readScript, report, reportFile } from './scripts.js';

export interface RunSettings {
  readonly scenario: string | undefined;
  readonly seed: number | undefined;
  readonly maxSteps: number | undefined;
  readonly trace: boolean;
  readonly json: boolean;
  /** The file to write a capture to. */
  readonly pcap: string | undefined;
}

/** How many scenarios passed and failed, and whether a script could not be run. */
interface Tally {
  passed: number;
  failed: number;
  wrong: boolean;
}

/** Runs the scenarios of each file. Exit code 0 when all expectations hold, 1 when one fails, 2 when a script has errors. */
export function run(files: readonly string[], settings: RunSettings, output: Output): number {
  const tally: Tally = { passed: 0, failed: 0, wrong: false };
  for (const file of files) runFile(file, settings, tally, output);
  if (!settings.json) output.out(`${tally.passed} passed, ${tally.failed} failed\n`);
  if (tally.wrong) return ExitCode.error;
  return tally.failed > 0 ? ExitCode.failed : ExitCode.ok;
}

function runFile(file: string, settings: RunSettings, tally: Tally, output: Output): void {
  const read = readScript(file);
  if (read.kind === 'problem') {
    tally.wrong = true;
    reportFile(file, read.message, output);
    return;
  }
  const { text } = read;
  const options = { file, include: includesOf(file) };
  const first = compile(text, { ...options, scenario: settings.scenario });
  const isWrong = report(file, first.diagnostics, output);
  if (isWrong || first.program === undefined) {
    tally.wrong = true;
    return;
  }
  const names =
    settings.scenario === undefined
      ? first.scenarios.map(({ name }) => name)
      : [first.program.scenario];
  for (const scenario of names) {
    const { program } = compile(text, { ...options, scenario });
    if (program) runProgram(program, settings, tally, output);
  }
}

function runProgram(program: Program, settings: RunSettings, tally: Tally, output: Output): void {
  const limits = settings.maxSteps === undefined ? {} : { steps: settings.maxSteps };
  const running = startRun(program, { seed: settings.seed, limits });
  record(running, settings, output);
  if (settings.pcap !== undefined) {
    const number = tally.passed + tally.failed + 1;
    writeCapture(running, numbered(settings.pcap, number), output);
  }
  const outcome = results(running);
  if (outcome.verdict === 'passed') tally.passed++;
  else tally.failed++;
  if (settings.json) output.out(`${JSON.stringify(verdictJson(running, outcome))}\n`);
  else output.out(verdictText(running, outcome));
}

/** Records the run to its end and prints each step as it comes, so that a long run needs no room for its text. */
function record(running: Run, { trace, json }: RunSettings, output: Output): void {
  const { program, timeline } = running;
  const { world } = timeline.stateBefore(0);
  const lanes = lanesOf(world);
  if (trace && !json) output.out(`# ${program.scenario}\n${traceHeader(world)}\n`);
  for (let step = timeline.extend(); step !== undefined; step = timeline.extend()) {
    if (json) output.out(`${JSON.stringify(stepJson(step))}\n`);
    else if (trace) for (const line of traceStep(step, lanes)) output.out(`${line}\n`);
  }
}

/** A capture holds one scenario, for each begins at time zero: the second goes to `OUT-2.pcapng`. */
function numbered(file: string, number: number): string {
  if (number === 1) return file;
  const { dir, name, ext } = path.parse(file);
  return path.join(dir, `${name}-${number}${ext}`);
}

function writeCapture(running: Run, file: string, output: Output): void {
  const capture = captureOf(stepsOf(running), running.program.hosts);
  fs.writeFileSync(file, Buffer.concat([...encodeCapture(capture)]));
  output.err(`${file}: ${capture.packets.length} segments captured\n`);
}

function verdictText({ program }: Run, outcome: Results): string {
  const name = `${program.file}: ${program.scenario}`;
  const { passed, failed, blank } = outcome;
  if (outcome.verdict === 'passed') return `${name}: passed, ${expectations(passed)} hold\n`;
  const lines = outcome.failures.map(({ message }) => `${message}\n`);
  const counts = [`${passed} hold`, `${failed} failed`, ...(blank > 0 ? [`${blank} blank`] : [])];
  return `${name}: ${outcome.verdict}, ${counts.join(', ')}\n${endText(outcome)}${lines.join('')}`;
}

function expectations(count: number): string {
  return count === 1 ? '1 expectation' : `${count} expectations`;
}

function endText({ ended }: Results): string {
  return ended?.kind === 'limit' ? `${ended.reason}\n` : '';
}

/** The last line of a run in `--json`: what came of it. */
function verdictJson({ program, timeline }: Run, outcome: Results) {
  const last = timeline.length() > 0 ? timeline.step(timeline.length() - 1).at : 0;
  return {
    event: 'verdict',
    time: last,
    file: program.file,
    scenario: program.scenario,
    verdict: outcome.verdict,
    passed: outcome.passed,
    failed: outcome.failed,
    blank: outcome.blank,
    ended: printInstant(last),
    failures: outcome.failures.map((failure) => ({
      line: (program.instructions[failure.statement]?.place.range.start.line ?? 0) + 1,
      summary: failure.summary,
      differences: failure.differences,
      rule: failure.decided?.rule.id,
    })),
  };
}
