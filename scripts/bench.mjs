/**
 * Runs each bench/*.bench.ts in a process of its own, after building, and prints what they measured as one table.
 * `npm run bench -- --long` measures with a million entries, too; `npm run bench -- flood` runs only what has that in its name.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled, fail, root, run, scratchFolder } from './tools.mjs';

ensureInstalled();
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const flags = process.argv.slice(2).filter((word) => word.startsWith('--'));
if (run(process.execPath, ['scripts/build.mjs', '--minify']) !== 0) fail('The build failed.');

const { buildSync } = await import('esbuild');
const scratch = scratchFolder('bench');
const rows = [];
const names = readdirSync(path.join(root, 'bench'))
  .filter((file) => file.endsWith('.bench.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((word) => file.includes(word)));
for (const name of names) {
  // As the product is bundled: what a module of its own is to the engine that runs it is slower.
  const outfile = path.join(scratch, name.replace(/\.ts$/, '.cjs'));
  const entryPoints = [path.join(root, 'bench', name)];
  const target = { platform: 'node', format: 'cjs' };
  buildSync({ entryPoints, outfile, bundle: true, logLevel: 'warning', ...target });
  console.log(`bench/${name}`);
  const heap = ['--expose-gc', '--max-old-space-size=8192'];
  const done = spawnSync(process.execPath, [...heap, outfile, ...flags], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  if (done.stderr !== '') console.error(done.stderr.trimEnd());
  if (done.status !== 0) fail(`bench/${name} failed`);
  rows.push(
    ...done.stdout
      .trim()
      .split('\n')
      .filter((line) => line !== '') // what cannot be measured here says so on the other stream
      .map((line) => JSON.parse(line)),
  );
}

const shown = (value) =>
  value < 100 ? value.toPrecision(3) : Math.round(value).toLocaleString('en');

/** How a row stands against its goal: the aim reached, the must, or `MISSED`. */
function standing({ measured, ratio, goal }) {
  if (goal === undefined) return ['', '', ''];
  const value = ratio ?? measured;
  const reached = (bound) => (goal.better === 'more' ? value >= bound : value <= bound);
  const verdict = reached(goal.aim) ? 'aim' : reached(goal.must) ? 'must' : 'MISSED';
  const sign = goal.better === 'more' ? '>=' : '=<';
  return [`${sign} ${shown(goal.must)}`, `${sign} ${shown(goal.aim)}`, verdict];
}

const table = [
  ['name', 'measured', 'peer', 'ratio', 'must', 'aim', 'reached'],
  ...rows.map((row) => [
    row.name,
    `${shown(row.measured)} ${row.unit}`,
    row.peer === undefined ? '' : shown(row.peer),
    row.ratio === undefined ? '' : shown(row.ratio),
    ...standing(row),
  ]),
];
const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
console.log();
for (const [name, ...numbers] of table) {
  const cells = numbers.map((cell, i) => cell.padStart(widths[i + 1]));
  console.log([name.padEnd(widths[0]), ...cells].join('  '));
}
