/** A plan played to a kernel: the one that this machine runs, or one that runs as a process. */

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Planned } from './plan.js';
import type { Happened } from './recording.js';

const EXECUTOR = path.join(__dirname, 'executor.py');
const BOOT = path.join(__dirname, 'boot.py');

/** What a kernel does; `linux` is the program of a kernel that runs as a process (User Mode Linux). Throws when it cannot be asked. */
export async function played({ plan }: Planned, linux: string | undefined): Promise<Happened> {
  const text = JSON.stringify(plan);
  const said =
    linux === undefined ? await run(['python3', EXECUTOR], text) : await booted(linux, text);
  if (said.status !== 0) throw new Error(said.errors.trim().split('\n').at(-1));
  return JSON.parse(said.output) as Happened;
}

interface Said {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

function run([program = '', ...args]: readonly string[], input: string): Promise<Said> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  // Who ends without having read it says so by its status.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [output, errors] = [child.stdout, child.stderr].map((stream) => {
    const parts: Buffer[] = [];
    stream.on('data', (part: Buffer) => parts.push(part));
    return () => Buffer.concat(parts).toString();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) =>
      resolve({ status, output: output?.() ?? '', errors: errors?.() ?? '' }),
    );
  });
}

let interpreter: Promise<string> | undefined;

/** Where Python is, asked once. */
function python(): Promise<string> {
  interpreter ??= run(['python3', '-c', 'import sys; print(sys.executable)'], '').then(
    ({ output }) => output.trim(),
  );
  return interpreter;
}

/** A boot for each plan: it takes less than a second. */
async function booted(linux: string, plan: string): Promise<Said> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tcpflow-kernel-'));
  const file = (name: string) => path.join(folder, name);
  try {
    writeFileSync(file('plan'), plan);
    const files = ['rootfstype=hostfs', 'rootflags=/', 'rw', `init=${await python()}`];
    const quiet = ['quiet', 'con=null', 'con0=null,fd:1'];
    const boot = await run([linux, 'mem=512M', ...files, ...quiet, '--', BOOT, folder], '');
    return {
      status: Number(read(file('status')) ?? 1),
      output: read(file('happened')) ?? '',
      errors: read(file('errors')) || `the kernel did not boot: ${boot.output}${boot.errors}`,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
