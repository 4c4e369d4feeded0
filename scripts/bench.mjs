/** Runs each bench/*.bench.ts in a process of its own, after building, and prints what they measured as one table. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureInstalled, fail, root, run } from './tools.mjs';

ensureInstalled();
if (run(process.execPath, ['scripts/build.mjs', '--minify']) !== 0) fail('The build failed.');

const { buildSync } = await import('esbuild');
const scratch = mkdtempSync(path.join(os.tmpdir(), 'tcpflow-bench-'));
const rows = [];
try {
  const names = readdirSync(path.join(root, 'bench')).filter((file) => file.endsWith('.bench.ts'));
  for (const name of names) {
    const outfile = path.join(scratch, name.replace(/\.ts$/, '.js'));
    const entryPoints = [path.join(root, 'bench', name)];
    buildSync({ entryPoints, outfile, bundle: true, platform: 'node', logLevel: 'warning' });
    const done = spawnSync(process.execPath, [outfile], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    if (done.status !== 0) fail(`bench/${name} failed:\n${done.stderr}`);
    rows.push(
      ...done.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

const shown = (value) =>
  value < 100 ? value.toPrecision(3) : Math.round(value).toLocaleString('en');
const table = [
  ['name', 'measured', 'bound', 'ratio'],
  ...rows.map(({ name, unit, measured, bound, ratio }) => [
    name,
    `${shown(measured)} ${unit}`,
    `${shown(bound)} ${unit}`,
    ratio.toPrecision(3),
  ]),
];
const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column].length)));
console.log();
for (const [name, ...numbers] of table) {
  const cells = numbers.map((cell, i) => cell.padStart(widths[i + 1]));
  console.log([name.padEnd(widths[0]), ...cells].join('  '));
}
