/** Recordings: what a Linux 6.18 kernel answered to random segments and calls, as packetdrill scripts. Each tells its finding in its first line. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { play } from '../interop/packetdrill/play.js';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'kernel');

describe('profile linux: recordings of a kernel', () => {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.pkt'))) {
    const text = readFileSync(join(folder, name), 'utf8');
    const finding = text.slice(2, text.indexOf('\n')).trim();
    it(`${name}: ${finding}`, () => {
      assert.equal(play(text).verdict, 'passed');
    });
  }
});
