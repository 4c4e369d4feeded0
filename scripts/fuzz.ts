/** The work of fuzz.mjs. */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Found } from '../test/fuzz/fuzz.js';
import { fuzz } from '../test/fuzz/fuzz.js';

const { seconds: given, seed: wanted, out, json } = options();
const seconds = numberOf('seconds', given);
// Another seed each time, told so that the run can be repeated.
const seed = wanted === undefined ? Date.now() % 1_000_000_000 : numberOf('seed', wanted);
const end = Date.now() + seconds * 1000;
const { scripts, found } = fuzz(seed, () => Date.now() < end);
for (const one of found) keep(one);
const told = `seed ${seed}: ${scripts} scripts, ${found.length} kinds of defects`;
console.log(json ? JSON.stringify({ seed, scripts, defects: found.length }) : told);
process.exitCode = found.length === 0 ? 0 : 1;

function options() {
  try {
    return parseArgs({
      options: {
        seconds: { type: 'string', default: '10' },
        seed: { type: 'string' },
        out: { type: 'string', default: '.scratch/fuzz' },
        json: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error('Usage: npm run fuzz -- [--seconds N] [--seed S] [--out FOLDER] [--json]');
    process.exit(2);
  }
}

function numberOf(name: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  console.error(`--${name} is "${text}"; it must be a whole number.`);
  process.exit(2);
}

function keep({ seed: which, script, finding }: Found): void {
  const base = path.join(out, `seed-${which}`);
  mkdirSync(out, { recursive: true });
  writeFileSync(`${base}.tcpflow`, script);
  writeFileSync(`${base}.txt`, `${finding.what}\n`);
  const { kind, what } = finding;
  const line = { seed: which, file: `${base}.tcpflow`, kind, what, script };
  console.log(json ? JSON.stringify(line) : `${base}.tcpflow\n  ${what}`);
}
