/** The work of kernel.mjs. */

import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { compilePackets } from '../src/interop/packetdrill/translate.js';
import { diagnosticText } from '../src/lang/diagnostics.js';
import { finish, startRun } from '../src/run/run.js';
import { planOf } from './kernel/plan.js';
import { played } from './kernel/played.js';
import { KINDS, randomScript } from './kernel/random.js';
import { isLate, recordingOf } from './kernel/recording.js';

const USAGE = `Usage: npm run kernel -- [--out FOLDER] [--jobs N] [--kernel LINUX] [--again] [--quiet] FILE.pkt...
       npm run kernel -- --random N [--seed S] [--kind ${KINDS.join('|')}] [--out FOLDER] [--jobs N] [--kernel LINUX] [--quiet]`;

/** How often a script is played whose only difference is a time, or that the machine was too busy for. */
const TRIES = 4;

const { values, positionals } = options();
const jobs = Number(values.jobs);
const [random, seed] = [Number(values.random ?? 0), Number(values.seed)];
const kind = KINDS.find((name) => name === values.kind);
if (kind === undefined) refuse(USAGE);
if (!(jobs >= 1) || !(random >= 0) || !(seed >= 0)) refuse(USAGE);
if (positionals.length === 0 && random === 0) refuse(USAGE);
if (!values.again) needKernel();
mkdirSync(values.out, { recursive: true });
void main();

async function main(): Promise<void> {
  const files = [...positionals, ...writeRandom()];
  const count = files.length;
  let differing = 0;
  const worker = async () => {
    for (let file = files.shift(); file !== undefined; file = files.shift()) {
      const said = values.again ? compared(readFileSync(file, 'utf8')) : await measured(file);
      if (said !== 'agree') differing++;
      if (said !== 'agree' || !values.quiet) console.log(`${file}: ${said}`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  console.log(`${count} scripts, ${differing} differ`);
  process.exitCode = differing === 0 ? 0 : 1;
}

/** Writes the scripts of so many seeds, and returns their files; what the kernel does stands beside them. */
function writeRandom(): readonly string[] {
  const folder = path.join(values.out, 'random');
  if (random > 0) mkdirSync(folder, { recursive: true });
  return Array.from({ length: random }, (_, i) => {
    const file = path.join(folder, `seed-${seed + i}.pkt`);
    writeFileSync(file, randomScript(seed + i, kind, values.kernel !== undefined));
    return file;
  });
}

function options() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        out: { type: 'string', default: '.scratch/kernel' },
        jobs: { type: 'string', default: '4' },
        random: { type: 'string' },
        seed: { type: 'string', default: '1' },
        kind: { type: 'string', default: 'conversations' },
        kernel: { type: 'string' },
        again: { type: 'boolean', default: false },
        quiet: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}

function refuse(why: string): never {
  console.error(why);
  process.exit(2);
}

function needKernel(): void {
  const missing: string[] = [];
  if (process.platform !== 'linux') missing.push('Linux');
  if (process.getuid?.() !== 0) missing.push('root');
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
  } catch {
    missing.push('/dev/net/tun');
  }
  if (spawnSync('python3', ['--version']).status !== 0) missing.push('python3');
  if (missing.length > 0) refuse(`No kernel can be asked here: ${missing.join(', ')} missing.`);
}

/** Plays a script to the kernel, keeps what it did, and compares. */
async function measured(file: string): Promise<string> {
  try {
    const planned = planOf(readFileSync(file, 'utf8'));
    let said = '';
    for (let tries = 0; tries < TRIES; tries++) {
      const happened = await played(planned, values.kernel);
      const recording = recordingOf(path.basename(file), planned, happened);
      writeFileSync(path.join(values.out, path.basename(file)), recording);
      const late = isLate(planned, happened);
      said = `${compared(recording)}${late ? ' (the machine was busy)' : ''}`;
      if (!late && !/^line \d+: time /.test(said)) break;
    }
    return said;
  } catch (error) {
    return `error: ${error instanceof Error ? error.message : error}`;
  }
}

/** `agree`, or the first difference between a recording and what the engine does. */
function compared(recording: string): string {
  const { program, diagnostics } = compilePackets(recording, { file: 'x.pkt', profile: 'linux' });
  if (!program) return `not run: ${diagnostics.map(diagnosticText).join('; ')}`;
  const { verdict, failures, ended } = finish(startRun(program));
  const [failure] = failures;
  if (!failure) return verdict === 'passed' ? 'agree' : `${verdict}: ${ended?.reason}`;
  const { range } = program.instructions[failure.statement]?.place ?? {};
  const line = (range?.start.line ?? 0) + 1;
  const [first] = failure.differences;
  const what = first ? `${first.field} ${first.expected} / ${first.actual}` : failure.summary;
  const text = recording.split('\n')[line - 1] ?? '';
  return `line ${line}: ${what}\n    kernel: ${text}\n    engine: ${failure.summary}`;
}
