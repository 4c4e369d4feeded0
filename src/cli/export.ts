/** `tcpflow export --packetdrill`: what a run's hosts did, as scripts that packetdrill runs against a real kernel. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { exportPackets } from '../interop/packetdrill/export.js';
import { compile } from '../lang/compile.js';
import { play, startRun } from '../run/run.js';
import type { ScriptFile } from './folders.js';
import { ExitCode, type Output } from './output.js';
import { includesOf, readScript, report, reportFile } from './scripts.js';

export interface ExportSettings {
  readonly scenario: string | undefined;
  readonly seed: number | undefined;
  /** The folder to write to. */
  readonly out: string;
}

/** Runs a scenario of each file and writes a `.pkt` for each conversation of each host; names what it wrote. */
export function exportScripts(
  files: readonly ScriptFile[],
  settings: ExportSettings,
  output: Output,
): number {
  let code: number = ExitCode.ok;
  for (const { file } of files) code = Math.max(code, exportFile(file, settings, output));
  return code;
}

function exportFile(file: string, { scenario, seed, out }: ExportSettings, output: Output): number {
  const read = readScript(file);
  if (read.kind === 'problem') {
    reportFile(file, read.message, output);
    return ExitCode.error;
  }
  const options = { file, scenario, include: includesOf(file) };
  const { program, diagnostics } = compile(read.text, options);
  if (report(file, diagnostics, output) || !program) return ExitCode.error;
  // A run that is played again is the same: its record need not be kept.
  const steps = () => play(startRun(program, { seed }));
  const base = path.basename(file, path.extname(file));
  const scripts = exportPackets(steps, program.hosts, `${base}, ${program.scenario}`);
  if (scripts.length === 0) {
    reportFile(
      file,
      'There is no conversation of a host with a TCP that begins with a call.',
      output,
    );
    return ExitCode.error;
  }
  fs.mkdirSync(out, { recursive: true });
  for (const { host, conversation, text } of scripts) {
    const suffix = conversation === 1 ? '' : `-${conversation}`;
    const target = path.join(out, `${base}-${host}${suffix}.pkt`);
    fs.writeFileSync(target, text);
    output.out(`${target}\n`);
  }
  return ExitCode.ok;
}
