/** Recordings of a kernel with mistakes in them: each is refused at its place or run to a verdict, and nothing is thrown. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { compilePackets } from '../../../src/interop/packetdrill/translate.js';
import { finish, startRun } from '../../../src/run/run.js';
import { mutated } from '../../mutated.js';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../profiles/kernel');
const recordings = readdirSync(folder)
  .filter((name) => name.endsWith('.pkt'))
  .map((name) => readFileSync(join(folder, name), 'utf8'));
const profiles = fc.constantFrom('linux' as const, 'freebsd' as const, 'rfc9293' as const);

describe('packetdrill scripts with mistakes', () => {
  it('are refused, or run to their end', () => {
    fc.assert(
      fc.property(mutated(recordings), profiles, (text, profile) => {
        const { program } = compilePackets(text, { file: 'x.pkt', profile });
        if (program) finish(startRun(program));
      }),
      { numRuns: 2_000 },
    );
  }).timeout(60_000);
});
