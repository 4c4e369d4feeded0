/** The examples with mistakes in them: each scenario is refused or runs to its end, and nothing is thrown. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { compile } from '../../src/lang/compile.js';
import { finish, startRun } from '../../src/run/run.js';
import { mutated } from '../mutated.js';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../examples');
const examples = readdirSync(folder)
  .filter((name) => name.endsWith('.tcpflow'))
  .map((name) => readFileSync(join(folder, name), 'utf8'));

describe('scripts with mistakes', () => {
  it('are refused, or each scenario runs to its end', () => {
    fc.assert(
      fc.property(mutated(examples), (text) => {
        const { scenarios, programOf } = compile(text, { file: 'x.tcpflow' });
        for (const { name } of scenarios) {
          const program = programOf(name);
          if (program) finish(startRun(program, { limits: { steps: 2_000 } }));
        }
      }),
      { numRuns: 1_500 },
    );
  }).timeout(60_000);
});
