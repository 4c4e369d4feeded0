/**
 * Everything that `npm test` promises, from a fresh clone on. Only Node's own modules until the packages are installed.
 *
 *   node scripts/test.mjs                         all steps; the last line sums up
 *   node scripts/test.mjs --only e2e [-g NAME]    one step; what follows goes to mocha
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { installTools } from '../test/e2e/tools/install.mjs';
import { chromiumHint, ensureChromium } from './chromium.mjs';
import { ensureInstalled, fail, root, run, runPackage, scratchFolder } from './tools.mjs';

const scratch = scratchFolder('test');
const counts = path.join(scratch, 'counts');
const args = process.argv.slice(2);
const only = args[0] === '--only' ? args[1] : undefined;
const forMocha = only === undefined ? [] : args.slice(2);

// In CI both tools colour what they write into a file, too.
const isTerminal = process.stdout.isTTY === true;
const colors = isTerminal ? [] : ['--colors=off'];
const plain = isTerminal ? [] : ['--no-color'];

/** Each returns an exit code. */
const steps = {
  build: () => run(process.execPath, ['scripts/build.mjs']),
  types: () => runPackage('typescript', 'tsc', ['--noEmit', '-p', '.']),
  style: () =>
    runPackage('@biomejs/biome', 'biome', ['ci', '--max-diagnostics=50', ...colors, '.']),
  unit: testUnits,
  grammar: testGrammar,
  e2e: testEndToEnd,
};

const failed = [];
ensureInstalled();
if (only !== undefined && steps[only] === undefined) {
  fail(`There is no step "${only}"; there are ${Object.keys(steps).join(', ')}.`);
}
for (const [name, step] of Object.entries(steps)) {
  if (only !== undefined && name !== only) continue;
  console.log(`\n--- ${name} ---`);
  const began = Date.now();
  const code = step();
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  console.log(`--- ${name}: ${code === 0 ? 'passed' : 'FAILED'} in ${seconds} s`);
  if (code !== 0) failed.push(name);
}
summary();

function mocha(options, env = {}) {
  const reporter = path.join(root, 'scripts/count-reporter.cjs');
  return runPackage('mocha', 'mocha', ['--reporter', reporter, ...plain, ...options, ...forMocha], {
    env: { ...process.env, ...env, TCPFLOW_COUNTS: counts },
  });
}

/** Some of them draw in a browser; where none can be had they are skipped by name. */
function testUnits() {
  ensureChromium();
  return mocha(['test/**/*.test.ts']);
}

/** Scripts whose comments say what the TextMate grammar makes of each word. */
function testGrammar() {
  const folder = path.join(root, 'test/grammar');
  const scripts = existsSync(folder)
    ? readdirSync(folder).filter((file) => file.endsWith('.tcpflow'))
    : [];
  if (scripts.length === 0) {
    console.log('test/grammar has no .tcpflow files: nothing tests the grammar');
    return 1;
  }
  const files = scripts.map((file) => `test/grammar/${file}`);
  return runPackage('vscode-tmgrammar-test', 'vscode-tmgrammar-test', files);
}

/** A missing browser skips these tests by name; in CI, where it would go unseen, it fails them. */
function testEndToEnd() {
  const unsupported = installTools();
  const chromium = unsupported === undefined ? ensureChromium() : undefined;
  const problem =
    unsupported ?? (chromium === undefined ? `no chromium (${chromiumHint})` : undefined);
  if (problem !== undefined && process.env.CI === 'true') {
    console.error(`The end-to-end tests cannot run: ${problem}`);
    return 1;
  }
  const config = ['--config', 'test/e2e/.mocharc.json'];
  if (problem !== undefined) return mocha(config, { TCPFLOW_E2E_SKIP: problem });
  const vsix = path.join(scratch, 'tcpflow.vsix');
  if (run(process.execPath, ['scripts/package.mjs', '--out', vsix]) !== 0) return 1;
  return mocha(config, { CHROMIUM: chromium, TCPFLOW_VSIX: vsix });
}

/** The last line: all mocha runs together. A step that failed without a count of its own counts as one. */
function summary() {
  const lines = existsSync(counts) ? readFileSync(counts, 'utf8').trim().split('\n') : [];
  const runs = lines.map((line) => JSON.parse(line));
  const sum = (key) => runs.reduce((total, one) => total + one[key], 0);
  const uncounted = failed.length - runs.filter((one) => one.failures > 0).length;
  if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}`);
  const skipped = sum('pending') > 0 ? `, ${sum('pending')} skipped` : '';
  console.log(`\n${sum('passes')} passed, ${sum('failures') + uncounted} failed${skipped}`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}
