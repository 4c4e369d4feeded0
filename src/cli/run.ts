/** `tcpflow run`: scenarios run to their end, and what came of their expectations. */

import { printInstant } from '../base/time.js';
import { isPacketScript } from '../interop/packetdrill/translate.js';
import type { Program } from '../lang/program.js';
import { type Results, type Run, results, stateNow } from '../run/run.js';
import type { ScriptFile } from './folders.js';
import { ExitCode, type Output } from './output.js';
import { type RunSettings, record } from './record.js';
import { type PacketVerdict, runPackets } from './run-packetdrill.js';
import { failureText, readyScript, reportNothing } from './scripts.js';

/** How many scenarios passed and failed, or asked for what there is not, and how many scripts have errors. */
interface Tally {
  runs: number;
  passed: number;
  failed: number;
  unsupported: number;
  wrong: number;
}

/**
 * Runs the scenarios of each file. Exit code 0 when all expectations hold, 1 when one fails, 2 when a script has errors, 3 when
 * none fails but a script asks for what is not supported.
 */
export function run(files: readonly ScriptFile[], settings: RunSettings, output: Output): number {
  const tally: Tally = { runs: 0, passed: 0, failed: 0, unsupported: 0, wrong: 0 };
  for (const script of files) {
    const { file } = script;
    if (isPacketScript(file)) tallyVerdict(runPackets(file, settings, tally.runs++, output), tally);
    else runFile(script, settings, tally, output);
  }
  const packets = files.some(({ file }) => isPacketScript(file));
  if (settings.profile !== undefined && !packets) output.err(notOfHosts(settings.profile));
  const nothing = tally.runs === 0 && tally.wrong === 0;
  if (nothing) reportNothing(settings.scenario, output);
  if (!settings.json) output.out(summary(tally, packets));
  if (nothing || tally.wrong > 0) return ExitCode.error;
  if (tally.failed > 0) return ExitCode.failed;
  return tally.unsupported > 0 ? ExitCode.unsupported : ExitCode.ok;
}

function notOfHosts(profile: string): string {
  return `tcpflow: --profile ${profile} changes nothing here: a .tcpflow script says it itself, host NAME { profile ${profile} }.\n`;
}

function tallyVerdict(verdict: PacketVerdict, tally: Tally): void {
  if (verdict === 'error') tally.wrong++;
  else tally[verdict]++;
}

/** Only scripts that others wrote ask for what there is not. */
function summary({ passed, failed, unsupported, wrong }: Tally, packets: boolean): string {
  const others = packets ? `, ${unsupported} unsupported` : '';
  // A line of its own: the last one has the same form always, for whoever reads it by a program.
  const errors = wrong > 0 ? `${wrong} with errors\n` : '';
  return `${errors}${passed} passed, ${failed} failed${others}\n`;
}

function runFile(script: ScriptFile, settings: RunSettings, tally: Tally, output: Output): void {
  const { mistake, programs } = readyScript(script, settings.scenario, output);
  if (mistake !== undefined) tally.wrong++;
  if (mistake && settings.json) {
    const { file } = script;
    output.out(`${JSON.stringify({ event: 'verdict', file, verdict: 'error', ...mistake })}\n`);
  }
  for (const program of programs) runProgram(program, settings, tally, output);
}

function runProgram(program: Program, settings: RunSettings, tally: Tally, output: Output): void {
  const running = record(program, settings, tally.runs, output);
  tally.runs++;
  const outcome = results(running);
  if (outcome.verdict === 'passed') tally.passed++;
  else tally.failed++;
  if (settings.json) output.out(`${JSON.stringify(verdictJson(running, outcome))}\n`);
  else output.out(verdictText(running, outcome));
}

function verdictText(run: Run, outcome: Results): string {
  const { program } = run;
  const name = `${program.file}: ${program.scenario}`;
  const { passed, failed, blank } = outcome;
  if (outcome.verdict === 'passed') return `${name}: passed, ${expectations(passed)}\n`;
  const lines = outcome.failures.map(failureText);
  const counts = [
    `${passed} ${passed === 1 ? 'holds' : 'hold'}`,
    `${failed} failed`,
    ...(blank > 0 ? [`${blank} blank`] : []),
  ];
  const told = [endText(outcome), ...lines, restText(run, outcome)];
  return `${name}: ${outcome.verdict}, ${counts.join(', ')}\n${told.join('')}`;
}

/** A failure ends the scenario, which somebody may not expect who looks for what else fails. */
function restText(run: Run, { ended }: Results): string {
  const isCut = ended?.kind === 'failed' && stateNow(run).pc < run.program.instructions.length;
  return isCut ? '  what follows in the script was not run\n' : '';
}

function expectations(count: number): string {
  return count === 1 ? '1 expectation holds' : `${count} expectations hold`;
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
