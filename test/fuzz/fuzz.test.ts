/** Random scripts with invariants checked after each event; what they once found stays found. */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { format } from '../../src/lang/formatter.js';
import { readText } from '../sources.js';
import { check } from './check.js';
import { fuzz } from './fuzz.js';
import { generate } from './generate.js';
import { textOf } from './script.js';

describe('random worlds', () => {
  it('hold what they must for two seconds', () => {
    const end = Date.now() + 2_000;
    // On a machine that is busy six of them may take longer.
    let least = 6;
    const { scripts, found } = fuzz(1, () => least-- > 0 || Date.now() < end);
    assert.ok(scripts > 5);
    assert.deepEqual(
      found.map(({ script, finding }) => `${finding.what}\n${script}`),
      [],
    );
  }).timeout(60_000);

  it('are the same for the same seed, and written as the formatter would', () => {
    for (let seed = 0; seed < 50; seed++) {
      const text = textOf(generate(seed));
      assert.equal(textOf(generate(seed)), text);
      assert.equal(format(text), text);
    }
  });

  it('shrink to what shows a defect', () => {
    let left = 40;
    const { found } = fuzz(
      7,
      () => left-- > 0,
      (text) =>
        /^a: close$/m.test(text) && /loss 20%/.test(text)
          ? { kind: 'planted', what: 'a closes on a lossy link' }
          : undefined,
    );
    const [first] = found;
    assert.deepEqual(
      first?.script.split('\n').filter((line) => !line.startsWith('seed')),
      [
        'host a 10.0.0.1',
        'host b 10.0.0.2',
        'peer p 10.0.0.9',
        'link a -- b { loss 20% }',
        '',
        'a: close',
        '',
      ],
    );
  });

  const kept = path.join(__dirname, 'found');
  for (const file of readdirSync(kept).filter((name) => name.endsWith('.tcpflow'))) {
    it(`once failed: ${file}`, () => {
      assert.equal(check(readText(`test/fuzz/found/${file}`))?.what, undefined);
    });
  }
});
