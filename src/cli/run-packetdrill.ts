/** `tcpflow run FILE.pkt`: a packetdrill script run as it is, and its verdict. */

import { NOT_SUPPORTED } from '../interop/packetdrill/messages.js';
import { compilePackets } from '../interop/packetdrill/translate.js';
import { type Diagnostic, diagnosticText } from '../lang/diagnostics.js';
import { type Results, results } from '../run/run.js';
import { DEFAULT_PROFILE } from '../tcp/profiles.js';
import type { Output } from './output.js';
import { type RunSettings, record } from './record.js';
import { failureText, readScript, report, reportFile } from './scripts.js';

/** What came of a script. `error`: it cannot be read; `unsupported`: it asks for what there is not. */
export type PacketVerdict = 'passed' | 'failed' | 'unsupported' | 'error';

/** What `--json` prints of a script, one object a line. Lines count from 1. */
interface PacketReport {
  readonly file: string;
  readonly verdict: PacketVerdict;
  /** Why it is not `passed`, in words. */
  readonly reason?: string;
  /** The first of what was otherwise than the script says. */
  readonly difference?: {
    readonly line: number;
    readonly field: string;
    readonly expected: string;
    readonly actual: string;
  };
  readonly line?: number;
}

/** Runs one script. `before`: how many runs there were before it, for the name of its capture. */
export function runPackets(
  file: string,
  settings: RunSettings,
  before: number,
  output: Output,
): PacketVerdict {
  const read = readScript(file);
  if (read.kind === 'problem') {
    reportFile(file, read.message, output);
    return tell({ file, verdict: 'error', reason: read.message }, settings, output);
  }
  const { program, diagnostics } = compilePackets(read.text, {
    file,
    profile: settings.profile ?? DEFAULT_PROFILE,
    defines: settings.defines,
  });
  if (!program) {
    report(file, diagnostics, output);
    return tell(notRun(file, diagnostics), settings, output);
  }
  const running = record(program, settings, before, output);
  const outcome = results(running);
  const state = running.timeline.stateBefore(running.timeline.length());
  const line = (program.instructions[state.pc]?.place.range.start.line ?? 0) + 1;
  if (outcome.verdict === 'unsupported') {
    const reason = outcome.ended?.reason ?? '';
    output.err(`${file}:${line}:1: error: ${reason}\n`);
    return tell({ file, verdict: 'unsupported', reason, line }, settings, output);
  }
  const places = program.instructions.map(({ place }) => place.range.start.line + 1);
  const verdict = tell(reportOf(file, outcome, places), settings, output);
  if (!settings.json) for (const failure of outcome.failures) output.out(failureText(failure));
  return verdict;
}

/** A script with any mistake is in error; else it asks for something that is not supported. */
function notRun(file: string, diagnostics: readonly Diagnostic[]): PacketReport {
  const mistake = diagnostics.find(({ code }) => code !== NOT_SUPPORTED);
  const first = mistake ?? diagnostics[0];
  const reason = first ? diagnosticText(first) : '';
  const line = (first?.range.start.line ?? 0) + 1;
  return { file, verdict: mistake ? 'error' : 'unsupported', reason, line };
}

function reportOf(file: string, outcome: Results, lines: readonly number[]): PacketReport {
  if (outcome.verdict === 'passed') return { file, verdict: 'passed' };
  const [failure] = outcome.failures;
  if (!failure) return { file, verdict: 'failed', reason: outcome.ended?.reason ?? '' };
  const line = lines[failure.statement] ?? 0;
  const [first] = failure.differences;
  const { summary: reason } = failure;
  if (!first) return { file, verdict: 'failed', reason, line };
  return { file, verdict: 'failed', reason, difference: { line, ...first } };
}

function tell(told: PacketReport, { json }: RunSettings, output: Output): PacketVerdict {
  output.out(json ? `${JSON.stringify(told)}\n` : `${told.file}: ${told.verdict}\n`);
  return told.verdict;
}
