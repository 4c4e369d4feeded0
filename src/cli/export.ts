/** `tcpflow export --packetdrill`: what a run's hosts did, as scripts that packetdrill runs against a real kernel. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { exportPackets } from '../interop/packetdrill/export.js';
import type { Program } from '../lang/program.js';
import { play, startRun } from '../run/run.js';
import type { ScriptFile } from './folders.js';
import { ExitCode, type Output } from './output.js';
import { readyScript, reportFile, reportNothing } from './scripts.js';

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
  const written = new Set<string>();
  for (const script of files) {
    const { mistake, programs } = readyScript(script, settings.scenario, output);
    const [program] = programs;
    if (mistake || (program && !exportProgram(program, settings, written, output))) {
      code = ExitCode.error;
    }
  }
  if (code === ExitCode.ok && written.size === 0) {
    reportNothing(settings.scenario, output);
    return ExitCode.error;
  }
  return code;
}

/** Adds to `written` what it wrote, and says whether that is all. */
function exportProgram(
  program: Program,
  { seed, out }: ExportSettings,
  written: Set<string>,
  output: Output,
): boolean {
  const { file, scenario, hosts } = program;
  // A run that is played again is the same: its record need not be kept.
  const steps = () => play(startRun(program, { seed }));
  const base = basename(file, extname(file));
  const scripts = exportPackets(steps, hosts, `${base}, ${scenario}`).map((one) => {
    const suffix = one.conversation === 1 ? '' : `-${one.conversation}`;
    return { target: join(out, `${base}-${one.host}${suffix}.pkt`), text: one.text };
  });
  const taken = scripts.find(({ target }) => written.has(target));
  if (scripts.length === 0) reportFile(file, NO_CONVERSATION, output);
  else if (taken) reportFile(file, nameTaken(taken.target), output);
  if (scripts.length === 0 || taken) return false;
  mkdirSync(out, { recursive: true });
  for (const { target, text } of scripts) {
    writeFileSync(target, text);
    written.add(target);
    output.out(`${target}\n`);
  }
  return true;
}

const NO_CONVERSATION = 'There is no conversation of a host with a TCP that begins with a call.';

function nameTaken(target: string): string {
  return `${target} is that of another script: export this one with another --out.`;
}
