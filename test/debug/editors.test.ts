/** Other editors: Emacs with dap-mode, and Neovim; skipped by name where they are not installed. */

import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildServer, example, SERVER } from './conversation.js';

const scripts = path.join(__dirname, 'editors');

/** Runs an editor without a window on the handshake and gives the lines that it said. */
function said(editor: string, args: readonly string[]): Promise<readonly string[]> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'tcpflow-editor-'));
  const env = {
    ...process.env,
    HOME: home,
    TCPFLOW_SERVER: SERVER,
    TCPFLOW_SCRIPT: example('handshake'),
  };
  return new Promise((resolve, reject) => {
    execFile(editor, args, { env, timeout: 60_000 }, (error, stdout, stderr) => {
      rmSync(home, { recursive: true, force: true });
      if (error) reject(new Error(`${editor} failed:\n${stdout}\n${stderr}`));
      else resolve(stdout.split('\n'));
    });
  });
}

const TRANSITIONS = [
  '0.000000 s  server  CLOSED -> LISTEN  OPEN Call, CLOSED STATE (i.e., TCB does not exist)',
  '0.010000 s  server  LISTEN -> SYN_RCVD  Third, check for a SYN',
  '240.050000 s  client  TIME_WAIT -> CLOSED  TIME-WAIT TIMEOUT',
  '9 of 9 expectations hold.',
];

describe('another editor', function () {
  this.timeout(90_000);
  before(() => buildServer());

  it('Emacs with dap-mode stops, steps, evaluates and continues', async function () {
    const probe = '(progn (package-initialize) (require (quote dap-mode)))';
    if (spawnSync('emacs', ['--batch', '--eval', probe]).status !== 0) this.skip();
    const lines = await said('emacs', ['--batch', '-l', path.join(scripts, 'emacs.el')]);
    assert.deepEqual(lines.slice(0, 6), [
      'stopped: server: listen 80',
      'stopped: client: connect server:80',
      'stopped: OPEN Call, CLOSED STATE (i.e., TCB does not exist): CLOSED -> SYN_SENT',
      'stopped: client: close',
      'at line 19',
      'client.STATE: ESTABLISHED',
    ]);
    assert.deepEqual(
      TRANSITIONS.filter((line) => !lines.includes(line)),
      [],
    );
  });

  it("Neovim, by nvim-dap's requests in its order, stops, steps back and reads the rules", async function () {
    if (spawnSync('nvim', ['--version']).status !== 0) this.skip();
    const script = path.join(scripts, 'neovim.lua');
    const lines = await said('nvim', ['--headless', '-u', 'NONE', '-c', `luafile ${script}`]);
    const story = lines.filter((line) => !line.startsWith('scope ') && !line.startsWith('output'));
    assert.deepEqual(story.slice(0, 13), [
      'entry: server: listen 80',
      'cursor at: server: listen 80',
      'step: client: connect server:80',
      'cursor at: client: connect server:80',
      'step: OPEN Call, CLOSED STATE (i.e., TCB does not exist): CLOSED -> SYN_SENT',
      'document: CLOSED STATE (i.e., TCB does not exist)',
      'step: client: connect server:80',
      'cursor at: client: connect server:80',
      'breakpoint: client: close',
      'cursor at: client: close  # FIN_WAIT_1 ... TIME_WAIT',
      'client.STATE: ESTABLISHED',
      'exit 0',
      '',
    ]);
    assert.ok(lines.includes('scope ISN'), lines.join('\n'));
    const outputs = TRANSITIONS.map((line) => `output: ${line}`);
    assert.deepEqual(
      outputs.filter((line) => !lines.includes(line)),
      [],
    );
  });
});
