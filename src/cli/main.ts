/** The command line: `tcpflow run | check | format | export`. Only this folder knows about arguments and exit codes. */

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { version } from '../../package.json';
import { visible } from '../base/visible.js';
import { readDefinition } from '../interop/packetdrill/options.js';
import { isPacketScript } from '../interop/packetdrill/translate.js';
import { suggest } from '../lang/suggest.js';
import { PROFILE_NAMES } from '../tcp/profiles.js';
import { check } from './check.js';
import { exportScripts } from './export.js';
import { type ScriptFile, scriptsIn, TooManyScripts } from './folders.js';
import { format } from './format.js';
import { ExitCode, type Output } from './output.js';
import { STDOUT } from './record.js';
import { run } from './run.js';

const USAGE = `Usage:
  tcpflow run FILE... [--scenario NAME] [--profile NAME] [--seed N] [--max-steps N]
              [-D NAME=VALUE]... [--trace] [--json] [--pcap OUT]
  tcpflow check FILE...
  tcpflow format FILE... [--check]
  tcpflow export FILE... --packetdrill [--scenario NAME] [--seed N] [--out FOLDER]
  tcpflow help | version

FILE is a .tcpflow or .pkt script, or a folder: then all scripts in it and below it, by name.

run      runs every scenario of each file and tells which expectations hold;
         a .pkt file is a packetdrill script and runs as it is
  --scenario NAME  only the scenario of this name
  --profile NAME   what a packetdrill script runs against: linux, freebsd or rfc9293 (the default)
  -D NAME=VALUE    what a name in a packetdrill script stands for that the script does not explain
  --seed N         another seed for the run's randomness
  --max-steps N    end a run after so many events (100000 when not given)
  --trace          print the readable record: one line an event, one column a host
  --json           print one JSON object a line for each event, and one for each verdict;
                   of a .pkt file its verdict alone
  --pcap OUT       write the segments as a capture that Wireshark opens (pcapng), those of a second scenario to
                   OUT-2, and so on; to the standard output with -, and then all text to the standard error
check    tells what is wrong in each file
export   runs a scenario of each .tcpflow file, the first or the one named, and writes for each host with a TCP
         a script that packetdrill runs against a real kernel: FILE-HOST.pkt, in FOLDER or here
format   rewrites each .tcpflow file in its canonical form; with --check only names those that are not in it

Exit code: 0 all expectations hold, 1 one fails, 2 a script or the command has errors,
3 none fails but a .pkt file asks for what is not supported.
`;

/** Runs one command with these arguments (without `node` and the program's name); returns the exit code. */
export function main(args: readonly string[], terminal: Output): number {
  const [command, ...rest] = args;
  const output = harmless(terminal, rest.includes('--json'));
  if (command === undefined || command === 'help' || args.some(asksForHelp)) {
    output.out(USAGE);
    return command === undefined ? ExitCode.error : ExitCode.ok;
  }
  if (command === 'version' || command === '--version') {
    output.out(`tcpflow ${version}\n`);
    return ExitCode.ok;
  }
  try {
    return dispatch(command, rest, output);
  } catch (error) {
    const message = usageProblem(error) ?? fileProblem(error);
    if (message === undefined) throw error;
    output.err(`tcpflow: ${message}\n`);
    return ExitCode.error;
  }
}

function asksForHelp(arg: string): boolean {
  return arg === '--help' || arg === '-h';
}

/** Scripts of strangers do not steer the terminal. JSON has escapes of its own. */
function harmless({ out, err, octets }: Output, json: boolean): Output {
  const error = (text: string) => err(visible(text));
  return { out: json ? out : (text) => out(visible(text)), err: error, octets };
}

function dispatch(command: string, args: string[], output: Output): number {
  switch (command) {
    case 'run': {
      const { values, positionals } = parseArgs({
        args,
        allowPositionals: true,
        options: {
          scenario: { type: 'string' },
          profile: { type: 'string' },
          define: { type: 'string', short: 'D', multiple: true, default: [] },
          seed: { type: 'string' },
          'max-steps': { type: 'string' },
          trace: { type: 'boolean', default: false },
          json: { type: 'boolean', default: false },
          pcap: { type: 'string' },
        },
      });
      return run(
        filesOf(positionals, ANY),
        {
          scenario: values.scenario,
          profile: profileNamed(values.profile),
          defines: definitions(values.define),
          seed: wholeNumber('--seed', values.seed),
          maxSteps: wholeNumber('--max-steps', values['max-steps']),
          trace: values.trace,
          json: values.json,
          pcap: captureFile(values.pcap, positionals),
        },
        values.pcap === STDOUT ? { ...output, out: output.err } : output,
      );
    }
    case 'check':
      return check(filesOf(parseArgs({ args, allowPositionals: true }).positionals, ANY), output);
    case 'format': {
      const { values, positionals } = parseArgs({
        args,
        allowPositionals: true,
        options: { check: { type: 'boolean', default: false } },
      });
      return format(filesOf(positionals, OWN), values.check, output);
    }
    case 'export':
      return exportWith(args, output);
    default:
      throw new UsageError(unknownCommand(command));
  }
}

function unknownCommand(command: string): string {
  const near = suggest(command, ['run', 'check', 'format', 'export', 'help', 'version']);
  const there = near ? `Did you mean ${near}?` : 'There are run, check, format and export.';
  return `There is no command "${command}". ${there} Try: tcpflow help`;
}

function exportWith(args: string[], output: Output): number {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      packetdrill: { type: 'boolean', default: false },
      scenario: { type: 'string' },
      seed: { type: 'string' },
      out: { type: 'string', default: '.' },
    },
  });
  if (!values.packetdrill) throw new UsageError('Say in which form: tcpflow export --packetdrill.');
  const { scenario, out } = values;
  const settings = { scenario, out, seed: wholeNumber('--seed', values.seed) };
  return exportScripts(filesOf(positionals, OWN), settings, output);
}

/** The command line was not understood. */
class UsageError extends Error {}

/** What is wrong with the command line; undefined for other errors. */
function usageProblem(error: unknown): string | undefined {
  if (error instanceof UsageError) return error.message;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!code.startsWith('ERR_PARSE_ARGS')) return undefined;
  // Node adds how to name a file that looks like an option.
  const [first = ''] = (error as Error).message.split(/\.\s/);
  const [, option] = /^Option '(\S+)' argument is ambiguous/.exec(first) ?? [];
  if (option !== undefined)
    return `${option} needs a value, and what follows it looks like an option; try: tcpflow help`;
  return `${first}; try: tcpflow help`;
}

/** What keeps a file from being written; undefined for other errors, which are our defects. */
function fileProblem(error: unknown): string | undefined {
  if (!(error instanceof Error && 'syscall' in error && 'path' in error)) return undefined;
  return `${error.path} cannot be written: ${reasonOf(error)}.`;
}

const REASONS: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'its folder does not exist'],
  ['EISDIR', 'it is a folder'],
  ['EACCES', 'you may not write there'],
  ['EEXIST', 'it is no folder'],
  ['ENOTDIR', 'a part of its path is no folder'],
  ['ENOSPC', 'there is no room left'],
]);

function reasonOf({ code, message }: Error & { readonly code?: unknown }): string {
  return REASONS.get(code) ?? message;
}

/** What scripts of a folder are called: all that run, and those in our own language. */
const ANY = ['.tcpflow', '.pkt'];
const OWN = ['.tcpflow'];

function filesOf(
  positionals: readonly string[],
  endings: readonly string[],
): readonly ScriptFile[] {
  if (positionals.length === 0) throw new UsageError('Name at least one file or folder.');
  const foreign = endings === OWN ? positionals.find(isPacketScript) : undefined;
  if (foreign !== undefined) {
    throw new UsageError(`${foreign} is a packetdrill script; this takes .tcpflow scripts.`);
  }
  try {
    return scriptsIn(positionals, endings);
  } catch (error) {
    if (error instanceof TooManyScripts) throw new UsageError(error.message);
    const problem = error instanceof Error ? error.message : String(error);
    throw new UsageError(`A folder cannot be read: ${problem}.`);
  }
}

/** Where a capture goes to: never over a script. */
function captureFile(file: string | undefined, scripts: readonly string[]): string | undefined {
  if (file === undefined) return undefined;
  if (file === '') throw new UsageError('--pcap needs the name of a file.');
  const isScript =
    isPacketScript(file) ||
    /\.tcpflow$/i.test(file) ||
    scripts.some((script) => resolve(script) === resolve(file));
  if (isScript) throw new UsageError(`--pcap would write over ${file}: name another file.`);
  return file;
}

/** `NAME=VALUE`, one for each `-D`; without a value it is a name that `#ifdef` asks for. */
function definitions(texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    texts.map((text) => {
      const definition = readDefinition(text);
      if (definition !== undefined) return definition;
      throw new UsageError(`-D needs NAME=VALUE or NAME, not "${text}".`);
    }),
  );
}

function profileNamed(name: string | undefined): string | undefined {
  if (name === undefined || PROFILE_NAMES.includes(name)) return name;
  throw new UsageError(`There is no profile "${name}". There are ${PROFILE_NAMES.join(', ')}.`);
}

function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new UsageError(`${option} takes a whole number such as 42, not "${text}".`);
  }
  return value;
}

if (require.main === module) {
  // Made when something is said there. What cannot be said, the exit code tells.
  let stderr: NodeJS.WriteStream | undefined;
  const err = (text: string) => {
    stderr ??= process.stderr.on('error', () => undefined);
    stderr.write(text);
  };
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that closes the pipe early (head) is no error of ours.
    if (error.code === 'EPIPE') process.exit(ExitCode.ok);
    err(`tcpflow: the output cannot be written: ${reasonOf(error)}.\n`);
    process.exit(ExitCode.error);
  });
  process.exitCode = main(process.argv.slice(2), {
    out: (text) => void process.stdout.write(text),
    err,
    octets: (octets) => void process.stdout.write(octets),
  });
}
