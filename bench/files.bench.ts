/** C2: a thousand scenario files in one process. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { median, print } from './measure.js';
import { fileOf } from './scripts.js';

const FILES = 1_000;

const example = readFileSync('examples/handshake.tcpflow', 'utf8');
const files = Array.from({ length: FILES }, (_, i) =>
  fileOf(`${example}\n# file ${i}\n`, `file-${i}.tcpflow`),
);

function seconds(): number {
  const began = performance.now();
  execFileSync(process.execPath, ['dist/cli.js', 'run', ...files], { stdio: 'ignore' });
  return (performance.now() - began) / 1_000;
}

seconds();
const measured = median(Array.from({ length: 5 }, seconds));
const goal = { must: 3, aim: 1, better: 'less' } as const;
print({ name: 'C2 1,000 scenario files in one process', unit: 's', measured, goal });
