/** `tcpflow check`: what is wrong in scripts, without running them. */

import { compilePackets, isPacketScript } from '../interop/packetdrill/translate.js';
import { compile } from '../lang/compile.js';
import { DEFAULT_PROFILE } from '../tcp/profiles.js';
import type { ScriptFile } from './folders.js';
import { ExitCode, type Output } from './output.js';
import { includesOf, readScript, report, reportFile } from './scripts.js';

/** Checks each file; the exit code is 2 when one has errors. Remarks alone are no errors. */
export function check(files: readonly ScriptFile[], output: Output): number {
  let wrong = 0;
  for (const { file } of files) if (!checkFile(file, output)) wrong++;
  const right = files.length - wrong;
  output.out(`${right} without errors, ${wrong} with errors\n`);
  return wrong > 0 ? ExitCode.error : ExitCode.ok;
}

function checkFile(file: string, output: Output): boolean {
  const read = readScript(file);
  if (read.kind === 'problem') {
    reportFile(file, read.message, output);
    return false;
  }
  const { diagnostics } = isPacketScript(file)
    ? compilePackets(read.text, { file, profile: DEFAULT_PROFILE })
    : compile(read.text, { file, include: includesOf(file) });
  return !report(file, diagnostics, output);
}
