/** `tcpflow format`: scripts in their canonical form. */

import { writeFileSync } from 'node:fs';
import { format as formatText } from '../lang/formatter.js';
import { parse } from '../lang/parser.js';
import type { ScriptFile } from './folders.js';
import { ExitCode, type Output } from './output.js';
import { readScript, report, reportFile } from './scripts.js';

/**
 * Rewrites each file that is not in its canonical form and names it; `checkOnly` writes nothing, and the exit code is 1
 * when there is such a file. A file with mistakes in its form is left as it is (exit code 2).
 */
export function format(files: readonly ScriptFile[], checkOnly: boolean, output: Output): number {
  let code: number = ExitCode.ok;
  for (const { file } of files) code = Math.max(code, formatFile(file, checkOnly, output));
  return code;
}

function formatFile(file: string, checkOnly: boolean, output: Output): number {
  const read = readScript(file);
  if (read.kind === 'problem') {
    reportFile(file, read.message, output);
    return ExitCode.error;
  }
  if (report(file, parse(read.text).diagnostics, output)) return ExitCode.error;
  const text = formatText(read.text);
  if (text === read.text) return ExitCode.ok;
  if (!checkOnly) writeFileSync(file, text);
  output.out(`${file}\n`);
  return checkOnly ? ExitCode.failed : ExitCode.ok;
}
