/** What `npm run kernel -- --random` asks a kernel: the same seed asks the same, and every script can be read. */

import assert from 'node:assert/strict';
import { KINDS, randomScript } from '../../../scripts/kernel/random.js';
import { compilePackets } from '../../../src/interop/packetdrill/translate.js';
import { diagnosticText } from '../../../src/lang/diagnostics.js';

const seeds = Array.from({ length: 1000 }, (_, i) => i);

for (const kind of KINDS) {
  describe(`random packetdrill scripts: ${kind}`, () => {
    it('the same seed gives the same script, another seed another', () => {
      const scripts = seeds.map((seed) => randomScript(seed, kind));
      assert.deepEqual(
        seeds.map((seed) => randomScript(seed, kind)),
        scripts,
      );
      assert.equal(new Set(scripts).size, seeds.length);
    });

    it('every script is read without an error', () => {
      for (const seed of seeds) {
        const script = randomScript(seed, kind, seed % 2 === 0);
        const { diagnostics } = compilePackets(script, { file: `${seed}.pkt`, profile: 'linux' });
        assert.deepEqual(diagnostics.map(diagnosticText), [], `seed ${seed}:\n${script}`);
      }
    });
  });
}
