/** The server as it lies in the package, where it takes the debugger from `extension.js` beside it. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { converseByStdio, example } from './conversation.js';

const root = path.resolve(__dirname, '../..');

describe('the packed server', () => {
  const out = mkdtempSync(path.join(os.tmpdir(), 'tcpflow-packed-'));
  const server = path.join(out, 'dist/debug-server.js');

  before(function () {
    this.timeout(60_000);
    execFileSync(process.execPath, [
      path.join(root, 'scripts/build.mjs'),
      '--minify',
      ...['--out', out],
    ]);
  });
  after(() => rmSync(out, { recursive: true, force: true }));

  it('has no debugger of its own', () => {
    assert.ok(statSync(server).size < statSync(path.join(out, 'dist/extension.js')).size / 10);
  });

  it('debugs as the one that stands alone', async () => {
    const told = [];
    for (const one of [server, undefined]) {
      const conversation = await converseByStdio(one);
      const stops = [await conversation.launch({ program: example('handshake') })];
      stops.push(await conversation.go('stepIn'), await conversation.go('stepBack'));
      stops.push(await conversation.go('continue'));
      told.push({ stops, lines: conversation.lines() });
      await conversation.close();
    }
    assert.equal(told[0]?.stops.at(-1)?.kind, 'terminated');
    assert.deepEqual(told[0], told[1]);
  });
});
