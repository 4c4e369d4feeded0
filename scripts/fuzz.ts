/** The work of fuzz.mjs. */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Found } from '../test/fuzz/fuzz.js';
import { fuzz } from '../test/fuzz/fuzz.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    seed: { type: 'string' },
    out: { type: 'string', default: '.scratch/fuzz' },
  },
});

const seconds = numberOf('seconds', values.seconds);
// Another seed each time, told so that the run can be repeated.
const seed = values.seed === undefined ? Date.now() % 1_000_000_000 : numberOf('seed', values.seed);
const end = Date.now() + seconds * 1000;
const { scripts, found } = fuzz(seed, () => Date.now() < end);
for (const one of found) keep(one);
console.log(`seed ${seed}: ${scripts} scripts, ${found.length} kinds of defects`);
process.exitCode = found.length === 0 ? 0 : 1;

function numberOf(name: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  console.error(`--${name} is "${text}"; it must be a whole number.`);
  process.exit(2);
}

function keep({ seed: which, script, finding }: Found): void {
  const base = path.join(values.out, `seed-${which}`);
  mkdirSync(values.out, { recursive: true });
  writeFileSync(`${base}.tcpflow`, script);
  writeFileSync(`${base}.txt`, `${finding.what}\n`);
  console.log(`${base}.tcpflow\n  ${finding.what}`);
}
