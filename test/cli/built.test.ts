/** The command line as it is built: `dist/cli.js`, with the code that V8 kept of it and without. */

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { root } from '../run/scenario.js';

describe('the built command line', () => {
  const out = fs.mkdtempSync(path.join(os.tmpdir(), 'tcpflow-built-'));
  const cache = path.join(out, 'dist/cli-main.cache');

  before(function () {
    this.timeout(60_000);
    execFileSync(process.execPath, [path.join(root, 'scripts/build.mjs'), '--out', out]);
  });
  after(() => fs.rmSync(out, { recursive: true }));

  function run(...args: readonly string[]) {
    const cli = path.join(out, 'dist/cli.js');
    const { stdout, stderr, status } = spawnSync(process.execPath, [cli, ...args], {
      encoding: 'utf8',
    });
    return { stdout, stderr, status };
  }

  const example = path.join(root, 'examples/handshake.tcpflow');
  const commands = [
    ['run', example, '--trace'],
    ['check', example],
    ['run', 'nowhere.tcpflow'],
  ];

  it('ends well when its reader has enough, and says when what it prints cannot be written', function () {
    if (!fs.existsSync('/dev/full')) this.skip();
    const cli = `"${process.execPath}" "${path.join(out, 'dist/cli.js')}"`;
    const shell = (line: string) => spawnSync('sh', ['-c', line], { encoding: 'utf8' });
    const trace = `${cli} run "${example}" --trace`;
    assert.deepEqual(shell(`${trace} | true`).stderr, '');
    const full = shell(`${trace} > /dev/full`);
    assert.equal(full.status, 2);
    assert.equal(full.stderr, 'tcpflow: the output cannot be written: there is no room left.\n');
    assert.equal(shell(`${cli} run nowhere.tcpflow 2> /dev/full`).status, 2);
  });

  it('says the same with the kept code, without it, and with what another Node kept', () => {
    assert(fs.statSync(cache).size > 0);
    const kept = commands.map((args) => run(...args));
    assert.deepEqual(
      kept.map(({ status }) => status),
      [0, 0, 2],
    );
    fs.writeFileSync(cache, fs.readFileSync(cache).fill(0, 0, 32));
    assert.deepEqual(
      commands.map((args) => run(...args)),
      kept,
    );
    fs.rmSync(cache);
    assert.deepEqual(
      commands.map((args) => run(...args)),
      kept,
    );
  });
});
