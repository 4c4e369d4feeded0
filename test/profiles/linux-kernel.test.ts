/**
 * Recordings: what a kernel answered to random segments and calls, as packetdrill scripts. Each tells its finding in its first line. Those
 * of 7.2 are about what a kernel of 6.18, of which all others are, does not know: AccECN that is asked for.
 */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { play } from '../interop/packetdrill/play.js';

const here = dirname(fileURLToPath(import.meta.url));
const KERNELS = { '6.18': 'kernel', '7.2': 'kernel-7.2' };

for (const [version, folder] of Object.entries(KERNELS)) {
  describe(`profile linux: recordings of a kernel ${version}`, () => {
    for (const name of readdirSync(join(here, folder)).filter((file) => file.endsWith('.pkt'))) {
      const text = readFileSync(join(here, folder, name), 'utf8');
      const finding = text.slice(2, text.indexOf('\n')).trim();
      it(`${name}: ${finding}`, () => {
        assert.equal(play(text).verdict, 'passed');
      });
    }
  });
}
