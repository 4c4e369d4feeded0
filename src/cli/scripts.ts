/** Scripts as files: read within bounds, with their includes, and their mistakes at `file:line:column`. */

import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { compile } from '../lang/compile.js';
import { type Diagnostic, diagnosticText, isError } from '../lang/diagnostics.js';
import type { Include } from '../lang/includes.js';
import type { Place, Program } from '../lang/program.js';
import type { Failure } from '../run/explain.js';
import type { ScriptFile } from './folders.js';
import type { Output } from './output.js';

/** Octets. A script larger than this was not written by a person. */
const LARGEST = 64 * 1024 * 1024;

/** The text of a file, or what is wrong with it. */
export type Read =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'problem'; readonly message: string };

/** Reads a file as UTF-8 text; a byte order mark is left out. */
export function readScript(file: string): Read {
  try {
    const stat = statSync(file);
    const { size } = stat;
    // What has no end says that it has no octets: `/dev/zero`. Pipes and terminals end with whoever writes there.
    if (stat.isCharacterDevice() && !['/dev/null', '/dev/stdin'].includes(file)) {
      return problem('This is a device, not a file with a script.');
    }
    if (size > LARGEST) {
      return problem(`The file has ${size} octets; a script may have ${LARGEST}.`);
    }
    return { kind: 'text', text: readFileSync(file, 'utf8').replace(/^\uFEFF/, '') };
  } catch (error) {
    return problem(readingProblem(error));
  }
}

function problem(message: string): Read {
  return { kind: 'problem', message };
}

function readingProblem(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'There is no such file.';
  if (code === 'EISDIR') return 'This is a folder without a script in it.';
  if (code === 'EACCES') return 'The file may not be read by you.';
  return `The file cannot be read: ${error instanceof Error ? error.message : String(error)}.`;
}

/**
 * Gives the compiler the text of included files, which are named relative to the file that names them. They must lie in the
 * working folder, or, when the script does not, in the script's own.
 */
export function includesOf(script: string): Include {
  const own = dirname(resolve(script));
  const root = isInside(own, process.cwd()) ? process.cwd() : own;
  return (name, from) => {
    const file = join(dirname(from), name);
    if (!isInside(file, root)) return 'outside';
    const read = readScript(file);
    return read.kind === 'text' ? { file, text: read.text } : 'missing';
  };
}

/** What can be run of a script. */
export interface Ready {
  /** The first mistake; undefined when there is none. Lines count from 1. */
  readonly mistake: { readonly reason: string; readonly line: number } | undefined;
  readonly programs: readonly Program[];
}

/** What runs of a script, all of its scenarios or the one of this name; its mistakes are told. */
export function readyScript(
  { file, named }: ScriptFile,
  scenario: string | undefined,
  output: Output,
): Ready {
  const read = readScript(file);
  if (read.kind === 'problem') {
    reportFile(file, read.message, output);
    return { mistake: { reason: read.message, line: 1 }, programs: [] };
  }
  // Of a folder those scripts run that have the scenario; of a script that is named it is missed.
  const options = { file, include: includesOf(file), scenario: named ? scenario : undefined };
  const { diagnostics, scenarios, programOf } = compile(read.text, options);
  report(file, diagnostics, output);
  const first = diagnostics.find(isError);
  const isEmpty = first === undefined && named && scenarios.length === 0;
  if (isEmpty) reportFile(file, NOTHING, output);
  const wanted = scenarios.filter(({ name }) => scenario === undefined || scenario === name);
  // A mistake inside one scenario keeps only that one from running.
  const programs = wanted.flatMap(({ name }) => programOf(name) ?? []);
  if (first === undefined) {
    return { mistake: isEmpty ? { reason: NOTHING, line: 1 } : undefined, programs };
  }
  const line = first.range.start.line + 1;
  return { mistake: { reason: diagnosticText(first), line }, programs };
}

const NOTHING =
  'There is nothing to run. Write a statement after the hosts, such as: client: connect server:80';

/** Says of folders that nothing in them runs: that some of their files are only included is no mistake. */
export function reportNothing(scenario: string | undefined, output: Output): void {
  const what = scenario === undefined ? 'a scenario or a statement' : `a scenario "${scenario}"`;
  output.err(`tcpflow: There is nothing to run: none of these scripts has ${what}.\n`);
}

/** Whether `file` lies in `folder` for real, links followed. */
function isInside(file: string, folder: string): boolean {
  const way = relative(real(folder), real(file));
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function real(file: string): string {
  return existsSync(file) ? realpathSync(file) : resolve(file);
}

/** Prints mistakes and remarks as `file:line:column: error: message`, counted from 1. Tells whether one is an error. */
export function report(file: string, diagnostics: readonly Diagnostic[], output: Output): boolean {
  for (const diagnostic of diagnostics) {
    const place = printPlace({ file, range: diagnostic.range });
    output.err(`${place}: ${diagnostic.severity}: ${diagnosticText(diagnostic)}\n`);
  }
  return diagnostics.some(isError);
}

/** `handshake.tcpflow:7:3`, which terminals and editors make a link of. */
function printPlace({ file, range }: Place): string {
  return `${file}:${range.start.line + 1}:${range.start.character + 1}`;
}

/** Why an expectation failed, with its place in front. */
export function failureText({ place, message }: Failure): string {
  return place === undefined ? `${message}\n` : `${printPlace(place)}: ${message}\n`;
}

/** Prints what is wrong with a file as a whole, at its first place. */
export function reportFile(file: string, message: string, output: Output): void {
  output.err(`${file}:1:1: error: ${message}\n`);
}
